"""Acting for another person on a proof, seeing who acts for oneself, and where else than the inbox to be told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from chengxin.cases import contacts
from chengxin.portal.erasure import signed_in, user_of
from chengxin.portal.frame import sentence, show
from chengxin.registry import selectors as registry
from chengxin.rights import agents
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

CAPACITIES = {
    "agent": gettext_lazy("委托代理人"),
    "guardian": gettext_lazy("监护人"),
    "relative": gettext_lazy("死者近亲属"),
}
CHANNELS = {"sms": gettext_lazy("短信"), "email": gettext_lazy("电子邮件")}


class PowerForm(forms.Form):
    """For whom, in which capacity, until when, on which proof."""

    capacity = forms.ChoiceField(
        label=gettext_lazy("以什么身份代为办理"), widget=forms.RadioSelect, choices=list(CAPACITIES.items())
    )
    name = forms.CharField(label=gettext_lazy("被代理人（死者）姓名"), max_length=60)
    number = forms.CharField(
        label=gettext_lazy("被代理人（死者）身份证号"),
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    ends_on = forms.DateField(label=gettext_lazy("代理到哪一天"), widget=forms.DateInput(attrs={"type": "date"}))
    proof = forms.FileField(
        label=gettext_lazy("证明文件"),
        help_text=gettext_lazy("授权委托书；监护证明；死亡证明和亲属关系证明。PDF、JPEG、PNG，不超过 5 MB。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )


class ContactForm(forms.Form):
    """Addresses besides the inbox; an empty one ends its channel."""

    sms = forms.CharField(
        label=gettext_lazy("手机号"), required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    email = forms.CharField(label=gettext_lazy("电子邮件"), required=False, max_length=120)


@sensitive_post_parameters("number", "name")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    """Show one's powers and who acts for oneself, or hand in a proof; the number comes by POST only."""
    form = PowerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            agents.claim(_claim(form.cleaned_data), actor=user_of(request), now=clock.now(), today=clock.today())
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("代理证明已收到，核对结果会发站内信。"))
            return redirect("/mine/agents/")
    context = {"form": form, "powers": [_power(each) for each in agents.own(user_of(request))], "over": _over(request)}
    return show(request, "mine/agents", context, status=422 if form.errors else 200)


def _claim(given: dict[str, Any]) -> agents.Claim:
    proof = given["proof"].read(agents.LARGEST_PROOF + 1)
    return agents.Claim(given["capacity"], given["number"], given["name"], given["ends_on"], proof)


def _power(power: Any) -> dict[str, Any]:
    return {
        "id": power.pk,
        "capacity": CAPACITIES[power.capacity],
        "filed_at": power.filed_at,
        "ends_on": power.ends_on,
        "state": _state(power),
        "reason": agents.reason(power),
        "standing": bool(power.granted and power.ended_at is None),
    }


def _state(power: Any) -> dict[str, str]:
    if power.ended_at is not None:
        return {"tone": "neutral", "text": _("已终止")}
    if power.granted is None:
        return {"tone": "waiting", "text": _("核对中")}
    return {"tone": "accepted", "text": _("已认可")} if power.granted else {"tone": "refused", "text": _("不予认可")}


def _over(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the powers of others over the user's own files."""
    user = user_of(request)
    files = [mandate.subject_id for mandate in registry.subjects_of(user)]
    found = [power for each in files for power in agents.over(each, user) if power.applicant_id != user.pk]
    return [_power(power) for power in found]


@require_POST
@signed_in
def withdraw(request: HttpRequest, power_id: UUID) -> HttpResponse:
    """End a power at once."""
    agents.withdraw(power_id, actor=user_of(request), now=clock.now())
    messages.success(request, _("代理已终止，自即时起不能再代为办理。"))
    return redirect("/mine/agents/")


@sensitive_post_parameters("sms", "email")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def addresses(request: HttpRequest) -> HttpResponse:
    """Show where notices go besides the inbox, masked, or change it for all of one's mailboxes."""
    user = user_of(request)
    boxes = [user.pk, *(mandate.subject_id for mandate in registry.subjects_of(user) if mandate.capacity == "self")]
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            for box in boxes:
                for channel in CHANNELS:
                    contacts.set_contact(box, channel, form.cleaned_data[channel], now=clock.now())
        except Refusal as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("通知方式已更新。站内信始终送达。"))
            return redirect("/mine/contacts/")
    present = [{"term": CHANNELS[name], "text": masked} for name, masked in contacts.shown(user.pk).items()]
    return show(request, "mine/contacts", {"form": form, "present": present}, status=422 if form.errors else 200)
