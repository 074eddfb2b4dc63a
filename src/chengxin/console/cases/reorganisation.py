"""破产重整 at the desk: every open case with its due date, and the page of one with the steps of its track."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chengxin.cases.policies import Action
from chengxin.cases.services import lines
from chengxin.console.cases.desk import desk_page, in_english, language, signed_in
from chengxin.console.cases.forms import GRAVE
from chengxin.console.cases.queue import page_number
from chengxin.rights import bankruptcy, handling, reorganisation_pages
from chengxin.rights.reorganisation_pages import Page, Row
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.formats import day

GRAVE_HERE = GRAVE | {"resume", "fail"}
Typed = Mapping[str, str]


def _word(zh: str, en: str) -> str:
    return en if in_english() else zh


@login_required
@never_cache
@require_GET
@desk_page
def listing(request: HttpRequest) -> HttpResponse:
    """Show the open cases, the earliest due date first, with whether a step waits for this officer, or the closed."""
    closed = request.GET.get("closed") == "1"
    found = reorganisation_pages.desk(signed_in(request), clock.today(), closed=closed, number=page_number(request))
    headings = (_("到期日"), _("编号"), _("单位"), _("状态"), _("轮到您"))
    context = {
        "found": found,
        "rows": [_row(row) for row in found.rows],
        "columns": [{"text": text} for text in headings],
        "tabs": [
            {"text": _("在办"), "href": "?", "current": not closed},
            {"text": _("已办结"), "href": "?closed=1", "current": closed},
        ],
        "base": "?closed=1&page=" if closed else "?page=",
        "closed": closed,
    }
    return render(request, "console/cases/reorganisation_list.html", context)


def _row(row: Row) -> list[Any]:
    href = reverse("console:reorganisation", args=[row.case.pk])
    late = _("已逾期") if row.where.overdue else ""
    return [
        {"text": day(row.where.due_on), "note": late} if row.where.due_on else "—",
        {"text": row.case.number, "href": href},
        row.name,
        {"tone": "neutral" if row.case.closed_at else "waiting", "text": _word(row.where.state.zh, row.where.state.en)},
        _("是") if row.yours else _("否"),
    ]


@login_required
@never_cache
@require_GET
@desk_page
def one(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show one case; a case of nobody's concern and an unknown one give the same answer."""
    return _show(request, case_id)


def _show(request: HttpRequest, case_id: UUID, *, at: str = "", error: str = "", status: int = 200) -> HttpResponse:
    page = _page(request, case_id)
    facts = page.case.facts
    typed: Typed = {name: str(value) for name, value in request.POST.items()} if at else {}
    context = {
        "page": page,
        "state": _word(page.where.state.zh, page.where.state.en),
        "basis": bankruptcy.basis(clock.today()),
        "ruled_on": date.fromisoformat(facts["ruled_on"]),
        "perform_by": date.fromisoformat(facts["perform_by"]),
        "events": [_event(line) for line in page.timeline],
        "choices": [_choice(each, typed if each.step.action == at else {}) for each in _sorted(page)],
        "deadlines": page.deadlines,
        "hearing_steps": lines(page.hearing.time) if page.hearing else [],
        "errors": [error] if error else [],
    }
    return render(request, "console/cases/reorganisation.html", context, status=status)


def _page(request: HttpRequest, case_id: UUID) -> Page:
    page = reorganisation_pages.page(case_id, signed_in(request), clock.today())
    if page is None:
        raise Http404
    return page


def _sorted(page: Page) -> list[Action]:
    """Put what the reader can do first; the steps of others follow with the reason."""
    return sorted(page.actions, key=lambda each: not each.open)


def _event(line: Any) -> dict[str, Any]:
    event = line.event
    by = str(event.actor.agency or _("申请人")) if event.actor else _("平台自动")
    return {
        "when": event.at,
        "title": _word(*reorganisation_pages.step_name(event.action)),
        "by": by,
        "text": line.note,
    }


def _choice(action: Action, typed: Typed) -> dict[str, Any]:
    step = action.step
    names = handling.FIELDS[(bankruptcy.KIND, step.action)] if action.open else ()
    return {
        "action": step.action,
        "title": _word(step.zh, step.en),
        "why": action.refusal.in_language(language()) if action.refusal else "",
        "fields": [_field(name, step.action, typed) for name in names],
        "kind": "danger" if step.action in GRAVE_HERE else "primary",
    }


def _field(name: str, action: str, typed: Typed) -> dict[str, Any]:
    labels = {"heard": _("听取当事人意见的情况"), "note": _("理由")}
    hints = {
        "heard": _("何时、以何种方式听取，当事人怎样说明。"),
        "note": _("写给当事人看：事实、依据和结论。内容加密保存。"),
    }
    return {
        "name": name,
        "id": f"id_{action}_{name}",
        "label": labels[name],
        "hint": hints[name],
        "kind": "textarea",
        "rows": 4,
        "width": "full",
        "required": True,
        "value": typed.get(name, ""),
    }


@login_required
@require_POST
@desk_page
def take(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take one step; a refusal shows its reason on the page with what was typed still in place."""
    _page(request, case_id)
    version = request.POST.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
    fields = {name: str(value) for name, value in request.POST.items()}
    try:
        handling.take(
            case_id, action, actor=signed_in(request), now=clock.now(), today=clock.today(), version=seen, fields=fields
        )
    except Refusal as refusal:
        return _show(request, case_id, at=action, error=refusal.in_language(language()), status=422)
    messages.success(request, _("已办理，并写入存证日志。"))
    return redirect("console:reorganisation", case_id=case_id)
