"""Records hidden for a time, in their subject's own file: why each is hidden, and what ends it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from chengxin.cases import selectors as cases
from chengxin.catalogue import lawbook
from chengxin.disclosure.own_file import Hidden
from chengxin.portal.frame import said
from chengxin.rights import bankruptcy, overdue
from chengxin.ui.formats import day


def hidden_rows(hidden: Iterable[Hidden]) -> list[dict[str, Any]]:
    """Return a card's words for each hidden record."""
    return [_row(each) for each in hidden]


def _row(each: Hidden) -> dict[str, Any]:
    case = cases.by_number(each.case_no)
    shielded = each.cause == "shielded"
    folder = "reorganisation" if shielded else "cases"
    return {
        "href": f"/mine/records/{each.record}/",
        "item": said(each.item_zh, each.item_en),
        "authority": each.authority_name,
        "decided_on": each.decided_on,
        "since": each.since,
        "reason": _shielded() if shielded else _overdue(),
        "ends": _plan_ends(case.facts if case else {}) if shielded else _decision_ends(),
        "case": {"number": each.case_no, "href": f"/mine/{folder}/{case.pk}/"} if case else None,
    }


def withheld() -> list[str]:
    """Return in which places a hidden record does not appear, line by line."""
    return [
        _("不在信用网站公示，也不在公示的统计里。"),
        _("不共享给任何单位，已经收到的单位收到撤回通知。"),
        _("不出现在查询、比对和信用报告里。"),
        _("这一页不再列出内容；存证还在，暂停结束后可以核对内容没有被改动。"),
    ]


def hidden_basis(each: Hidden, today: date) -> str:
    """Return the rule under which a record is hidden."""
    if each.cause == "shielded":
        return bankruptcy.basis(today)
    return str(lawbook.current().value(overdue.STOPS, today).basis)


def _shielded() -> str:
    return _("法院批准的重整计划正在执行，这条记录暂停展示：不公示，不共享，不使用。")


def _overdue() -> str:
    return _("您的异议超过法定期限还没有办结，这条记录暂停展示：不公示，不共享，不使用。")


def _plan_ends(facts: dict[str, Any]) -> str:
    if not facts.get("perform_by"):
        return _("计划执行完毕并核实后，最终修复；计划未能执行的，听取您的意见、另作决定后才恢复展示。")
    return _(
        "计划执行期限到 %(day)s。执行完毕并核实后，最终修复；计划未能执行的，听取您的意见、另作决定后才恢复展示。"
    ) % {"day": day(date.fromisoformat(facts["perform_by"]))}


def _decision_ends() -> str:
    return _("到异议作出决定为止：决定记录无误的，恢复展示；决定有误的，更正或者删除。")
