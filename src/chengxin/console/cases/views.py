"""The case desk: what waits, the earliest due date first, and one case with law, clock, history and steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chengxin.accounts.policies import NotPermitted, can_may
from chengxin.accounts.roles import Permission
from chengxin.console.cases import forms, pages
from chengxin.rights import handling
from chengxin.rights import selectors as rights
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

DESK = (Permission.REVIEW_CASE, Permission.DECIDE_CASE, Permission.ANSWER_OBJECTION, Permission.MATCH_SUBJECT)


def _user(request: HttpRequest) -> Any:
    """Return the signed-in user; ``login_required`` has seen to it that there is one."""
    return request.user


def _check_desk(request: HttpRequest) -> None:
    if not any(can_may(_user(request), permission) for permission in DESK):
        raise NotPermitted(
            "您没有办件权限；请联系本单位管理员。", "You hold no role at the case desk; ask your unit's administrator."
        )


def _language() -> str:
    return get_language() or "zh-hans"


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    context = {"sentence": refusal.in_language(_language())}
    return render(request, "console/cases/refused.html", context, status=403)


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show the open cases that wait for one of the user's roles."""
    try:
        _check_desk(request)
    except NotPermitted as refusal:
        return _refused(request, refusal)
    rows = rights.queue(_user(request), clock.today())
    english = _language().startswith("en")
    context = {"rows": [pages.row(each, english) for each in rows], "columns": pages.columns(), "count": len(rows)}
    return render(request, "console/cases/queue.html", context)


@login_required
@require_GET
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show one case; a case of nobody's concern and an unknown one give the same answer."""
    return _show(request, case_id)


def _show(request: HttpRequest, case_id: UUID, *, at: str = "", error: str = "", status: int = 200) -> HttpResponse:
    try:
        _check_desk(request)
    except NotPermitted as refusal:
        return _refused(request, refusal)
    page = handling.read(case_id, _user(request), now=clock.now(), today=clock.today())
    if page is None:
        raise Http404
    language = _language()
    typed: dict[str, Any] = request.POST.dict() if at else {}
    context = pages.context(page, clock.today(), language)
    context |= {"choices": forms.choices(page, language, typed, at), "errors": [error] if error else []}
    return render(request, "console/cases/case.html", context, status=status)


@login_required
@require_POST
def take(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take one step; a refusal shows its reason on the page with what was typed still in place."""
    version = request.POST.get("version", "")
    fields = {name: value for name, value in request.POST.dict().items() if isinstance(value, str)}
    try:
        _check_desk(request)
        if rights.case_page(case_id, _user(request), clock.today()) is None:
            raise Http404
        handling.take(
            case_id,
            action,
            actor=_user(request),
            now=clock.now(),
            today=clock.today(),
            version=int(version) if version.isdigit() else None,
            fields=fields,
        )
    except Refusal as refusal:
        return _show(request, case_id, at=action, error=refusal.in_language(_language()), status=422)
    messages.success(request, _("已办理，并写入存证日志。"))
    return redirect("console:case", case_id=case_id)


@login_required
@require_GET
def document(request: HttpRequest, case_id: UUID, document_id: int) -> HttpResponse:
    """Send one document of a case as a text file."""
    page = handling.read(case_id, _user(request), now=clock.now(), today=clock.today())
    found = next((pair for pair in page.documents if pair[0].pk == document_id), None) if page else None
    if found is None:
        raise Http404
    response = HttpResponse(found[1], content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found[0].number}.txt"'
    return response
