"""From effects and receipts to the words of their pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases import selectors as cases
from chengxin.console.effects.outputs import OUTPUTS
from chengxin.disclosure import fanout
from chengxin.disclosure.fanout import Fanout, Line, Superseded, Taker
from chengxin.disclosure.screening.services import LateUnit
from chengxin.rights.unasked_endings import Ended
from chengxin.rules.dated import Value
from chengxin.ui.formats import day, moment

FAILURES = {
    "timeout": gettext_lazy("对方超时未答复"),
    "refused": gettext_lazy("对方拒绝连接"),
    "tls": gettext_lazy("对方证书未通过校验"),
    "broken_off": gettext_lazy("连接中断"),
    "not_allowed": gettext_lazy("地址不在允许推送的名单上"),
}


def columns(*texts: str) -> list[dict[str, str]]:
    """Return table columns."""
    return [{"text": text} for text in texts]


def taker_columns() -> list[dict[str, str]]:
    """Return the columns of the recipients' table."""
    return columns(
        _("单位"), _("状态"), _("拿到记录"), _("告知撤回"), _("收到"), _("停止使用"), _("核对一致"), _("应于")
    )


def taker_row(taker: Taker, english: bool) -> list[Any]:
    """Return one recipient with every moment that is written down, and what stands in the way."""
    name = taker.agency_en if english else taker.agency_zh
    return [
        {"text": name, "note": taker.contract_no},
        _state(taker),
        moment(taker.given_at),
        _moment(taker.told_at),
        _moment(taker.received_at),
        _moment(taker.applied_at),
        _moment(taker.verified_at),
        _moment(taker.due_at),
    ]


def _state(taker: Taker) -> dict[str, Any]:
    words = {
        fanout.WAITING: ("waiting", _("待告知")),
        fanout.GIVEN: ("waiting", _("已发出")),
        fanout.RECEIVED: ("open", _("已收到")),
        fanout.APPLIED: ("accepted", _("已停止使用")),
        fanout.VERIFIED: ("accepted", _("已核对一致")),
    }
    tone, text = words[taker.state]
    if taker.late:
        tone, text = "refused", _("%(state)s，已逾期") % {"state": text}
    return {"tone": tone, "text": text}


def trouble_rows(takers: Sequence[Taker], english: bool) -> list[list[Any]]:
    """Return the recipients that cannot be reached at this moment, why, and when they are tried again."""
    return [
        [each.agency_en if english else each.agency_zh, failure(each.failure), _moment(each.retry_at)]
        for each in takers
        if each.failure and each.applied_at is None
    ]


def failure(code: str) -> str:
    """Return the words for a failure of the wire."""
    if code.startswith("http_"):
        return _("对方答复 %(status)s") % {"status": code.removeprefix("http_")}
    return str(FAILURES.get(code, code))


def _moment(at: datetime | None) -> str:
    return moment(at) if at else "—"


def output_rows(reports: Superseded) -> list[list[Any]]:
    """Return every output there is and how the end of a record shows in it."""
    return [
        [
            str(each.name),
            _reports(reports) if each.code == "earlier_reports" else str(each.how),
            {"tone": "accepted", "text": _("按比对")} if each.source else {"tone": "neutral", "text": _("没有此项")},
        ]
        for each in OUTPUTS
    ]


def _reports(reports: Superseded) -> str:
    how = next(str(each.how) for each in OUTPUTS if each.code == "earlier_reports")
    return _("%(how)s此前出具 %(made)s 份，其中 %(over)s 份已失效。") % {
        "how": how,
        "made": reports.made,
        "over": reports.no_longer,
    }


def withdrawal_rows(found: Sequence[Fanout], english: bool) -> list[list[Any]]:
    """Return the newest withdrawals and how far each has come."""
    return [
        [
            _moment(each.withdrawn_at),
            _what(each, english),
            str(len(each.takers)),
            str(len(each.takers) - each.reached(fanout.WAITING)),
            str(each.reached(*fanout.STOPPED)),
            {"tone": "refused", "text": _("%(n)s 家逾期") % {"n": each.late}} if each.late else "0",
        ]
        for each in sorted(found, key=lambda each: -each.late)
    ]


def unasked_rows(found: Sequence[Ended], english: bool) -> list[list[Any]]:
    """Return the newest endings without an application, each with the way to its effects."""
    return [
        [
            moment(each.ending.ended_at),
            {
                "text": each.record.item.name_en if english else each.record.item.name_zh,
                "href": reverse("console:unasked_effects", args=[each.record.pk]),
            },
        ]
        for each in found
    ]


def withdrawal_columns() -> list[dict[str, str]]:
    """Return the columns of the newest withdrawals."""
    return columns(_("撤回时间"), _("事项"), _("拿到过"), _("已告知"), _("已停止使用"), _("逾期"))


def _what(found: Fanout, english: bool) -> dict[str, str]:
    case = cases.by_number(found.cause_ref) if found.cause_ref else None
    name = found.item_en if english else found.item_zh
    if case is None and found.cause_ref == f"unasked:{found.record}":
        place = reverse("console:unasked_effects", args=[found.record])
        return {"text": name, "note": _("免申请终止"), "href": place}
    if case is None:
        return {"text": name}
    return {"text": name, "note": case.number, "href": reverse("console:case_effects", args=[case.pk])}


def line_columns() -> list[dict[str, str]]:
    """Return the columns of the recipients' connections."""
    return columns(
        _("单位"), _("方式"), _("还差"), _("最近送达"), _("现状"), _("逾期未确认"), _("持有核对"), _("合同至")
    )


def line_row(line: Line, english: bool) -> list[Any]:
    """Return one recipient's connection."""
    return [
        {"text": line.agency_en if english else line.agency_zh, "note": line.contract_no},
        _("推送") if line.pushed else _("自行领取"),
        str(line.behind),
        _moment(line.delivered_at),
        _condition(line),
        {"tone": "refused", "text": str(line.late)} if line.late else "0",
        _comparison(line),
        day(line.until),
    ]


def _comparison(line: Line) -> Any:
    if line.compared_at is None:
        return "—"
    tone, text = ("accepted", _("一致")) if line.agrees else ("refused", _("不一致"))
    return {"tone": tone, "text": f"{text} {moment(line.compared_at)}"}


def silent_rows(units: Sequence[LateUnit], english: bool) -> list[list[str]]:
    """Return the units that have not answered hits of screening in time."""
    return [[each.agency_en if english else each.agency_zh, day(each.since), str(each.count)] for each in units]


def _condition(line: Line) -> Any:
    if not line.pushed:
        return "—"
    if not line.failure:
        return {"tone": "accepted", "text": _("正常")}
    text = _("%(why)s，连续 %(n)s 次，%(at)s 再试") % {
        "why": failure(line.failure),
        "n": line.failures,
        "at": _moment(line.retry_at),
    }
    return {"tone": "refused", "text": text}


def rule_text(rule: Value) -> str:
    """Return the rule by which a confirmation is late, its basis, and whether the figure was checked."""
    text = _("撤回发出后 %(n)s 日内应确认停止使用。依据：%(basis)s") % {"n": rule.value, "basis": str(rule.basis)}
    return text if rule.verified else _("%(text)s（待核）") % {"text": text}
