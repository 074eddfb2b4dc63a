"""Merging two files of one organisation and splitting them again: proposing, and deciding on another's proposal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission
from chengxin.console.intake.entry import enter
from chengxin.intake import merging
from chengxin.intake.merging import Side
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.reach import WHOLE
from chengxin.ui import clock
from chengxin.ui.formats import day

SHOWN = 100
_TEXT = {"rows": 3, "maxlength": 500}


class _Grounds(forms.Form):
    proof = forms.CharField(
        label=lazy("依据文书"),
        max_length=200,
        help_text=lazy("登记或发证机关的文书名称和文号，须写明两个代码或证件的关系。"),
    )
    reason = forms.CharField(label=lazy("理由"), max_length=500, widget=forms.Textarea(attrs=_TEXT))


KINDS = [kind for kind in CodeKind if kind is CodeKind.USCC or kind.is_personal]
_BY_VALUE = {kind.value: kind for kind in KINDS}


def _kind(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=_kinds, coerce=_BY_VALUE.__getitem__, initial=CodeKind.USCC.value
    )


def _kinds() -> list[tuple[str, str]]:
    return [(kind.value, _in_language(kind.zh, kind.en)) for kind in KINDS]


def _in_language(zh: str, en: str) -> str:
    return en if (get_language() or "").startswith("en") else zh


class MergeForm(_Grounds):
    """Two codes of one organisation or one person, and the document that says so."""

    source_kind = _kind(lazy("并入一方的代码或证件类型"))
    source = forms.CharField(
        label=lazy("并入的代码或证件号码"),
        max_length=40,
        help_text=lazy("不再使用的一个，例如旧代码、旧证件或者曾经填错的号码。"),
    )
    target_kind = _kind(lazy("保留一方的代码或证件类型"))
    target = forms.CharField(
        label=lazy("保留的代码或证件号码"), max_length=40, help_text=lazy("现在使用的一个，逐字核对。")
    )
    field_order = ("source_kind", "source", "target_kind", "target", "proof", "reason")


class SplitForm(_Grounds):
    """Which records go back to the file that was merged by mistake."""

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
    enter(user, Permission.MATCH_SUBJECT, WHOLE)
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
    user = _judge(request)
    try:
        if request.method == "POST":
            return _decided(request, change_id)
        found = merging.look_at(change_id, actor=user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, _said(refusal))
        return redirect("console:intake:subjects")
    context = {
        "shown": found,
        "state": _state(found.change),
        "source_kind": _in_language(found.source.kind.zh, found.source.kind.en),
        "target_kind": _in_language(found.target.kind.zh, found.target.kind.en),
        "columns": [{"text": text} for text in (_("文号或目录项"), _("决定日期"), _("决定机关"))],
        "source_rows": _records(found.source),
        "target_rows": _records(found.target),
        "waiting": found.change.decided_at is None,
        "own": found.change.proposed_by_id == user.pk,
        "splittable": found.change.kind == "merge" and found.change.approved and found.source.subject.forwarded_to_id,
        "chosen": len(found.change.records),
        **_consequences(found.change.kind),
    }
    return render(request, "console/intake/subject_change.html", context)


@login_required
def split(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Choose the records that go back to a file that was merged by mistake."""
    user = _judge(request)
    try:
        side, came = merging.show_merged(change_id, actor=user, now=clock.now())
        form = SplitForm(request.POST or None, side, came)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            chosen = [UUID(each) for each in given["records"]]
            made = merging.propose_split(
                change_id, chosen, given["proof"], given["reason"], actor=user, now=clock.now(), today=clock.today()
            )
            messages.success(request, _("提议已提交，由另一位同事决定。"))
            return redirect("console:intake:subject_change", change_id=made.pk)
    except Refusal as refusal:
        messages.error(request, _said(refusal))
        return redirect("console:intake:subjects")
    return render(request, "console/intake/subject_split.html", {"form": form, "side": side})


def _judge(request: HttpRequest) -> Any:
    """Return who judges files of the whole platform; to a judge of one region there is no such change."""
    user: Any = request.user
    enter(user, Permission.MATCH_SUBJECT)
    if not can_may(user, Permission.MATCH_SUBJECT, WHOLE):
        raise Http404
    return user


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
    codes = {"source": merging.label(found.source), "target": merging.label(found.target)}
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
    return [[_named(each), each.document_date, each.authority_name] for each in side.records[:SHOWN]]


def _record(version: Any) -> str:
    return f"{_named(version)} · {day(version.document_date)} · {version.authority_name}"


def _named(version: Any) -> str:
    """A person's document number is sealed with the rest; the item tells the records apart well enough."""
    item = version.record.item
    return version.document_no or _in_language(item.name_zh, item.name_en)


def _said(refusal: Refusal) -> str:
    return str(refusal.in_language(get_language() or ""))
