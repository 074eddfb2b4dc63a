"""One case: facts, law, clock, history, the draft decision, and the steps this reader may take."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chengxin.console.cases import forms, pages
from chengxin.console.cases.desk import desk_page, in_english, language, signed_in
from chengxin.rights import drafts, handling, materials, own_cases, time_limits
from chengxin.rights import selectors as rights
from chengxin.rights.acts import Act
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.uploads import attachment


@login_required
@require_GET
@desk_page
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show one case; a case of nobody's concern and an unknown one give the same answer."""
    found = own_cases.kind_of(case_id, signed_in(request))
    if found in pages.PAGES:
        return redirect(pages.PAGES[found], case_id)
    return _show(request, case_id)


def _show(request: HttpRequest, case_id: UUID, *, at: str = "", error: str = "", status: int = 200) -> HttpResponse:
    today = clock.today()
    page = handling.read(case_id, signed_in(request), now=clock.now(), today=today)
    if page is None:
        raise Http404
    typed: dict[str, Any] = request.POST.dict() if at else {}
    draft = drafts.draft(page, today)
    context = pages.context(page, today, language())
    context |= {
        "choices": forms.choices(page, language(), typed, at, draft),
        "clock_steps": forms.clock_steps(time_limits.offers(page.case, signed_in(request), today), in_english()),
        "draft": draft,
        "values": pages.values(drafts.values_in_force(page.case, today), in_english()),
        "errors": [error] if error else [],
    }
    return render(request, "console/cases/case.html", context, status=status)


@login_required
@require_POST
@desk_page
def take(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take one step; a refusal shows its reason on the page with what was typed still in place."""
    fields = {name: value for name, value in request.POST.dict().items() if isinstance(value, str)}
    _check_known(request, case_id)
    act = _act(request, case_id)
    try:
        handling.take(
            case_id, action, actor=act.actor, now=act.now, today=act.today, version=act.version, fields=fields
        )
    except Refusal as refusal:
        return _show(request, case_id, at=action, error=refusal.in_language(language()), status=422)
    messages.success(request, _("已办理，并写入存证日志。"))
    return redirect("console:case", case_id=case_id)


@login_required
@require_POST
@desk_page
def take_clock_step(request: HttpRequest, case_id: UUID, code: str) -> HttpResponse:
    """Pause, resume or prolong the clock, or give the reason for a delay."""
    _check_known(request, case_id)
    note, reason = request.POST.get("note", ""), request.POST.get("reason", "")
    try:
        time_limits.take(_act(request, case_id), code, note=note, reason=reason)
    except Refusal as refusal:
        return _show(request, case_id, error=refusal.in_language(language()), status=422)
    messages.success(request, _("已办理，并写入存证日志。"))
    return redirect("console:case", case_id=case_id)


def _check_known(request: HttpRequest, case_id: UUID) -> None:
    if rights.case_page(case_id, signed_in(request), clock.today()) is None:
        raise Http404


def _act(request: HttpRequest, case_id: UUID) -> Act:
    version = request.POST.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
    return Act(case_id, signed_in(request), clock.now(), clock.today(), seen)


@login_required
@require_GET
@desk_page
def document(request: HttpRequest, case_id: UUID, document_id: int) -> HttpResponse:
    """Send one document of a case as a text file."""
    page = handling.read(case_id, signed_in(request), now=clock.now(), today=clock.today())
    found = next((pair for pair in page.documents if pair[0].pk == document_id), None) if page else None
    if found is None:
        raise Http404
    response = HttpResponse(found[1], content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found[0].number}.txt"'
    return response


@login_required
@never_cache
@require_GET
@desk_page
def material(request: HttpRequest, case_id: UUID, document_id: int) -> HttpResponse:
    """Send a file of evidence to keep, never shown inline; the look is committed first."""
    found = materials.of_office(document_id, Act(case_id, signed_in(request), clock.now(), clock.today()))
    if found is None:
        raise Http404
    return attachment(found.content, found.name, found.media_type)
