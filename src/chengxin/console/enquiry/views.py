"""Enquiring from the desk.

The answer is the reply to the form itself and is never stored, so that seeing it again is another read with another
leaf; hence no redirect after it, and no cache may keep it.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.console.enquiry import pages
from chengxin.console.enquiry.common import actor_of, english, refused
from chengxin.console.enquiry.forms import AuthorisationForm, EnquiryForm
from chengxin.disclosure import authorisation_artefact as artefact
from chengxin.disclosure import authorisations as consent
from chengxin.disclosure.orders import approvals
from chengxin.disclosure.services import Enquiry, ServiceRefused, disclose
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.lawfiles import Ground, Purpose
from chengxin.ui import clock
from chengxin.ui.addresses import way_back
from chengxin.ui.chance import chance
from chengxin.ui.uploads import attachment

personal = sensitive_post_parameters("code", "name", "matter_no", "reason")


def _kind(value: str) -> CodeKind:
    return next(kind for kind in CodeKind if kind.value == value)


def _purpose(code: str, *grounds: Ground) -> Purpose:
    for each in lawbook.purposes(clock.today()):
        if each.code == code and each.ground in grounds:
            return each
    raise Http404


@login_required
@require_GET
def purposes(request: HttpRequest) -> HttpResponse:
    """Show the purposes of enquiry, each with what it is given and the basis it needs."""
    try:
        check_may(actor_of(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return refused(request, refusal)
    known = lawbook.purposes(clock.today())
    grounds = ((Ground.STATUTE, _("依法查询")), (Ground.AUTHORISATION, _("凭授权查询")))
    groups = [(title, [pages.card(each, english()) for each in known if each.ground is g]) for g, title in grounds]
    return render(request, "console/enquiry/purposes.html", {"groups": groups})


@login_required
@never_cache
@personal
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form of one purpose and, sent, the answer or the refusal."""
    try:
        check_may(actor_of(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return refused(request, refusal)
    purpose = _purpose(code, Ground.STATUTE, Ground.AUTHORISATION)
    live = pages.live(actor_of(request).agency_id, purpose, clock.today())
    approved = pages.approved(actor_of(request), purpose, clock.today())
    form = EnquiryForm(purpose, live, approved, english(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _asked_or_answered(request, purpose, form.cleaned_data)
    context = _about(purpose) | {"form": form, "live": live, "by_consent": purpose.ground is Ground.AUTHORISATION}
    return render(request, "console/enquiry/ask.html", context)


def _about(purpose: Purpose) -> dict[str, Any]:
    items = pages.items_of(purpose, clock.today(), english())
    return {
        "purpose": purpose,
        "purpose_name": pages.name_of(purpose, english()),
        "answers_with": pages.answers_with(purpose),
        "stands_on": pages.stands_on(purpose),
        "articles": [str(basis) for basis in purpose.basis],
        "items": [name for _code, name in items],
    }


def _asked_or_answered(request: HttpRequest, purpose: Purpose, typed: dict[str, Any]) -> HttpResponse:
    enquiry = _enquiry(request, purpose, typed)
    if not typed["for_approval"]:
        return _answered(request, purpose, enquiry)
    try:
        approvals.ask(enquiry, now=clock.now(), today=clock.today())
    except Refusal as refusal:
        return refused(request, refusal)
    messages.success(request, _("已送请批准。批准后凭批准编号查询一次。"))
    return redirect("/console/enquiry/approvals/")


def _enquiry(request: HttpRequest, purpose: Purpose, typed: dict[str, Any]) -> Enquiry:
    chosen, approved = typed.get("authorisation_id"), typed.get("approval_id")
    return Enquiry(
        actor=actor_of(request),
        purpose=purpose.code,
        subject_kind=typed["subject_kind"],
        code_kind=_kind(typed["code_kind"]),
        code=typed["code"],
        name=typed["name"],
        authorisation_id=UUID(chosen) if chosen else None,
        statute=typed.get("statute", ""),
        matter_no=typed["matter_no"],
        matter=typed.get("matter", ""),
        reason=typed["reason"],
        approval_id=UUID(approved) if approved else None,
    )


def _answered(request: HttpRequest, purpose: Purpose, enquiry: Enquiry) -> HttpResponse:
    try:
        answer = disclose(enquiry, now=clock.now(), today=clock.today(), rng=chance())
    except ServiceRefused as refusal:
        return refused(request, refusal, 503)
    except Refusal as refusal:
        return refused(request, refusal)
    context = {
        "answer": answer,
        "purpose_name": pages.name_of(purpose, english()),
        "result": pages.result(answer),
        "cards": pages.cards(answer.rows, english()),
        "code_kind": answer.subject.code_kind.en if english() else answer.subject.code_kind.zh,
        "again": way_back(request),
    }
    return render(request, "console/enquiry/answer.html", context)


@login_required
@require_GET
def authorisations(request: HttpRequest) -> HttpResponse:
    """Show what this unit has asked subjects to allow, and how each stands."""
    try:
        check_may(actor_of(request), Permission.ASK_AUTHORISATION)
    except Refusal as refusal:
        return refused(request, refusal)
    known = [each for each in lawbook.purposes(clock.today()) if each.ground is Ground.AUTHORISATION]
    names = {each.code: pages.name_of(each, english()) for each in known}
    columns = [
        {"text": text} for text in (_("编号"), _("用途和目录项"), _("申请日期"), _("截止日期"), _("状态"), _("凭证"))
    ]
    rows = pages.authorisation_rows(actor_of(request).agency_id, clock.today(), names)
    context = {"rows": rows, "columns": columns, "purposes": sorted(names.items())}
    return render(request, "console/enquiry/authorisations.html", context)


@login_required
@never_cache
@require_GET
def authorisation_artefact(request: HttpRequest, authorisation_id: UUID) -> HttpResponse:
    """Return what was signed last about an authorisation of one's own unit; any other is an ordinary missing page."""
    try:
        file = artefact.as_file(consent.of_unit(authorisation_id, actor_of(request)), now=clock.now())
    except Refusal:
        file = None
    if file is None:
        raise Http404
    content = json.dumps(file, ensure_ascii=False, indent=1).encode()
    return attachment(content, f"authorisation-{pages.short(authorisation_id)}.json", "application/json")


@login_required
@never_cache
@personal
@require_http_methods(["GET", "POST"])
def ask_authorisation(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a subject to allow one purpose, item by item."""
    try:
        check_may(actor_of(request), Permission.ASK_AUTHORISATION)
    except Refusal as refusal:
        return refused(request, refusal)
    purpose = _purpose(code, Ground.AUTHORISATION)
    items = pages.items_of(purpose, clock.today(), english())
    form = AuthorisationForm(purpose, items, english(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _asked(request, purpose, form.cleaned_data)
    return render(request, "console/enquiry/ask_authorisation.html", _about(purpose) | {"form": form})


def _asked(request: HttpRequest, purpose: Purpose, typed: dict[str, Any]) -> HttpResponse:
    wanted = consent.Ask(
        purpose.code,
        _kind(typed["code_kind"]),
        typed["code"],
        typed["name"],
        tuple(typed["items"]),
        typed["days"],
        typed["once"],
    )
    try:
        consent.ask(wanted, actor_of(request), now=clock.now(), today=clock.today())
    except Refusal as refusal:
        return refused(request, refusal)
    messages.success(request, _("申请已送达对方信箱。对方同意前，您看不到任何内容。"))
    return redirect("/console/enquiry/authorisations/")
