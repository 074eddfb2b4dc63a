"""Merging two files of one organisation and splitting them again: proposing, and deciding on another's proposal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from chengxin.accounts.roles import Permission
from chengxin.console.intake.entry import enter
from chengxin.intake import merging
from chengxin.intake.merging import Side
from chengxin.rules.errors import Refusal
from chengxin.ui import clock
from chengxin.ui.formats import day

SHOWN = 100
_TEXT = {"rows": 3, "maxlength": 500}


class _Grounds(forms.Form):
    proof = forms.CharField(
        label=lazy("依据文书"), max_length=200, help_text=lazy("登记机关的文书名称和文号，须写明两个代码的关系。")
    )
    reason = forms.CharField(label=lazy("理由"), max_length=500, widget=forms.Textarea(attrs=_TEXT))


class MergeForm(_Grounds):
    """Two codes of one organisation, and the document that says so."""

    source = forms.CharField(label=lazy("并入的代码"), max_length=18, help_text=lazy("不再使用的统一社会信用代码。"))
    target = forms.CharField(label=lazy("保留的代码"), max_length=18, help_text=lazy("现在使用的统一社会信用代码。"))
    field_order = ("source", "target", "proof", "reason")


class SplitForm(_Grounds):
    """Which records go back to the organisation that was merged by mistake."""

    records = forms.MultipleChoiceField(
        label=lazy("归回的记录"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=lazy("合并时转入的已勾选；合并后新到的请逐条判断。"),
    )
    field_order = ("records", "proof", "reason")

    def __init__(self, data: Any, side: Side, came: frozenset[UUID]) -> None:
        super().__init__(data)
        field: Any = self.fields["records"]
        field.choices = [(str(each.record_id), _record(each)) for each in side.records]
        field.initial = [str(each) for each in came]


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show the proposals, and take a new one."""
    user: Any = request.user
    enter(user, Permission.MATCH_SUBJECT)
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = merging.propose_merge(**form.cleaned_data, actor=user, now=clock.now(), today=clock.today())
        except Refusal as refusal:
            form.add_error(None, _said(refusal))
        else:
            messages.success(request, _("提议已提交，由另一位同事决定。"))
            return redirect("console:intake:subject_change", change_id=made.pk)
    columns = [{"text": text} for text in (_("提出日期"), _("变更"), _("提出人"), _("状态"))]
    rows = [_row(each) for each in merging.changes()[:SHOWN]]
    return render(request, "console/intake/subjects.html", {"form": form, "columns": columns, "rows": rows})


@login_required
def change(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Show both files side by side; a POST decides on the proposal."""
    user: Any = request.user
    enter(user, Permission.MATCH_SUBJECT)
    try:
        if request.method == "POST":
            return _decided(request, change_id)
        found = merging.look_at(change_id, actor=user)
    except Refusal as refusal:
        messages.error(request, _said(refusal))
        return redirect("console:intake:subjects")
    context = {
        "shown": found,
        "state": _state(found.change),
        "columns": [{"text": text} for text in (_("文号"), _("决定日期"), _("决定机关"))],
        "source_rows": _records(found.source),
        "target_rows": _records(found.target),
        "waiting": found.change.decided_at is None,
        "own": found.change.proposed_by_id == user.pk,
        "chosen": len(found.change.records),
        **_consequences(found.change.kind),
    }
    return render(request, "console/intake/subject_change.html", context)


@login_required
def split(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the records that go back to an organisation that was merged by mistake."""
    user: Any = request.user
    enter(user, Permission.MATCH_SUBJECT)
    try:
        side, came = merging.merged_into(code)
        form = SplitForm(request.POST or None, side, came)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            chosen = [UUID(each) for each in given["records"]]
            made = merging.propose_split(
                code, chosen, given["proof"], given["reason"], actor=user, now=clock.now(), today=clock.today()
            )
            messages.success(request, _("提议已提交，由另一位同事决定。"))
            return redirect("console:intake:subject_change", change_id=made.pk)
    except Refusal as refusal:
        messages.error(request, _said(refusal))
        return redirect("console:intake:subjects")
    return render(request, "console/intake/subject_split.html", {"form": form, "code": code, "side": side})


def _decided(request: HttpRequest, change_id: UUID) -> HttpResponse:
    user: Any = request.user
    approve = request.POST.get("decision") == "approve"
    merging.decide(change_id, approve=approve, actor=user, now=clock.now(), today=clock.today())
    messages.success(request, _("已批准并办理完毕。") if approve else _("已否决，档案没有变化。"))
    return redirect("console:intake:subject_change", change_id=change_id)


def _consequences(kind: str) -> dict[str, list[str]]:
    done = [
        _("并入一方的记录转到保留的一方，历史都留存；用原代码也能查到。"),
        _("已收到公示信息的单位会收到撤下和重新发布。"),
    ]
    if kind == "split":
        done = [_("所选记录归回原主体，原代码重新查到它自己的档案。"), _("已收到公示信息的单位会收到撤下和重新发布。")]
    return {"done": done, "kept": [_("两份档案都不变，提议和决定留存。")]}


def _row(found: Any) -> list[Any]:
    text = _("拆分 %(source)s") if found.kind == "split" else _("%(source)s 并入 %(target)s")
    codes = {"source": found.source.organisation.uscc, "target": found.target.organisation.uscc}
    href = reverse("console:intake:subject_change", args=[found.pk])
    return [
        found.proposed_at.date(),
        {"text": text % codes, "href": href},
        found.proposed_by.get_username(),
        _state(found),
    ]


def _state(found: Any) -> dict[str, str]:
    if found.decided_at is None:
        return {"tone": "waiting", "text": _("待批准")}
    if found.approved:
        return {"tone": "accepted", "text": _("已批准")}
    return {"tone": "refused", "text": _("已否决")}


def _records(side: Side) -> list[list[Any]]:
    return [[each.document_no, each.document_date, each.authority_name] for each in side.records[:SHOWN]]


def _record(version: Any) -> str:
    return f"{version.document_no} · {day(version.document_date)} · {version.authority_name}"


def _said(refusal: Refusal) -> str:
    return str(refusal.in_language(get_language() or ""))
