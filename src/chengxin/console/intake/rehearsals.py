"""试报: the page that says what would become of a file; nothing was stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.console.intake import shown
from chengxin.intake import selectors
from chengxin.intake.selectors import RowView

TOLD = 50


def page(
    request: HttpRequest, submission: Any, lines: Sequence[Any], how: tuple[str, str], **besides: Any
) -> HttpResponse:
    """Show what would become of a file; ``besides`` says how it can be filed without being sent again."""
    told = [
        RowView(line.row_no, line.state, selectors.findings_in_words(submission, line.findings))
        for line in lines[:TOLD]
    ]
    context = shown.figures(submission) | {
        "rehearsal": True,
        "columns": shown.finding_columns(),
        "rows": shown.finding_rows(submission, told),
        "more": max(0, len(lines) - TOLD),
        "how": in_words(how),
    }
    return render(request, "console/intake/result.html", context | besides)


def in_words(how: tuple[str, str]) -> str:
    """Return how a text was taken apart into columns in the language of the page, "" where there was no choice."""
    return how[1] if shown.english() else how[0]
