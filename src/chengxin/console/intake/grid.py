"""Rows that were sent back, opened as a table in which they can be put right; saving judges the changed rows only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chengxin.console.intake import shown
from chengxin.console.intake.records import of_own, said
from chengxin.intake import mending, rows_seen, selectors
from chengxin.intake.policies import check_may_take_back
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

MOST_ROWS = 20
# A form may hold a thousand fields; a wide table has fewer rows on a page.
_MOST_CELLS = 800
_LONG = 24
_PREFIX = "c"


@of_own
def grid(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Show the rows still to be mended; a POST files those that were changed."""
    user: Any = request.user
    root = _root(submission_id, user)
    if root.id != submission_id:
        return redirect("console:intake:grid", submission_id=root.id)
    every = request.GET.get("columns") == "all"
    changes = _posted(request.POST) if request.method == "POST" else {}
    if request.method == "POST":
        answer = _saved(request, root, changes)
        if answer is not None:
            return answer
    try:
        context = _page(request, root, every, changes)
    except Refusal as refusal:
        messages.error(request, said(refusal))
        return redirect("console:intake:result", submission_id=root.id)
    rows_seen.note(root, actor=user, now=clock.now())
    return render(request, "console/intake/grid.html", context)


def _root(submission_id: UUID, user: Any) -> Any:
    """Return the file that rows go back to; what another agency sent does not exist."""
    submission = selectors.submission(submission_id)
    if submission is None:
        raise Http404
    try:
        check_may_take_back(submission, user)
    except Refusal as refusal:
        raise Http404 from refusal
    return mending.root_of(submission)


def _posted(posted: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """Return the posted texts by row and column; names have the shape ``c:row:column``."""
    found: dict[int, dict[str, str]] = {}
    for name, text in posted.items():
        prefix, _colon, rest = name.partition(":")
        row, _colon, key = rest.partition(":")
        if prefix == _PREFIX and row.isdigit() and key:
            found.setdefault(int(row), {})[key] = text
    return found


def _saved(request: HttpRequest, root: Any, changes: Mapping[int, Mapping[str, str]]) -> HttpResponse | None:
    """File the changed rows and say what became of them; None keeps the page with what was typed."""
    user: Any = request.user
    try:
        made, count = mending.mend(root, changes, actor=user, now=clock.now(), today=clock.today())
    except Refusal as refusal:
        messages.error(request, said(refusal))
        return None
    if made is None:
        messages.info(request, _("没有改动，没有重新校验。"))
        return redirect(request.get_full_path())
    left = mending.still_wrong(root).count()
    tone = messages.success if not made.counts["returned"] else messages.warning
    tone(request, _sentence(selectors.summary(made), count))
    if left:
        return redirect(request.get_full_path())
    return redirect("console:intake:result", submission_id=made.id)


def _sentence(figures: selectors.Summary, count: int) -> str:
    text = ngettext(
        "改了 %(count)d 行：入库 %(admitted)d，仍退回 %(returned)d，待判定 %(waiting)d，已有相同 %(duplicate)d。",
        "改了 %(count)d 行：入库 %(admitted)d，仍退回 %(returned)d，待判定 %(waiting)d，已有相同 %(duplicate)d。",
        count,
    )
    counts = {name: getattr(figures, name) for name in ("admitted", "returned", "waiting", "duplicate")}
    return text % {"count": count, **counts}


def _page(request: HttpRequest, root: Any, every: bool, typed: Mapping[int, Mapping[str, str]]) -> dict[str, Any]:
    user: Any = request.user
    per_page = max(1, min(MOST_ROWS, _MOST_CELLS // (len(root.headings) + 8)))
    page = Paginator(mending.still_wrong(root), per_page).get_page(request.GET.get("page"))
    sheet = mending.sheet(root, list(page), actor=user, today=clock.today())
    columns = [each for each in sheet.columns if every or each.key in sheet.wrong or each.key in sheet.known_by]
    return {
        "submission": root,
        "page": page,
        "every": every,
        "columns": columns,
        "heads": [{"text": _("行")}, *({"text": each.heading or _("（无列名）")} for each in columns)],
        "rows": [_row(row, columns, typed.get(row.pk, {})) for row in sheet.rows],
        "lists": [{"id": f"choices-{each.key}", "values": each.choices} for each in columns if each.choices],
        "tabs": _tabs(request.path, every, len(sheet.columns)),
        "page_base": f"?columns={'all' if every else ''}&page=",
        "result_href": reverse("console:intake:result", args=[root.id]),
    }


def _tabs(path: str, every: bool, count: int) -> list[dict[str, Any]]:
    return [
        {"text": _("只看有问题的列"), "href": f"{path}?columns=wrong", "current": not every, "exact": True},
        {"text": _("全部列"), "href": f"{path}?columns=all", "current": every, "exact": True, "count": count},
    ]


def _row(row: mending.Row, columns: Sequence[mending.Column], typed: Mapping[str, str]) -> dict[str, Any]:
    codes = {each.code for each in columns if each.code}
    return {
        "row_no": row.row_no,
        "even": row.even,
        "told": [_told(each) for each in row.findings if each.field not in codes],
        "cells": [_cell(row, each, typed) for each in columns],
    }


def _cell(row: mending.Row, column: mending.Column, typed: Mapping[str, str]) -> dict[str, Any]:
    found = [each for each in row.findings if column.code and each.field == column.code]
    before = row.texts.get(column.key, "")
    text = typed.get(column.key, before)
    heading = column.heading or _("（无列名）")
    return {
        "id": f"cell-{row.pk}-{column.key}",
        "name": f"{_PREFIX}:{row.pk}:{column.key}",
        "label": _("第 %(row)s 行 %(heading)s") % {"row": row.row_no, "heading": heading},
        "heading": heading,
        "text": text,
        "long": len(text) > _LONG or "\n" in text,
        "list": f"choices-{column.key}" if column.choices else "",
        "error": any(each.severity == "error" for each in found),
        "told": [_told(each) for each in found],
    }


def _told(found: Any) -> dict[str, Any]:
    english = shown.english()
    return {
        "error": found.severity == "error",
        "what": found.en if english else found.zh,
        "remedy": found.remedy_en if english else found.remedy_zh,
    }
