"""The second person's desk: what waits for a decision, and what one has sent for approval oneself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from chengxin.accounts.policies import can_may, check_may
from chengxin.accounts.roles import Permission
from chengxin.console.enquiry import pages
from chengxin.console.enquiry.common import actor_of, english, refused
from chengxin.disclosure.orders import approvals
from chengxin.disclosure.orders.services import Waiting
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

HOME = "/console/enquiry/approvals/"


class DecisionForm(forms.Form):
    """Approve, or refuse and say why."""

    decision = forms.ChoiceField(
        label=gettext_lazy("决定"),
        choices=[("approve", gettext_lazy("批准")), ("refuse", gettext_lazy("不批准"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("意见"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("不批准的必须写明理由；不写证件号码。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _check(request: HttpRequest) -> None:
    if not approvals.may_decide_for_centre(actor_of(request), None):
        check_may(actor_of(request), Permission.ENQUIRE)


@login_required
@never_cache
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person, and what this person waits for."""
    try:
        _check(request)
    except Refusal as refusal:
        return refused(request, refusal)
    actor, today = actor_of(request), clock.today()
    columns = [{"text": text} for text in (_("编号"), _("用途"), _("主体"), _("送请日期"), _("截止日期"), _("状态"))]
    context = {
        "columns": columns,
        "to_decide": [_row(each, link=True) for each in approvals.for_decider(actor, today)],
        "sent": [_row(each, link=False) for each in approvals.of_asker(actor, today)],
        "for_centre": approvals.may_decide_for_centre(actor),
        "may_send": can_may(actor, Permission.ENQUIRE),
    }
    return render(request, "console/enquiry/approvals.html", context)


def _row(each: Waiting, *, link: bool) -> list[Any]:
    approval = each.approval
    number = {"text": pages.short(approval.pk)} | ({"href": f"{HOME}{approval.pk}/"} if link else {})
    purpose = {"text": pages.purpose_name(approval.purpose, english()), "note": each.matter_no}
    state = {"tone": STATES[each.state][0], "text": STATES[each.state][1]()}
    return [number, purpose, each.subject, approval.asked_at.date(), approval.expires_on, state]


STATES: dict[str, Any] = {
    "asked": ("waiting", lambda: _("等待批准")),
    "approved": ("accepted", lambda: _("已批准，待查询")),
    "refused": ("refused", lambda: _("不批准")),
    "used": ("neutral", lambda: _("已使用")),
    "ended": ("neutral", lambda: _("已到期")),
}


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """Show one request in full, and take the decision."""
    actor, today = actor_of(request), clock.today()
    found = next((each for each in approvals.for_decider(actor, today) if each.approval.pk == approval_id), None)
    if found is None:
        raise Http404
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approve = form.cleaned_data["decision"] == "approve"
        try:
            approvals.decide(
                approval_id, actor, approve=approve, answer=form.cleaned_data["answer"], now=clock.now(), today=today
            )
        except Refusal as refusal:
            return refused(request, refusal, again=HOME)
        messages.success(request, _("已批准，送请人可以查询一次。") if approve else _("已不批准，并告知送请人。"))
        return redirect(HOME)
    name = pages.purpose_name(found.approval.purpose, english())
    return render(request, "console/enquiry/approval.html", {"found": found, "form": form, "purpose_name": name})
