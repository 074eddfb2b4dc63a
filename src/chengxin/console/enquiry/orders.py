"""Orders for many subjects: placing, another person's decision, going on in pieces, taking the results once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.console.enquiry import pages
from chengxin.console.enquiry.common import actor_of, english, refused
from chengxin.console.enquiry.forms import KINDS, code_kinds, offer_matters
from chengxin.console.enquiry.second import DecisionForm
from chengxin.disclosure.orders import orders
from chengxin.disclosure.orders.services import CannotOrder, Progress, Wanted, read_subjects
from chengxin.disclosure.services import ServiceRefused
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.lawfiles import Ground, Purpose
from chengxin.ui import clock

HOME = "/console/enquiry/orders/"
FILE_BYTES = 1024 * 1024


class OrderForm(forms.Form):
    """Subjects of one kind, one in a line; the article, the matter, and why they are asked about together."""

    statute = forms.ChoiceField(label=gettext_lazy("依据条款"))
    matter = forms.ChoiceField(label=gettext_lazy("办理什么事项"), help_text=gettext_lazy("这一用途只能用于所列事项。"))
    matter_no = forms.CharField(label=gettext_lazy("办理事项编号"), max_length=80)
    reason = forms.CharField(
        label=gettext_lazy("为什么批量查询"),
        max_length=300,
        help_text=gettext_lazy("批准的人要看；不写证件号码。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    subject_kind = forms.ChoiceField(label=gettext_lazy("主体类别"))
    code_kind = forms.ChoiceField(label=gettext_lazy("证件（代码）类型"))
    lines = forms.CharField(
        label=gettext_lazy("主体"),
        required=False,
        help_text=gettext_lazy("每行一个：号码，逗号或空格，姓名（名称）。"),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=gettext_lazy("或者上传 CSV 文件"),
        required=False,
        help_text=gettext_lazy("格式同上；UTF-8 编码，不超过 1 MB。"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
    )

    def __init__(self, purpose: Purpose, in_english: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Any] = {
            "statute": [(str(basis), str(basis)) for basis in purpose.basis],
            "subject_kind": [(kind, KINDS[kind]) for kind in purpose.subject_kinds],
            "code_kind": code_kinds(purpose, in_english),
        }
        offer_matters(self, purpose, in_english)
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]  # A choice field.

    def clean_file(self) -> Any:
        """Refuse a file that is too large or no text; nothing of it is repeated."""
        file = self.cleaned_data.get("file")
        if file is None:
            return ""
        if file.size > FILE_BYTES:
            raise ValidationError(_("文件超过 1 MB。请分成几份。"))
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(_("文件不是 UTF-8 编码的文本。请另存为 UTF-8 的 CSV。")) from None

    def subjects(self) -> tuple[tuple[str, str], ...]:
        """Return what was typed and what was uploaded, as (code, name)."""
        return read_subjects("\n".join((self.cleaned_data["lines"], self.cleaned_data["file"])))


def _purpose(code: str) -> Purpose:
    for each in lawbook.purposes(clock.today()):
        if each.code == code and each.ground is Ground.STATUTE and "enquirer" in each.roles:
            return each
    raise Http404


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the orders of the unit, and for what a new one can be placed."""
    try:
        check_may(actor_of(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return refused(request, refusal)
    known = [each for each in lawbook.purposes(clock.today()) if each.ground is Ground.STATUTE]
    context = {
        "columns": [
            {"text": text} for text in (_("编号"), _("用途"), _("送出人"), _("进度"), _("截止日期"), _("状态"))
        ],
        "rows": [_row(each) for each in orders.orders(actor_of(request), clock.today())],
        "purposes": [(each.code, pages.name_of(each, english())) for each in known if "enquirer" in each.roles],
    }
    return render(request, "console/enquiry/orders.html", context)


def _row(each: Progress) -> list[Any]:
    order = each.order
    return [
        {"text": pages.short(order.pk), "href": f"{HOME}{order.pk}/"},
        {"text": pages.purpose_name(order.purpose, english()), "note": order.matter_no},
        order.asked_by.display_name,
        f"{each.done} / {order.lines}",
        order.expires_on,
        _state(each.state),
    ]


def _state(state: str) -> dict[str, str]:
    tone, text = {
        "asked": ("waiting", _("等待批准")),
        "approved": ("open", _("已批准，查询中")),
        "finished": ("accepted", _("已查完，待取结果")),
        "refused": ("refused", _("不批准")),
        "taken": ("neutral", _("结果已取走")),
        "ended": ("neutral", _("已到期")),
    }[state]
    return {"tone": tone, "text": text}


@login_required
@never_cache
@sensitive_post_parameters("lines", "matter_no", "reason")
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form of an order and, sent, put it before another person."""
    try:
        check_may(actor_of(request), Permission.ENQUIRE)
    except Refusal as refusal:
        return refused(request, refusal)
    purpose = _purpose(code)
    form = OrderForm(purpose, english(), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            order = orders.place(_wanted(purpose, form), actor_of(request), now=clock.now(), today=clock.today())
        except CannotOrder as refusal:
            form.add_error(None, refusal.in_language("en" if english() else "zh-hans"))
        except Refusal as refusal:
            return refused(request, refusal)
        else:
            messages.success(request, _("已送请本单位另一人批准。批准前不会查询。"))
            return redirect(f"{HOME}{order.pk}/")
    return render(request, "console/enquiry/order_new.html", {"form": form, "name": pages.name_of(purpose, english())})


def _wanted(purpose: Purpose, form: OrderForm) -> Wanted:
    typed = form.cleaned_data
    kind = next(each for each in CodeKind if each.value == typed["code_kind"])
    return Wanted(
        purpose.code, typed["statute"], typed["matter_no"], typed["subject_kind"], kind, typed["reason"],
        form.subjects(), typed.get("matter", ""),
    )  # fmt: skip


def _own(request: HttpRequest, order_id: UUID) -> Progress:
    try:
        return orders.progress(orders.of_unit(order_id, actor_of(request)), clock.today())
    except Refusal:
        raise Http404 from None


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Show one order, and take the decision of another person of the unit."""
    found, actor = _own(request, order_id), actor_of(request)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approve, answer = form.cleaned_data["decision"] == "approve", form.cleaned_data["answer"]
        try:
            orders.decide(order_id, actor, approve=approve, answer=answer, now=clock.now(), today=clock.today())
        except Refusal as refusal:
            return refused(request, refusal)
        messages.success(request, _("已批准，送出人可以开始查询。") if approve else _("已不批准，并告知送出人。"))
        return redirect(HOME)
    mine = found.order.asked_by_id == actor.pk
    context = {
        "found": found,
        "number": pages.short(found.order.pk),
        "state": _state(found.state),
        "purpose_name": pages.purpose_name(found.order.purpose, english()),
        "form": form if found.state == "asked" and not mine else None,
        "may_go_on": mine and found.state == "approved",
        "may_take": mine and found.state == "finished",
        "waits": mine and found.state == "asked",
    }
    return render(request, "console/enquiry/order.html", context)


@login_required
@require_POST
def go_on(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Ask about the next subjects."""
    _own(request, order_id)
    try:
        done = orders.run(order_id, actor_of(request), now=clock.now(), today=clock.today())
    except ServiceRefused as refusal:
        return refused(request, refusal, 503, again=f"{HOME}{order_id}/")
    except Refusal as refusal:
        return refused(request, refusal, again=f"{HOME}{order_id}/")
    messages.success(request, _("已查 %(done)d 个，共 %(all)d 个。") % {"done": done.done, "all": done.order.lines})
    return redirect(f"{HOME}{order_id}/")


@login_required
@never_cache
@require_POST
def take(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Hand the results out, once."""
    _own(request, order_id)
    try:
        packed = orders.take(order_id, actor_of(request), now=clock.now(), today=clock.today())
    except Refusal as refusal:
        return refused(request, refusal, again=f"{HOME}{order_id}/")
    name = f"order-{str(order_id)[:8]}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(packed, content_type="application/zip", headers=headers)
