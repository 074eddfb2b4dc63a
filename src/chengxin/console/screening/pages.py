"""What the pages of the desk of screening say, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chengxin.disclosure.screening.services import Asked, Delivery, GivenHit, Reply, Result, Waiting, Watched, code_of
from chengxin.rules import masks
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.screening import STATUS_WORDS, Hit, HitKind, Matter, Status

TONES = {
    Status.HIT: "refused",
    Status.NO_HIT: "accepted",
    Status.NEEDS_CODE: "waiting",
    Status.NOT_USABLE: "waiting",
    Status.REFUSED: "neutral",
}


def card(matter: Matter, english: bool, way: str = "ask") -> dict[str, Any]:
    """Return a matter as one card of the list."""
    basis = "；".join(str(each) for each in matter.basis)
    return {
        "title": matter.en if english else matter.zh,
        "href": f"/console/screening/{way}/{matter.code}/",
        "text": basis,
    }


def masked(asked: Asked) -> str:
    """Return what was typed as it may be shown again: an organisation's code as it is, a person's masked."""
    if not asked.code_kind.is_personal:
        return asked.code
    if not asked.code:
        return masks.HIDDEN
    citizen = asked.code_kind is CodeKind.CITIZEN_ID
    return masks.citizen_id(asked.code) if citizen else masks.certificate(asked.code)


def summary(reply: Reply) -> str:
    """Say in one sentence what came out."""
    hits = sum(result.status is Status.HIT for result in reply.results)
    return _("共 %(all)d 个主体，命中 %(hits)d 个；数据截至 %(day)s。") % {
        "all": len(reply.results),
        "hits": hits,
        "day": reply.as_of.isoformat(),
    }


def result_rows(reply: Reply, subjects: Iterable[Asked], english: bool) -> list[list[Any]]:
    """Return one row for each subject, in the order asked."""
    return [_row(result, asked, english) for result, asked in zip(reply.results, subjects, strict=True)]


def _row(result: Result, asked: Asked, english: bool) -> list[Any]:
    words = STATUS_WORDS[result.status][english]
    note = "" if result.name_agrees else _("所填名称与该代码登记的名称不一致，请核对。")
    titles = {
        Status.HIT: _("命中"),
        Status.NO_HIT: _("没有命中"),
        Status.NEEDS_CODE: _("需要号码"),
        Status.NOT_USABLE: _("不能比对"),
        Status.REFUSED: _("应当回避"),
    }
    state = {"tone": TONES[result.status], "text": titles[result.status]}
    return [str(result.position + 1), {"code": masked(asked)}, state, {"text": words, "note": note} if note else words]


def hit_cards(reply: Reply, english: bool) -> list[dict[str, Any]]:
    """Return the hits of a reply, each with the row it belongs to and where feedback is given."""
    return [
        {
            "spec": hit_card(given.hit, english),
            "href": f"/console/screening/feedback/{given.number}/",
            "row": row,
            "due": due,
        }
        for row, given, due in _given(reply)
    ]


def _given(reply: Reply) -> list[tuple[int, GivenHit, str]]:
    return [(each.position + 1, given, given.due_on.isoformat()) for each in reply.results for given in each.hits]


def hit_card(hit: Hit, english: bool) -> dict[str, Any]:
    """Return one hit as parameters of the record card."""
    states = [name for name, on in (("disputed", hit.disputed), ("repairing", hit.under_repair)) if on]
    rows = [{"term": _("救济途径"), "text": hit.remedy_en if english else hit.remedy_zh}]
    rows += [{"term": _("主体声明"), "text": hit.statement}] if hit.statement else []
    return {
        "what": hit.en if english else hit.zh,
        "kind": _("措施") if hit.kind is HitKind.MEASURE else _("名单"),
        "authority": hit.authority,
        "basis": hit.basis,
        "since": hit.since,
        "until": hit.until,
        "period_label": _("有效期间"),
        "states": states or ["in_force"],
        "rows": rows,
    }


def waiting_rows(found: Iterable[Waiting], english: bool) -> list[list[Any]]:
    """Return the hits to be answered; what no longer stands is not named."""
    return [
        [
            {"text": each.matter_no, "href": f"/console/screening/feedback/{each.number}/"},
            each.matter_en if english else each.matter_zh,
            (each.hit.en if english else each.hit.zh) if each.hit else _("依据已终止，不再显示"),
            {"text": each.due_on.isoformat(), "note": _("已逾期") if each.overdue else ""},
        ]
        for each in found
    ]


def watched_row(watched: Watched, english: bool) -> list[Any]:
    """Return one watch: whom, for which matter, how it was last told to stand, until when."""
    state = {"tone": "refused", "text": _("命中")} if watched.struck else {"tone": "accepted", "text": _("没有命中")}
    matter = {"text": watched.matter_en if english else watched.matter_zh, "note": watched.matter_no}
    return [_subject(watched.code, str(watched.number)), matter, state, {"text": watched.until.isoformat()}]


def event_row(event: Any, at: datetime) -> list[Any]:
    """Return one event: its number, whom it is about, what kind of change, when."""
    states = {
        "struck": {"tone": "refused", "text": _("新命中")},
        "changed": {"tone": "waiting", "text": _("命中有变化")},
        "cleared": {"tone": "accepted", "text": _("不再命中")},
        "filed": {"tone": "neutral", "text": _("已建档，开始监测")},
    }
    whom = _subject(code_of(event.watch), str(event.watch_id))
    return [str(event.number), whom, states[event.kind], f"{at:%Y-%m-%d %H:%M}"]


def delivery(stands: Delivery | None) -> dict[str, Any] | None:
    """Say how the pushing of events stands."""
    if stands is None:
        return None
    failed = {"failures": stands.failures, "failure": stands.failure, "retry_at": stands.retry_at}
    return {"url": stands.url, "taken": str(stands.taken), "newest": str(stands.newest), **failed}


def _subject(code: str, number: str) -> dict[str, Any]:
    """Name an organisation by its code; of a person only the number of the watch is shown."""
    return {"code": code} if code else {"text": _("自然人"), "note": number[:8]}
