"""Enquiring from the desk.

The answer is the reply to the form itself and is never stored, so that seeing it again is another read with another
leaf; hence no redirect after it, and no cache may keep it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.console.enquiry import pages
from chengxin.console.enquiry.forms import AuthorisationForm, EnquiryForm
from chengxin.disclosure import authorisations as consent
from chengxin.disclosure.services import Enquiry, ServiceRefused, disclose
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.lawfiles import Ground, Purpose
from chengxin.ui import clock

personal = sensitive_post_parameters("code", "name", "matter_no", "reason")


def _english() -> bool:
    return (get_language() or "zh-hans").startswith("en")


def _actor(request: HttpRequest) -> Any:
    """Return the signed-in user; every view here asks for one."""
    return request.user


def _kind(value: str) -> CodeKind:
    return next(kind for kind in CodeKind if kind.value == value)


def _refused(request: HttpRequest, refusal: Refusal, status: int = 403) -> HttpResponse:
    sentence = refusal.in_language(get_language() or "zh-hans")
    context = {"sentence": sentence, "entry": getattr(refusal, "entry", 0), "again": request.path}
    return render(request, "console/enquiry/refused.html", context, status=status)


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
        check_may(_actor(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return _refused(request, refusal)
    known = lawbook.purposes(clock.today())
    grounds = ((Ground.STATUTE, _("依法查询")), (Ground.AUTHORISATION, _("凭授权查询")))
    groups = [(title, [pages.card(each, _english()) for each in known if each.ground is g]) for g, title in grounds]
    return render(request, "console/enquiry/purposes.html", {"groups": groups})


@login_required
@never_cache
@personal
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form of one purpose and, sent, the answer or the refusal."""
    try:
        check_may(_actor(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return _refused(request, refusal)
    purpose = _purpose(code, Ground.STATUTE, Ground.AUTHORISATION)
    live = pages.live(_actor(request).agency_id, purpose, clock.today())
    form = EnquiryForm(purpose, live, _english(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _answered(request, purpose, form.cleaned_data)
    context = _about(purpose) | {"form": form, "live": live, "by_consent": purpose.ground is Ground.AUTHORISATION}
    return render(request, "console/enquiry/ask.html", context)


def _about(purpose: Purpose) -> dict[str, Any]:
    items = pages.items_of(purpose, clock.today(), _english())
    return {
        "purpose": purpose,
        "purpose_name": pages.name_of(purpose, _english()),
        "answers_with": pages.answers_with(purpose),
        "stands_on": pages.stands_on(purpose),
        "articles": [str(basis) for basis in purpose.basis],
        "items": [name for _code, name in items],
    }


def _answered(request: HttpRequest, purpose: Purpose, typed: dict[str, Any]) -> HttpResponse:
    chosen = typed.get("authorisation_id")
    enquiry = Enquiry(
        actor=_actor(request),
        purpose=purpose.code,
        subject_kind=typed["subject_kind"],
        code_kind=_kind(typed["code_kind"]),
        code=typed["code"],
        name=typed["name"],
        authorisation_id=UUID(chosen) if chosen else None,
        statute=typed.get("statute", ""),
        matter_no=typed["matter_no"],
        reason=typed["reason"],
    )
    try:
        answer = disclose(enquiry, now=clock.now(), today=clock.today())
    except ServiceRefused as refusal:
        return _refused(request, refusal, 503)
    except Refusal as refusal:
        return _refused(request, refusal)
    context = {
        "answer": answer,
        "purpose_name": pages.name_of(purpose, _english()),
        "result": pages.result(answer),
        "cards": pages.cards(answer.rows, _english()),
        "code_kind": answer.subject.code_kind.en if _english() else answer.subject.code_kind.zh,
        "again": request.path,
    }
    return render(request, "console/enquiry/answer.html", context)


@login_required
@require_GET
def authorisations(request: HttpRequest) -> HttpResponse:
    """Show what this unit has asked subjects to allow, and how each stands."""
    try:
        check_may(_actor(request), Permission.ASK_AUTHORISATION)
    except Refusal as refusal:
        return _refused(request, refusal)
    known = [each for each in lawbook.purposes(clock.today()) if each.ground is Ground.AUTHORISATION]
    names = {each.code: pages.name_of(each, _english()) for each in known}
    columns = [{"text": text} for text in (_("编号"), _("用途和目录项"), _("申请日期"), _("截止日期"), _("状态"))]
    rows = pages.authorisation_rows(_actor(request).agency_id, clock.today(), names)
    context = {"rows": rows, "columns": columns, "purposes": sorted(names.items())}
    return render(request, "console/enquiry/authorisations.html", context)


@login_required
@never_cache
@personal
@require_http_methods(["GET", "POST"])
def ask_authorisation(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a subject to allow one purpose, item by item."""
    try:
        check_may(_actor(request), Permission.ASK_AUTHORISATION)
    except Refusal as refusal:
        return _refused(request, refusal)
    purpose = _purpose(code, Ground.AUTHORISATION)
    items = pages.items_of(purpose, clock.today(), _english())
    form = AuthorisationForm(purpose, items, _english(), request.POST or None)
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
        consent.ask(wanted, _actor(request), now=clock.now(), today=clock.today())
    except Refusal as refusal:
        return _refused(request, refusal)
    messages.success(request, _("申请已送达对方信箱。对方同意前，您看不到任何内容。"))
    return redirect("/console/enquiry/authorisations/")
