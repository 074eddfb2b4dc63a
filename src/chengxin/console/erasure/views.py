"""The erasure desk: what waits, what the law says of each record, and the steps of two officers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chengxin.accounts.policies import NotPermitted, can_may
from chengxin.accounts.roles import Permission
from chengxin.rights import agents, erasure_pages, handling, papers
from chengxin.rights.erasure_pages import Page
from chengxin.rules.errors import Refusal
from chengxin.rules.retention import FATE_NAMES, Fate
from chengxin.ui import clock
from chengxin.ui.formats import day

DESK = (Permission.REVIEW_CASE, Permission.DECIDE_CASE)
SCOPES = {"file": ("整份档案", "The whole file"), "record": ("一条记录", "One record")}
CAPACITIES = {
    "self": ("本人", "The person"),
    "agent": ("委托代理人", "Agent"),
    "guardian": ("监护人", "Guardian"),
    "relative": ("死者近亲属", "Close relative of the deceased"),
    "": ("已无代表权", "Holds no mandate any more"),
}
View = Callable[..., HttpResponse]


def english() -> bool:
    """Tell whether the page is shown in English."""
    return (get_language() or "").startswith("en")


def word(pair: tuple[str, str]) -> str:
    """Return the wording for the page's language."""
    return pair[1] if english() else pair[0]


def officer_of(request: HttpRequest) -> Any:
    """Return the signed-in officer."""
    return request.user


def desk(view: View) -> View:
    """Let reviewers and deciders in; a refusal becomes a page that says why."""

    @login_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if not any(can_may(officer_of(request), permission) for permission in DESK):
                raise NotPermitted(
                    "您没有办件权限；请联系本单位管理员。", "You hold no role at this desk; ask your unit."
                )
            return view(request, *args, **kwargs)
        except agents.PowerUnknown:
            raise Http404 from None
        except Refusal as refusal:
            context = {"sentence": refusal.in_language(get_language() or "")}
            return render(request, "console/cases/refused.html", context, status=403)

    return guarded


@require_safe
@desk
def queue(request: HttpRequest) -> HttpResponse:
    """Show the requests and the proofs of power that wait for this officer."""
    rows = [_row(each) for each in erasure_pages.queue(officer_of(request))]
    powers = [_power(each) for each in agents.waiting(officer_of(request))]
    columns = [{"text": text} for text in (_("到期日"), _("编号"), _("范围"), _("状态"))]
    power_columns = [{"text": text} for text in (_("提交时间"), _("身份"), _("状态"))]
    context = {"rows": rows, "columns": columns, "powers": powers, "power_columns": power_columns}
    return render(request, "console/erasure/queue.html", context)


def _row(row: Any) -> list[Any]:
    href = reverse("console:erasure", args=[row.case.pk])
    state = {"tone": "waiting", "text": word((row.state.zh, row.state.en))}
    return [day(row.due_on), {"text": row.case.number, "href": href}, word(SCOPES[row.scope]), state]


def _power(power: Any) -> list[Any]:
    href = reverse("console:power", args=[power.pk])
    state = _("等待决定") if power.checked_at else _("等待核对")
    return [day(power.filed_at), {"text": word(CAPACITIES[power.capacity]), "href": href}, state]


@require_safe
@desk
def one(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show one request; the look is committed first."""
    return _show(request, case_id)


def _show(request: HttpRequest, case_id: UUID, error: str = "", status: int = 200) -> HttpResponse:
    page = erasure_pages.read(case_id, officer_of(request), now=clock.now(), today=clock.today())
    if page is None:
        raise Http404
    context = {
        "page": page,
        "state": word((page.state.zh, page.state.en)),
        "scope": word(SCOPES[page.erasure.scope]),
        "capacity": word(CAPACITIES.get(page.capacity, CAPACITIES[""])),
        "lawful": word(FATE_NAMES[page.lawful]) if page.lawful else "",
        "columns": [{"text": text} for text in (_("目录项"), _("结果"), _("为什么"), _("依据"))],
        "findings": [_finding(each) for each in page.findings],
        "events": [_event(line) for line in page.timeline],
        "steps": [_step(each, page) for each in page.actions],
        "errors": [error] if error else [],
    }
    return render(request, "console/erasure/case.html", context, status=status)


def _finding(stored: dict[str, Any]) -> list[Any]:
    return [stored["item"], word(FATE_NAMES[Fate(stored["fate"])]), word((stored["zh"], stored["en"])),
            "；".join(stored["basis"])]  # fmt: skip


def _event(line: Any) -> dict[str, Any]:
    by = str(line.event.actor.agency or _("申请人")) if line.event.actor else _("平台自动")
    return {"when": line.event.at, "title": line.event.action, "by": by, "text": line.note}


def _step(action: Any, page: Page) -> dict[str, Any]:
    step = action.step
    asks = step.action == "propose"
    options = [{"value": fate.value, "text": word(FATE_NAMES[fate]), "selected": fate is page.lawful} for fate in Fate]
    return {
        "action": step.action,
        "title": word((step.zh, step.en)),
        "why": action.refusal.in_language(get_language() or "") if action.refusal else "",
        "options": options if asks else [],
        "kind": "danger" if step.action in ("approve", "freeze") else "primary",
    }


@require_POST
@desk
def take(request: HttpRequest, case_id: UUID, action: str) -> HttpResponse:
    """Take one step with the fields of its form."""
    version = request.POST.get("version", "")
    fields = {name: value for name, value in request.POST.dict().items() if isinstance(value, str)}
    if erasure_pages.read(case_id, officer_of(request), now=clock.now(), today=clock.today()) is None:
        raise Http404
    try:
        handling.take(
            case_id,
            action,
            actor=officer_of(request),
            now=clock.now(),
            today=clock.today(),
            version=int(version) if version.isascii() and version.isdigit() else None,
            fields=fields,
        )
    except Refusal as refusal:
        return _show(request, case_id, refusal.in_language(get_language() or ""), 422)
    messages.success(request, _("已办理，并写入存证日志。"))
    return redirect("console:erasure", case_id=case_id)


@require_safe
@desk
def paper(request: HttpRequest, document_id: int) -> HttpResponse:
    """Send a document of a case the officer may see, as PDF; the look is committed first."""
    found = papers.of_office(document_id, officer_of(request), now=clock.now(), today=clock.today())
    if found is None:
        raise Http404
    response = HttpResponse(found.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    return response
