"""Taking a confirmation back, and what two officers of the centre make of an ending that rested on it."""

from __future__ import annotations

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
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chengxin.accounts.policies import can_may, check_may
from chengxin.accounts.roles import Permission
from chengxin.console.outreach.forms import CancelForm, ProposalForm
from chengxin.rights import duty, duty_review
from chengxin.rights.duty_review import Task
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.formats import moment

REVIEWERS = (Permission.REVIEW_CASE, Permission.DECIDE_CASE)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    context = {"sentence": refusal.in_language(get_language() or "")}
    return render(request, "console/outreach/refused.html", context, status=403)


@login_required
@never_cache
@sensitive_post_parameters("document_no", "reason")
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest) -> HttpResponse:
    """Take a confirmation of one's own authority back."""
    actor: Any = request.user
    try:
        check_may(actor, Permission.SUBMIT_RECORDS)
    except Refusal as refusal:
        return _refused(request, refusal)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("document_no", "document_date", "reason")}
        try:
            duty.cancel(**given, actor=actor, now=clock.now(), today=clock.today())
        except Refusal as refusal:
            form.add_error(None, refusal.in_language(get_language() or ""))
        else:
            messages.success(request, _("已撤销，并已通知当事人；修复条件已重新计算。"))
            return redirect("console:outreach")
    return render(request, "console/outreach/cancel.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Show what waits for a decision about one ending; let the reviewer propose and the decider decide."""
    actor: Any = request.user
    if not can_may_review(actor):
        try:
            check_may(actor, Permission.REVIEW_CASE)
        except Refusal as refusal:
            return _refused(request, refusal)
    task = next((each for each in duty_review.tasks(actor) if each.record.pk == record_id and each.case is None), None)
    if task is None:
        raise Http404
    proposes = not task.proposal and can_may(actor, Permission.REVIEW_CASE)
    form = ProposalForm(request.POST or None) if proposes else None
    error = ""
    if request.method == "POST":
        try:
            if _taken(request, task, form):
                return redirect("console:outreach")
        except Refusal as refusal:
            error = refusal.in_language(get_language() or "")
    context = {
        **row(task),
        "form": form,
        "error": error,
        "decides": bool(task.proposal) and can_may(actor, Permission.DECIDE_CASE),
    }
    return render(request, "console/outreach/review.html", context, status=422 if request.method == "POST" else 200)


def can_may_review(actor: Any) -> bool:
    """Tell whether somebody works on what was granted on cancelled confirmations."""
    return any(can_may(actor, permission) for permission in REVIEWERS)


def _taken(request: HttpRequest, task: Task, form: ProposalForm | None) -> bool:
    actor: Any = request.user
    if form is not None:
        if not form.is_valid():
            return False
        duty_review.propose(task.record.pk, **form.cleaned_data, actor=actor, now=clock.now())
        messages.success(request, _("已提交，由另一人决定。"))
        return True
    agree = request.POST.get("agree") == "yes"
    duty_review.decide(task.record.pk, agree=agree, actor=actor, now=clock.now())
    messages.success(request, _("已决定，并已通知当事人。") if agree else _("已退回重拟。"))
    return True


def row(task: Task) -> dict[str, Any]:
    """Return one task as the pages show it; the person is not named."""
    english = (get_language() or "").startswith("en")
    words = {"reinstate": _("拟恢复记录"), "stand": _("拟维持终止"), "": _("待拟议")}
    if task.case is not None:
        href = reverse("console:case", args=[task.case.pk])
        state = _("修复办件 %(number)s：请核对履行情况") % {"number": task.case.number}
    else:
        href, state = reverse("console:duty_review", args=[task.record.pk]), words[task.proposal]
    return {
        "item": task.record.item.name_en if english else task.record.item.name_zh,
        "agency": task.agency_en if english else task.agency_zh,
        "reason": task.reason,
        "at": moment(task.cancelled_at),
        "state": state,
        "href": href,
    }


def table(actor: Any) -> dict[str, Any]:
    """Return the tasks as a table for those who work on them, and nothing for anybody else."""
    if not can_may_review(actor):
        return {}
    rows = [row(task) for task in duty_review.tasks(actor)]
    heads = (_("事项"), _("撤销单位"), _("撤销理由"), _("撤销时间"))
    return {
        "review_columns": [{"text": text} for text in heads],
        "reviews": [
            [{"text": each["item"], "href": each["href"], "note": each["state"]}, each["agency"], each["reason"],
             each["at"]]
            for each in rows
        ],
    }  # fmt: skip
