"""Where a record came from, cell by cell; and what a later file says differently about records that stand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.console.intake import shown
from chengxin.console.intake.record_forms import NoteForm
from chengxin.console.intake.records import change_columns, change_row, moment, of_own, said
from chengxin.intake import lineage, mending, resubmission, selectors
from chengxin.intake.policies import check_may_take_back
from chengxin.rules.errors import Refusal
from chengxin.ui import clock

PER_PAGE = 20
ABSENT = 200


@of_own
def of_record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Show every version of a record with the file, row and cells it came from."""
    user: Any = request.user
    found = lineage.of_record(record_id, actor=user)
    repeats = [
        [moment(each.submission.submitted_at), _file(each.submission), str(each.row_no), shown.tag(each.state)]
        for each in found.repeats
    ]
    context = {
        "title": found.version.document_no or _("一条自然人记录"),
        "record_id": record_id,
        "own": user.agency_id is not None,
        "steps": [_step(step) for step in found.steps],
        "supplied_columns": [{"text": text} for text in (_("项目"), _("按已确认的列对应"))],
        "cell_columns": [{"text": text} for text in (_("项目"), _("列名"), _("单元格"))],
        "repeat_columns": [
            {"text": _("报送时间")},
            {"text": _("文件")},
            {"text": _("行"), "number": True},
            {"text": _("结果")},
        ],
        "repeats": repeats,
    }
    return render(request, "console/intake/lineage.html", context)


def _step(step: Any) -> dict[str, Any]:
    english = shown.english()
    origin = step.origin
    cells = [[c.en if english else c.zh, c.heading, c.address] for c in origin.cells] if origin else []
    filled = origin.supplied if origin else ()
    return {
        "number": step.number,
        "when": step.at,
        "title": cause_word(step.cause),
        "by": step.by.display_name if step.by else _("平台"),
        "fields": "、".join(en if english else zh for zh, en in step.fields),
        "note": step.note,
        "withdrawal": step.withdrawal,
        "origin": origin,
        "file": _file(origin.submission) if origin else None,
        "cells": cells,
        "supplied": [[f.en, f.how_en] if english else [f.zh, f.how_zh] for f in filled],
        "mended": [_mended(each) for each in mending.earlier(origin.submission, origin.row_no)] if origin else [],
        "findings": [f.en if english else f.zh for f in origin.findings] if origin else [],
    }


def _mended(was: mending.Earlier) -> dict[str, str]:
    """Return what a row was before it was put right in the browser, leading to the file that said so."""
    told = {"file": was.submission.filename, "row": was.row_no, "fields": "、".join(was.changed)}
    text = _("“%(file)s”第 %(row)s 行，改了：%(fields)s") if was.changed else _("“%(file)s”第 %(row)s 行，原样重报")
    return _file(was.submission) | {"text": text % told}


def cause_word(cause: str) -> str:
    """Return why a version came to be."""
    return {
        "admitted": _("报送入库"),
        "corrected": _("更正"),
        "withdrawn": _("信源撤回"),
        "reinstated": _("恢复"),
    }.get(cause) or _("办件或平台处理")


def _file(submission: Any) -> dict[str, str]:
    return {"text": submission.filename, "href": reverse("console:intake:result", args=[submission.id])}


@of_own
def differences(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Show what a file says differently about records that stand; a POST confirms one row or those of the page."""
    user: Any = request.user
    submission = selectors.submission(submission_id)
    try:
        if submission is None:
            raise Http404
        check_may_take_back(submission, user)
    except Refusal as refusal:
        raise Http404 from refusal
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _confirm(request, submission, form.cleaned_data["note"])
        return redirect("console:intake:differences", submission_id=submission_id)
    return render(request, "console/intake/differences.html", _differences(request, submission, form))


def _confirm(request: HttpRequest, submission: Any, note: str) -> None:
    """Confirm the rows a POST names, each with the version it was compared with when the page was made."""
    user: Any = request.user
    named = [value.partition(":") for value in request.POST.getlist("row")]
    rows = [(int(row), int(number)) for row, _colon, number in named if row.isdigit() and number.isdigit()]
    done = resubmission.confirm_all(submission, note, shown=rows, actor=user, now=clock.now(), today=clock.today())
    if not rows:
        messages.error(request, _("请先勾选要确认的行。"))
    if done.done:
        messages.success(request, _("已更正 %(n)d 行，当事人已收到通知。") % {"n": done.done})
    for row_no, refusal in done.refused:
        messages.error(request, _("第 %(row)s 行：%(why)s") % {"row": row_no, "why": said(refusal)})


def _differences(request: HttpRequest, submission: Any, form: NoteForm) -> dict[str, Any]:
    user: Any = request.user
    page = Paginator(resubmission.differing(submission), PER_PAGE).get_page(request.GET.get("page"))
    left = resubmission.absent(submission)
    rows = [
        {
            "row_no": each.row_no,
            "value": f"{each.row_no}:{each.number}",
            "title": each.document_no or _("一条自然人记录"),
            "href": reverse("console:intake:record", args=[each.record]),
            "changes": [change_row(change) for change in each.changes],
        }
        for each in resubmission.show_differences(submission, list(page), actor=user, now=clock.now())
    ]
    absent = [
        [
            {
                "text": _("第 %(row)s 行") % {"row": each.row.row_no},
                "href": reverse("console:intake:record", args=[each.record_id]),
            },
            _("仍在库中，未作改动"),
        ]
        for each in (left.rows[:ABSENT] if left else ())
    ]
    return {
        "submission": submission,
        "form": form,
        "page": page,
        "rows": rows,
        "columns": change_columns(),
        "earlier": left.earlier if left else None,
        "absent": absent,
        "absent_columns": [{"text": _("原文件中的行")}, {"text": _("现在")}],
    }
