"""What the pages of the enquirer's desk say, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from chengxin.catalogue import lawbook
from chengxin.catalogue import selectors as catalogue
from chengxin.disclosure import authorisations as consent
from chengxin.disclosure.orders import approvals
from chengxin.disclosure.services import Answer, RowShown
from chengxin.rules.lawfiles import AnswerKind, Ground, Purpose


def name_of(thing: Any, english: bool) -> str:
    """Return the name of a purpose in the reader's language."""
    return str(thing.en if english else thing.zh)


def purpose_name(code: str, in_english: bool) -> str:
    """Return the name of the purpose with this code, whether it is still in force or not."""
    return next((name_of(each, in_english) for each in lawbook.purposes() if each.code == code), code)


def answers_with(purpose: Purpose) -> str:
    """Say how much a purpose is given."""
    return {
        AnswerKind.YES_NO: _("只答有或无"),
        AnswerKind.COUNT: _("只答有几条"),
        AnswerKind.HITS: _("只列命中的条目，不含内容"),
        AnswerKind.RECORDS: _("列出条目和内容，个人字段遮盖"),
        AnswerKind.FILE: _("列出全部档案，个人字段遮盖"),
    }[purpose.answer]


def stands_on(purpose: Purpose) -> str:
    """Say which basis a purpose needs."""
    if purpose.ground is Ground.STATUTE:
        return _("须填写依据条款和办理事项编号")
    return _("须先取得主体的授权")


def card(purpose: Purpose, english: bool) -> dict[str, Any]:
    """Return a purpose as one card of the list."""
    return {
        "title": name_of(purpose, english),
        "href": f"/console/enquiry/ask/{purpose.code}/",
        "text": answers_with(purpose),
        "note": stands_on(purpose),
    }


def items_of(purpose: Purpose, today: date, english: bool) -> list[tuple[str, str]]:
    """Return the items a purpose may see, by code and name."""
    versions = [each for each in catalogue.items(today) if not purpose.items or each.item.code in purpose.items]
    fitting = [each for each in versions if each.nature in purpose.natures]
    return [(each.item.code, each.name_en if english else each.name_zh) for each in fitting]


STATE_TAGS = {
    "asked": "pending",
    "live": "in_force",
    "declined": "refused",
    "withdrawn": "withdrawn",
    "used": "ended",
    "ended": "ended",
}


def authorisation_rows(agency_id: Any, today: date, names: dict[str, str]) -> list[list[Any]]:
    """Return a unit's authorisations as table rows; the subject is not named, the number is enough."""
    rows: list[list[Any]] = []
    for each in consent.of_agency(agency_id):
        until = each.until or _("未起算")
        state = {"state": STATE_TAGS[consent.state(each, today)]}
        times = _("一次") if each.once else _("多次")
        purpose = {"text": names.get(each.purpose, each.purpose), "note": "、".join([*each.item_codes, times])}
        file = {"text": "JSON", "href": f"/console/enquiry/authorisations/{each.pk}/artefact.json"}
        rows.append([{"code": short(each.pk)}, purpose, each.asked_at.date(), until, state, file])
    return rows


def live(agency_id: Any, purpose: Purpose, today: date) -> list[tuple[str, str]]:
    """Return a unit's live authorisations for a purpose as choices."""
    found = [each for each in consent.of_agency(agency_id) if each.purpose == purpose.code]
    return [
        (str(each.pk), f"{short(each.pk)} · {each.until}") for each in found if consent.state(each, today) == "live"
    ]


def approved(actor: Any, purpose: Purpose, today: date) -> list[tuple[str, str]]:
    """Return the approvals this person may use for a purpose as choices."""
    mine = [each for each in approvals.of_asker(actor, today) if each.approval.purpose == purpose.code]
    return [
        (str(each.approval.pk), f"{short(each.approval.pk)} · {each.subject} · {each.approval.expires_on}")
        for each in mine
        if each.state == "approved"
    ]


def short(number: Any) -> str:
    """Return the part of an authorisation's number that people compare."""
    return str(number)[:8].upper()


def result(answer: Answer) -> str:
    """Return the answer in one sentence."""
    if answer.outcome == "no_file":
        return _("没有与所填证件和姓名（名称）一致的档案。请核对后再查。")
    if answer.kind is AnswerKind.YES_NO:
        return _("有符合这一用途的记录。") if answer.hit else _("没有符合这一用途的记录。")
    if not answer.hit:
        return _("查询期内无相关信息。")
    return _("共 %(count)d 条。") % {"count": answer.count or 0}


def cards(rows: Iterable[RowShown], english: bool) -> list[dict[str, Any]]:
    """Return the records of an answer as parameters of the record card."""
    return [_card(row, english) for row in rows]


def _card(row: RowShown, english: bool) -> dict[str, Any]:
    states = [name for name, on in (("disputed", row.disputed), ("repairing", row.under_repair)) if on]
    fields = [{"term": each.en if english else each.zh, "text": each.value} for each in row.fields if each.value]
    return {
        "what": row.item_en if english else row.item_zh,
        "kind": _natures()[row.nature],
        "grade": _grades()[row.grade],
        "document": row.document_no,
        "authority": row.authority_name,
        "basis": row.basis,
        "since": row.document_date,
        "until": row.use_until,
        "period_label": _("可使用期间"),
        "states": states or ["in_force"],
        "rows": fields + ([{"term": _("主体声明"), "text": row.statement}] if row.statement else []),
    }


def _natures() -> dict[str, str]:
    return {"negative": _("失信信息"), "positive": _("守信信息"), "neutral": _("基础信息")}


def _grades() -> dict[str, str]:
    return {"": "", "minor": _("轻微"), "general": _("一般"), "serious": _("严重")}
