"""Repair that comes to the person: how well it does, and the officer's confirmation it rests on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chengxin.accounts.policies import NotPermitted, can_may
from chengxin.accounts.roles import Permission
from chengxin.console.outreach import reviews
from chengxin.console.outreach.forms import DutyForm
from chengxin.console.outreach.pages import figures
from chengxin.rights import duty, repaired
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

DESK = (Permission.SUBMIT_RECORDS, Permission.REVIEW_CASE, Permission.DECIDE_CASE)


@login_required
@never_cache
@sensitive_post_parameters("document_no")
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Show the key figure, and to officers of an authority the form of confirming a duty; or confirm it."""
    actor: Any = request.user
    try:
        _check_desk(actor)
    except NotPermitted as refusal:
        context = {"sentence": refusal.in_language(get_language() or "")}
        return render(request, "console/outreach/refused.html", context, status=403)
    form = DutyForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _confirm(request, form):
        return redirect("console:outreach")
    shown: dict[str, Any] = {
        "form": form if can_may(actor, Permission.SUBMIT_RECORDS) else None,
        **figures(repaired.key_figure(clock.today())),
        **reviews.table(actor),
    }
    return render(request, "console/outreach/home.html", shown, status=422 if form.errors else 200)


def _check_desk(actor: Any) -> None:
    if not any(can_may(actor, permission) for permission in DESK):
        raise NotPermitted(
            "您没有主动修复的权限；请联系本单位管理员。",
            "You hold no role at this desk; ask your unit's administrator.",
        )


def _confirm(request: HttpRequest, form: DutyForm) -> bool:
    """Confirm a duty and tell whether it was; a refusal becomes an error of the form."""
    given = {name: form.cleaned_data[name] for name in ("document_no", "document_date", "performed_on")}
    actor: Any = request.user
    try:
        done = duty.confirm(**given, actor=actor, now=clock.now(), today=clock.today())
    except Refusal as refusal:
        form.add_error(None, refusal.in_language(get_language() or ""))
        return False
    ended = _("已确认。该记录属轻微失信，已立即终止，并已通知当事人。")
    messages.success(request, ended if done.ending else _("已确认。当事人申请修复时不需要再交证明。"))
    return True
