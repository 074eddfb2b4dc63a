"""Drafting a change: a form of its kind, empty, from an item in force, or from a draft sent back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import change_reading, changes, selectors
from chengxin.catalogue.change_words import word
from chengxin.catalogue.selectors import NoItemInForce
from chengxin.console.catalogue.forms import ChangeForm, ColumnForm, ItemForm, RetirementForm
from chengxin.console.catalogue.views import desk, user_of
from chengxin.console.catalogue.words import said
from chengxin.rules.catalogue_changes import ITEM, KINDS, LAYOUT
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

ADDRESSES = {"item": ITEM, "column": LAYOUT, "retirement": "retirement"}


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Draft a change of a kind; ``?code=`` begins with the item in force."""
    if kind not in ADDRESSES:
        raise Http404
    check_may(user_of(request), Permission.MANAGE_CATALOGUE)
    form = _form(ADDRESSES[kind], request.POST or None, _beginning(ADDRESSES[kind], request))
    if request.method == "POST" and form.is_valid():
        try:
            made = changes.propose(
                form.content(), form.cleaned_data["why"],
                actor=user_of(request), now=clock.now(), today=clock.today(),
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, said(refusal))
        else:
            messages.success(request, _("已存为草稿。看清影响后，送合法性审核。"))
            return redirect("console:catalogue_change", change_id=made.id)
    return _show(request, form, ADDRESSES[kind], None)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def edit(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Write a draft anew."""
    found = change_reading.change(change_id)
    inner = found.content[found.kind]
    form = _form(found.kind, request.POST or None, FORMS[found.kind].initial_of(inner, found.why))
    if request.method == "POST" and form.is_valid():
        try:
            changes.revise(
                change_id, form.content(), form.cleaned_data["why"],
                actor=user_of(request), now=clock.now(), today=clock.today(),
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, said(refusal))
        else:
            messages.success(request, _("草稿已修改。"))
            return redirect("console:catalogue_change", change_id=change_id)
    return _show(request, form, found.kind, found)


FORMS: dict[str, type[ChangeForm]] = {ITEM: ItemForm, LAYOUT: ColumnForm, "retirement": RetirementForm}


def _form(kind: str, data: Any, initial: dict[str, Any]) -> ChangeForm:
    if kind == ITEM:
        return ItemForm(data, initial=initial)
    if kind == LAYOUT:
        return ColumnForm(data, initial=initial)
    rows = selectors.catalogue_rows(clock.today())
    return RetirementForm([(each.code, f"{each.code} {word((each.name_zh, each.name_en))}") for each in rows], data,
                          initial=initial)  # fmt: skip


def _beginning(kind: str, request: HttpRequest) -> dict[str, Any]:
    code = request.GET.get("code", "")
    if kind != ITEM or not code:
        return {"code": code, "since": clock.today()} if kind == LAYOUT else {"code": code}
    try:
        version = selectors.version_in_force(code, clock.today())
    except NoItemInForce:
        return {"code": code}
    return ItemForm.initial_of(dict(version.definition) | {"since": None})


def _show(request: HttpRequest, form: ChangeForm, kind: str, found: Any) -> HttpResponse:
    context = {"form": form, "title": word(KINDS[kind]), "change": found}
    return render(request, "console/catalogue/draft.html", context, status=422 if form.errors else 200)
