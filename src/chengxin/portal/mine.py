"""“My file”: everything held about the subject, why and until when, what can be done, and proof of each record."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chengxin.disclosure import own_file, publication
from chengxin.disclosure.own_file import Held, Hidden, OwnFile
from chengxin.ledger import services as ledger
from chengxin.portal import words
from chengxin.portal.cards import details, kind_of, own_card, title
from chengxin.portal.frame import said, show
from chengxin.portal.hidden_records import hidden_basis, hidden_rows, withheld
from chengxin.portal.own import Own, choices, own_page
from chengxin.portal.proofs import panel
from chengxin.registry import selectors as registry
from chengxin.rights import selectors as rights
from chengxin.rules.errors import Refusal
from chengxin.supervision import selectors as supervision
from chengxin.ui import clock


@require_safe
@own_page
def file(request: HttpRequest, own: Own) -> HttpResponse:
    """Show everything held about the subject whose file is open."""
    found = own_file.read(own.subject, own.user, now=clock.now(), today=clock.today())
    context = {
        "file": found,
        "choices": choices(own),
        "groups": _groups(found),
        "hidden": hidden_rows(found.hidden),
        "taken_back": _taken_back(found),
        "organisation": found.kind != "person",
        "summary": _summary(found),
        "measures": _measures(own.subject),
        "measure_columns": [{"text": _("措施")}, {"text": _("依据")}, {"text": _("到期")}, {"text": _("怎样救济")}],
    }
    return show(request, "mine/file", context)


def _groups(found: OwnFile) -> list[dict[str, Any]]:
    grouped = {code: [held for held in found.held if kind_of(held.row) == code] for code in publication.GROUPS}
    return [
        {"name": words.GROUPS[code], "rows": [_entry(held) for held in rows]} for code, rows in grouped.items() if rows
    ]


def _entry(held: Held) -> dict[str, Any]:
    href = f"/mine/records/{held.row.record}/"
    return {"card": own_card(held, href=href), "held": held, "href": href}


def _summary(found: OwnFile) -> list[dict[str, Any]]:
    negative = sum(held.row.nature == "negative" for held in found.held)
    published = sum(_published(held, found.as_of) for held in found.held)
    marked = sum(held.row.disputed or held.row.under_repair or held.link_suspended for held in found.held)
    pairs = [(_("现有记录"), len(found.held)), (_("其中失信信息"), negative)]
    pairs += [(_("在网上公示"), published), (_("异议或修复办理中"), marked)]
    return [{"label": label, "value": value, "unit": _("条")} for label, value in pairs]


def _published(held: Held, today: date) -> bool:
    if held.public_from is None or held.link_suspended:
        return False
    return held.public_from <= today and (held.public_until is None or today <= held.public_until)


def _taken_back(found: OwnFile) -> list[dict[str, Any]]:
    return [
        {
            "item": said(each.item_zh, each.item_en),
            "authority": each.authority_name,
            "decided_on": each.decided_on,
            "at": each.at,
            "reason": words.WITHDRAWAL_REASONS.get(each.reason, words.CAUSES["withdrawn"]),
        }
        for each in found.taken_back
    ]


def _measures(subject: UUID) -> list[list[Any]]:
    return [
        [
            said(measure.name_zh, measure.name_en),
            f"《{measure.basis_instrument}》{measure.basis_article}",
            measure.ends_on,
            measure.remedy,
        ]
        for measure in supervision.measures_in_force([subject], clock.today())
    ]


@require_safe
@own_page
def record(request: HttpRequest, own: Own, record_id: UUID) -> HttpResponse:
    """Show one record: line by line why and until when, its history, its proof, and what can be done."""
    found = own_file.read(own.record(record_id), own.user, now=clock.now(), today=clock.today())
    hidden = next((each for each in found.hidden if each.record == record_id), None)
    if hidden is not None:
        return _hidden(request, hidden)
    held = _among(found, record_id)
    context = {
        "held": held,
        "title": title(held.row),
        "item": said(held.row.item_zh, held.row.item_en),
        "card": own_card(held, level=2),
        "details": details(held.row.fields),
        "result": _result(held),
        "history": _history(record_id),
        "eligibility": _eligibility(record_id, held),
        "no_repair": _("您说过这条记录不是您的，查清之前不能申请修复。") if held.link_suspended else "",
        "proof": panel(_proof(record_id)),
        "record_id": str(record_id),
    }
    return show(request, "mine/record", context)


def _hidden(request: HttpRequest, hidden: Hidden) -> HttpResponse:
    """Show a record that is hidden for a time: what is withheld, why, until when and under which article."""
    shown = hidden_rows([hidden])[0]
    context = {
        "each": shown,
        "withheld": withheld(),
        "basis": hidden_basis(hidden, clock.today()),
        "history": _history(hidden.record),
        "proof": panel(_proof(hidden.record)),
        "record_id": str(hidden.record),
    }
    return show(request, "mine/hidden_record", context)


def held_record(own: Own, record_id: UUID) -> Held:
    """Return a record of one's own that still stands; anything else is an ordinary missing page."""
    found = own_file.read(own.record(record_id), own.user, now=clock.now(), today=clock.today())
    return _among(found, record_id)


def _among(found: OwnFile, record_id: UUID) -> Held:
    held = next((each for each in found.held if each.row.record == record_id), None)
    if held is None:
        raise Http404
    return held


def _result(held: Held) -> str:
    if held.use_until is None:
        return _("这条记录没有到期日，长期有效。")
    return _("这条记录使用到 %(day)s，次日起不再出现在任何结果中。") % {"day": held.use_until.isoformat()}


def _history(record_id: UUID) -> list[dict[str, Any]]:
    versions = list(registry.history(record_id))
    return [
        {
            "when": version.known_from,
            "title": str(words.CAUSES.get(version.cause, version.cause)),
            "text": _("第 %(number)d 版") % {"number": version.number},
            "by": version.authority_name,
            "stage": "now" if version.known_until is None else "done",
        }
        for version in versions
    ]


def _eligibility(record_id: UUID, held: Held) -> Any:
    if held.row.nature != "negative" or held.link_suspended:
        return None
    try:
        return rights.eligibility(record_id, clock.today())
    except Refusal:
        return None


def _proof(record_id: UUID) -> dict[str, Any]:
    version = registry.present_version(record_id)
    if version is None:
        raise Http404
    return ledger.proof(version.entry_id, now=clock.now())


@require_safe
@own_page
def receipt(request: HttpRequest, own: Own, record_id: UUID) -> HttpResponse:
    """Return the proof of a record's present version as a file for the offline verifier."""
    found = own_file.read(own.record(record_id), own.user, now=clock.now(), today=clock.today())
    if not any(each.record == record_id for each in found.hidden):
        _among(found, record_id)
    return download(_proof(record_id), f"receipt-{record_id}.json")


def download(content: dict[str, Any], name: str) -> HttpResponse:
    """Return JSON as a file to keep."""
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
