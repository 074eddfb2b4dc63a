"""A recipient's public page as the desk shows it: the last round over it, and what was still found there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from chengxin.console.effects.pages import failure
from chengxin.console.recipients.forms import DeletedForm, PageForm
from chengxin.disclosure import holdings, retention
from chengxin.disclosure.recipients import Recipient
from chengxin.monitoring.showing import SiteState
from chengxin.ui.formats import day, moment


def site(state: SiteState) -> dict[str, Any]:
    """Return what the page of a recipient says about its public page."""
    heads = (_("记录编号"), _("查到什么"), _("在哪一页"), _("最早发现"), _("最近仍在"))
    return {
        "page_form": PageForm(initial={"page": state.url}),
        "page": state.url,
        "last": _last(state),
        "trace_columns": [{"text": text} for text in heads],
        "traces": [_trace(each) for each in state.traces],
    }


def held(recipient: Recipient, today: date) -> dict[str, Any]:
    """Return what the page says of the set the recipient holds, and of what it has kept past its time."""
    owed = retention.owed(recipient, today)
    given = {"n": len(owed.until), "late": len(owed.late), "since": day(owed.since) if owed.since else ""}
    due = _("%(n)s 条保存期满或者合同已止，最早的应于 %(since)s 前删除；其中 %(late)s 条逾期未确认。") % given
    return {
        "compared": _compared(holdings.last_statements().get(recipient.pk)),
        "owed": due if owed.until else "",
        "deleted_form": DeletedForm(initial={"through": today - timedelta(days=1)}),
    }


def _compared(statement: Any) -> dict[str, str]:
    if statement is None:
        return {"tone": "info", "text": _("对方还没有报送持有清单。")}
    given = {"at": moment(statement.at), "number": statement.number, "count": statement.count}
    said = _("%(at)s 对方报送：截至第 %(number)s 号增量持有 %(count)s 条，") % given
    if statement.agrees:
        return {"tone": "success", "text": said + _("核对一致。")}
    return {"tone": "warning", "text": said + _("核对不一致；各段摘要已答复对方，由其逐段重取。")}


def _last(state: SiteState) -> str:
    last = state.last
    if last is None:
        return _("还没有查看过；每天自动查看一次。")
    given = {"at": moment(last.at), "pages": last.pages, "sought": last.sought, "found": last.found}
    said = _("%(at)s 查看 %(pages)s 页，找 %(sought)s 条应已撤下的记录，查到 %(found)s 条。") % given
    if last.failure:
        return said + _("有网页没有读到：%(why)s。") % {"why": _why(last.failure)}
    return said if last.whole else said + _("网页太多，没有读完。")


def _why(word: str) -> str:
    own = {
        "not_allowed": _("主机不在允许巡查的名单上"),
        "too_large": _("网页过大"),
        "not_a_page": _("不是网页"),
    }
    return own.get(word) or failure(word)


def _trace(each: Any) -> list[Any]:
    kinds = {"document": ("refused", _("文书号")), "name": ("waiting", _("只有名称，须人工核对"))}
    tone, text = kinds[each.kind]
    place = _("第 %(start)s 字起 %(length)s 字；网页摘要 %(digest)s") % {
        "start": each.start + 1, "length": each.length, "digest": each.page_digest[:12],
    }  # fmt: skip
    return [
        str(each.record_id)[:8],
        {"tone": tone, "text": text},
        {"text": each.page, "note": place},
        moment(each.first_seen),
        moment(each.last_seen),
    ]
