"""Authorisations: one screen that shows exactly what will be seen, by whom and until when; one action to withdraw."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from chengxin.catalogue import lawbook
from chengxin.catalogue import selectors as catalogue
from chengxin.disclosure import authorisation_artefact, authorisations, own_file
from chengxin.disclosure.own_file import Held
from chengxin.disclosure.rows import OPEN_CLASSES, way_of
from chengxin.portal import words
from chengxin.portal.frame import said, show, tell_refusal
from chengxin.portal.mine import download
from chengxin.portal.own import Own, own_page
from chengxin.rules.errors import Refusal
from chengxin.rules.lawfiles import AnswerKind, Purpose
from chengxin.ui import clock

LISTS = ("asked", "live", "past")
STATES = {
    "asked": ("waiting", gettext_lazy("等您决定")),
    "live": ("accepted", gettext_lazy("有效")),
    "declined": ("neutral", gettext_lazy("您没有同意")),
    "withdrawn": ("neutral", gettext_lazy("您已撤回")),
    "used": ("neutral", gettext_lazy("已使用，一次有效")),
    "ended": ("neutral", gettext_lazy("已到期")),
}
DONE = {
    "grant": gettext_lazy("已同意。对方现在起可以在所列范围内查询，您可以随时一键撤回。"),
    "decline": gettext_lazy("已记录为不同意。对方看不到任何内容，这不影响您办理其他事项。"),
    "withdraw": gettext_lazy("已撤回。对方的下一次查询会立即被拒绝。"),
}


@require_safe
@own_page
def listing(request: HttpRequest, own: Own) -> HttpResponse:
    """Show what was asked for, what stands and what has ended."""
    rows = [_line(each, own) for each in authorisations.of_subject(own.subject)]
    lists = {name: [row for row in rows if _list_of(row["state"]) == name] for name in LISTS}
    return show(request, "mine/authorisations", {"lists": lists})


def _list_of(state: str) -> str:
    return state if state in ("asked", "live") else "past"


def _line(each: Any, own: Own) -> dict[str, Any]:
    state = authorisations.state(each, clock.today())
    tone, word = STATES[state]
    return {
        "id": each.pk,
        "href": f"/mine/authorisations/{each.pk}/",
        "agency": said(each.grantee.name_zh, each.grantee.name_en),
        "purpose": words.purpose_name(each.purpose),
        "items": [words.item_name(code, clock.today()) for code in each.item_codes],
        "days": each.days,
        "once": each.once,
        "times": _("只能查询一次") if each.once else _("期限内可以多次查询，每次都记入“谁查过我”"),
        "since": each.since,
        "until": each.until,
        "asked_at": each.asked_at,
        "used_at": each.used_at,
        "state": state,
        "tone": tone,
        "word": word,
    }


@require_safe
@own_page
def artefact(request: HttpRequest, own: Own, authorisation_id: UUID) -> HttpResponse:
    """Return what was signed last about one authorisation, for the offline verifier and for other programs."""
    file = authorisation_artefact.as_file(_of(own, authorisation_id), now=clock.now())
    if file is None:
        raise Http404
    return download(file, f"authorisation-{authorisations.short(authorisation_id)}.json")


@require_safe
@own_page
def one(request: HttpRequest, own: Own, authorisation_id: UUID) -> HttpResponse:
    """Show one authorisation: who, why, exactly which fields in clear and which masked, until when."""
    each = _of(own, authorisation_id)
    purpose = lawbook.purpose(each.purpose, clock.today())
    held = own_file.read(each.subject_id, own.user, now=clock.now(), today=clock.today()).held
    context = {
        "line": _line(each, own),
        "would_end": each.until or clock.today() + timedelta(days=each.days - 1),
        "answer": words.answer_words(each.purpose),
        "bare": purpose.answer not in (AnswerKind.RECORDS, AnswerKind.FILE),
        "scope": [_scope(code, purpose, held) for code in each.item_codes],
        "basis": "；".join(str(basis) for basis in purpose.basis),
        "may_grant": authorisations.may_grant(own.user, each.subject_id),
        "signed": authorisation_artefact.latest(each) is not None,
    }
    return show(request, "mine/authorisation", context)


def _of(own: Own, authorisation_id: UUID) -> Any:
    mine = (each for subject in own.subjects for each in authorisations.of_subject(subject))
    found = next((each for each in mine if each.pk == authorisation_id), None)
    if found is None:
        raise Http404
    return found


def _scope(code: str, purpose: Purpose, held: tuple[Held, ...]) -> dict[str, Any]:
    """Return the fields a reader would get of the records of an item, in clear or masked, by the gate's own classes."""
    version = catalogue.version_in_force(code, clock.today())
    clear = OPEN_CLASSES | frozenset(purpose.fields)
    rows = [each.row for each in held if each.row.item == code and not each.link_suspended]
    present = {field.code for row in rows for field in row.fields}
    fields = [field for field in lawbook.layout(version.layout, clock.today()).fields if field.code in present]
    ways: dict[str, list[str]] = {"clear": [], "trimmed": [], "masked": [], "hidden": []}
    for field in fields:
        ways[way_of(field.klass, clear)].append(said(field.zh, field.en))
    listed = {way: "、".join(names) for way, names in ways.items()}
    return {"name": said(version.name_zh, version.name_en), "count": len(rows), **listed}


@require_POST
@own_page
def decide(request: HttpRequest, own: Own, authorisation_id: UUID) -> HttpResponse:
    """Grant, decline or withdraw."""
    _of(own, authorisation_id)
    act = request.POST.get("act", "")
    if act not in DONE:
        raise Http404
    try:
        _act(act, authorisation_id, own)
    except Refusal as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, str(DONE[act]))
    return redirect("/mine/authorisations/")


def _act(act: str, authorisation_id: UUID, own: Own) -> None:
    if act == "grant":
        authorisations.grant(authorisation_id, own.user, now=clock.now(), today=clock.today())
    elif act == "decline":
        authorisations.decline(authorisation_id, own.user, now=clock.now())
    else:
        authorisations.withdraw(authorisation_id, own.user, now=clock.now())
