"""受保护主体的台面: two people of the credit centre set a protection and end it; nobody else finds this page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
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
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from chengxin.console.enquiry import pages
from chengxin.console.enquiry.common import actor_of, english, refused
from chengxin.console.enquiry.second import DecisionForm
from chengxin.disclosure.orders import approvals, protection
from chengxin.disclosure.orders.protection import LONGEST_GROUND, Shown
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.ui import clock

HOME = protection.LINK
ACTS = {"protect": gettext_lazy("设定保护"), "lift": gettext_lazy("解除保护")}


class GroundForm(forms.Form):
    """On what ground; another person reads it."""

    ground = forms.CharField(
        label=gettext_lazy("依据和理由"),
        max_length=LONGEST_GROUND,
        help_text=gettext_lazy("决定的人要看；不写证件号码。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ProtectForm(GroundForm):
    """Who is to be protected: declared kind, declared code, name, and on what ground."""

    code_kind = forms.ChoiceField(label=gettext_lazy("证件（代码）类型"))
    code = forms.CharField(
        label=gettext_lazy("证件号码（代码）"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(
        label=gettext_lazy("姓名（名称）"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = ("code_kind", "code", "name", "ground")

    def __init__(self, in_english: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.value, kind.en if in_english else kind.zh) for kind in CodeKind]
        self.fields["code_kind"].choices = kinds  # type: ignore[attr-defined]  # A choice field.


def _centre(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let those in who decide for the credit centre; to anybody else there is no such page."""

    @login_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not approvals.may_decide_for_centre(actor_of(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_GET
@_centre
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person, what this person waits for, and the protections in force."""
    actor = actor_of(request)
    context = {
        "columns": [{"text": text} for text in (_("主体"), _("提议"), _("依据和理由"), _("提议人"), _("日期"))],
        "to_decide": [_change(each, link=True) for each in protection.waiting(actor)],
        "sent": [_change(each, link=False) for each in protection.proposed_by(actor)],
        "standing_columns": [{"text": text} for text in (_("主体"), _("依据和理由"), _("起始日期"), _("办理"))],
        "standing": [_standing(each) for each in protection.standing(actor)],
    }
    return render(request, "console/enquiry/protected.html", context)


def _change(each: Shown, *, link: bool) -> list[Any]:
    row: Any = each.row
    name = {"text": each.name} | ({"href": f"{HOME}{row.pk}/decide/"} if link else {})
    return [name, str(ACTS[row.act]), row.ground, row.asked_by.display_name, row.asked_at.date()]


def _standing(each: Shown) -> list[Any]:
    row: Any = each.row
    lift = {"text": _("提议解除"), "href": f"{HOME}{row.pk}/lift/"}
    return [{"text": each.name, "note": pages.short(row.pk)}, row.ground, row.at.date(), lift]


@sensitive_post_parameters("code", "name", "ground")
@require_http_methods(["GET", "POST"])
@_centre
def propose(request: HttpRequest) -> HttpResponse:
    """Take a proposal to protect a subject."""
    form = ProtectForm(english(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        kind = next(each for each in CodeKind if each.value == typed["code_kind"])
        asked = (kind, typed["code"], typed["name"], typed["ground"], actor_of(request), clock.now())
        return _told(request, form, lambda: protection.propose(*asked))
    return _form(request, form, _("设定受保护主体"))


@require_http_methods(["GET", "POST"])
@_centre
def lift(request: HttpRequest, protection_id: UUID) -> HttpResponse:
    """Take a proposal to end a protection."""
    found = next((each for each in protection.standing(actor_of(request)) if each.row.pk == protection_id), None)
    if found is None:
        raise Http404
    form = GroundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = (protection_id, form.cleaned_data["ground"], actor_of(request), clock.now())
        return _told(request, form, lambda: protection.propose_lift(*asked), found)
    return _form(request, form, _("解除保护"), found)


def _told(request: HttpRequest, form: forms.Form, act: Callable[[], Any], found: Shown | None = None) -> HttpResponse:
    """Do it and say so, or say in the form why not."""
    try:
        act()
    except Refusal as refusal:
        form.add_error(None, refusal.in_language("en" if english() else "zh-hans"))
        return _form(request, form, _("受保护主体"), found, status=422)
    messages.success(request, _("已提议，等另一人决定。决定之前不生效。"))
    return redirect(HOME)


def _form(
    request: HttpRequest, form: forms.Form, title: str, found: Shown | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "title": title, "found": found}
    return render(request, "console/enquiry/protected_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@_centre
def decide(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Show one proposal, and take the decision."""
    actor = actor_of(request)
    found = next((each for each in protection.waiting(actor) if each.row.pk == proposal_id), None)
    if found is None:
        raise Http404
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approve, answer = form.cleaned_data["decision"] == "approve", form.cleaned_data["answer"]
        try:
            protection.decide(proposal_id, actor, approve=approve, answer=answer, now=clock.now())
        except Refusal as refusal:
            return refused(request, refusal, again=HOME)
        messages.success(request, _("已批准，立即生效。") if approve else _("已不批准，并告知提议人。"))
        return redirect(HOME)
    row: Any = found.row
    return _form(request, form, str(ACTS[row.act]), found)
