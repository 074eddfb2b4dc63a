"""What the four states of a report mean and what to do about each, in plain words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.catalogue import lawbook
from chengxin.disclosure import report
from chengxin.disclosure.report import Form, Validity, Verified
from chengxin.portal.frame import said
from chengxin.ui.formats import day, moment

FORMS = {Form.FULL: gettext_lazy("公共信用信息报告"), Form.CLEARANCE: gettext_lazy("无违法违规证明")}
TAGS = {
    Validity.VALID: {"tone": "accepted", "text": gettext_lazy("有效")},
    Validity.SUPERSEDED: {"tone": "waiting", "text": gettext_lazy("已过时")},
    Validity.WITHDRAWN: {"tone": "refused", "text": gettext_lazy("已撤回")},
    Validity.UNKNOWN: {"tone": "neutral", "text": gettext_lazy("查无此报告")},
}
REASONS = {
    "not_needed": gettext_lazy("不再需要别人凭它核验"),
    "lost": gettext_lazy("报告遗失或者外泄"),
    "mistake": gettext_lazy("出具有误"),
}
assert set(REASONS) == set(report.REASONS)


def state(found: Verified) -> dict[str, Any]:
    """Return what the page says about a report: tone, what it is, what it means, what to do, and its days."""
    said_of = {
        Validity.VALID: (
            "success",
            _("有效。报告内容与现在的档案一致。"),
            _("出具以后，报告所列的记录没有变化。"),
            _("请核对报告上的主体、编号与这里一致，再使用。"),
        ),
        Validity.SUPERSEDED: (
            "warning",
            _("已过时。报告出具以后，档案有了变化。"),
            _("变化可能是新增、更正、修复、到期、撤回或者异议标注；报告所列的情况不一定仍然成立。"),
            _("请不要再依据这一份作决定，让对方重新出具一份，免费。"),
        ),
        Validity.WITHDRAWN: (
            "error",
            _("已撤回。这份报告不再有效。"),
            _("当事人或者出具单位撤回了它，或者它所依据的授权已经撤回。"),
            _("请停止使用。仍需要了解情况的，请当事人重新出具，或者重新取得授权。"),
        ),
        Validity.UNKNOWN: (
            "error",
            _("没有这份报告，或者核验码不对。"),
            _("编号和核验码对不上任何一份报告。"),
            _("请核对编号和核验码，字母不分大小写。核对无误仍是这个结果的，请不要采信这份报告。"),
        ),
    }
    tone, title, meaning, remedy = said_of[found.validity]
    return {"tone": tone, "title": title, "meaning": meaning, "remedy": remedy, "rows": _rows(found)}


def _rows(found: Verified) -> list[dict[str, Any]]:
    if found.validity is Validity.UNKNOWN:
        return []
    rows = [
        (_("主体"), found.name),
        (_("报告种类"), str(FORMS[Form(found.form)])),
        (_("报告编号"), found.number),
        (_("出具时间"), moment(found.made_at)),
        (_("数据截至"), day(found.as_of) if found.as_of else ""),
        (_("查询期"), _("%(since)s 至 %(until)s") % _days(found) if found.since else ""),
        (_("领域"), "、".join(domain_names(found.domains))),
        (_("撤回时间"), moment(found.withdrawn_at) if found.withdrawn_at else ""),
        (_("内容摘要"), found.digest),
    ]
    codes = {_("报告编号"), _("内容摘要")}
    return [{"term": term, ("code" if term in codes else "text"): text} for term, text in rows if text]


def _days(found: Verified) -> dict[str, str]:
    return {"since": day(found.since), "until": day(found.as_of)}


def domain_names(codes: tuple[str, ...]) -> list[str]:
    """Return the names of branches; one no longer in the law directory is shown by its code."""
    names = {each.code: said(each.zh, each.en) for each in lawbook.library().domains}
    return [names.get(code, code) for code in codes]
