"""Proofs of power at the desk: one officer checks, another decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chengxin.console.erasure.views import CAPACITIES, desk, officer_of, word
from chengxin.rights import agents
from chengxin.rules.errors import Refusal
from chengxin.ui import clock


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def one(request: HttpRequest, power_id: UUID) -> HttpResponse:
    """Show what was declared beside its proof, or take the officer's step; every look is committed first."""
    error = ""
    if request.method == "POST":
        try:
            _take(request, power_id)
        except Refusal as refusal:
            error = refusal.in_language(get_language() or "")
        else:
            messages.success(request, _("已办理，并写入存证日志。"))
            return redirect("console:erasures")
    opened = agents.read(power_id, officer_of(request), now=clock.now())
    context = {
        "opened": opened,
        "capacity": word(CAPACITIES[opened.power.capacity]),
        "deciding": opened.power.checked_at is not None,
        "done": opened.power.decided_at is not None,
        "errors": [error] if error else [],
        "options": _options(opened.power.checked_at is not None),
    }
    return render(request, "console/erasure/power.html", context, status=422 if error else 200)


def _options(deciding: bool) -> list[dict[str, Any]]:
    yes, no = (_("认可代理"), _("不予认可")) if deciding else (_("证明成立"), _("证明不成立"))
    return [{"value": "yes", "text": yes}, {"value": "no", "text": no}]


def _take(request: HttpRequest, power_id: UUID) -> None:
    answer = request.POST.get("answer", "")
    if answer not in ("yes", "no"):
        raise agents.PowerRefused("请选择结论。", "Choose an answer.")
    officer, now = officer_of(request), clock.now()
    if request.POST.get("step") == "decide":
        why = request.POST.get("note", "")
        agents.decide(power_id, answer == "yes", why, officer=officer, now=now, today=clock.today())
    else:
        agents.check(power_id, answer == "yes", officer=officer, now=now)


@require_safe
@desk
def proof(request: HttpRequest, power_id: UUID) -> HttpResponse:
    """Send the proof as a file, never shown inline; the look is committed first."""
    opened = agents.read(power_id, officer_of(request), now=clock.now())
    response = HttpResponse(opened.proof, content_type=opened.proof_type)
    ending = opened.proof_type.rpartition("/")[2]
    response["Content-Disposition"] = f'attachment; filename="proof-{power_id}.{ending}"'
    return response
