"""Reading submissions: what was received and what became of every row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from chengxin.accounts.models import Agency
from chengxin.catalogue import lawbook
from chengxin.intake import reasons
from chengxin.intake.models import Admission, Question, RowState, Submission, SubmissionRow
from chengxin.rules.layouts import Layout
from chengxin.rules.validation.codes import Finding, Rule, field_name


@dataclass(frozen=True)
class Summary:
    """How many rows of a submission ended where, and how often each finding was made."""

    received: int
    admitted: int
    returned: int
    waiting: int
    duplicate: int
    valid: int
    by_code: Mapping[str, int]


@dataclass(frozen=True)
class RowView:
    """One row as a page shows it: its number, what became of it, and what was found, in words."""

    row_no: int
    state: str
    findings: tuple[Finding, ...]


def summary(submission: Submission) -> Summary:
    """Return the figures of a submission."""
    counts: dict[str, Any] = submission.counts
    figures = {name: counts.get(name, 0) for name in ("received", *RowState.values)}
    return Summary(**figures, by_code=counts.get("by_code", {}))


def submission(submission_id: UUID) -> Submission | None:
    """Return one submission."""
    found = Submission.objects.select_related("agency", "item__item", "key", "submitted_by")
    return found.filter(id=submission_id).first()


def submissions_of(agency: Agency) -> QuerySet[Submission]:
    """Return what an agency sent, newest first."""
    return Submission.objects.filter(agency=agency).select_related("item__item").order_by("-submitted_at")


def submissions() -> QuerySet[Submission]:
    """Return what all agencies sent, newest first."""
    return Submission.objects.select_related("item__item", "agency").order_by("-submitted_at")


def rows(submission: Submission, state: str = "") -> QuerySet[SubmissionRow]:
    """Return the rows of a submission about which there is something to say, or all rows of one state."""
    found = SubmissionRow.objects.filter(submission=submission).defer("sealed").order_by("row_no")
    return found.filter(state=state) if state else found.exclude(findings=[])


def in_words(submission: Submission, rows: QuerySet[SubmissionRow] | list[SubmissionRow]) -> list[RowView]:
    """Put the findings of some rows into words of both languages; slice the rows to a page first."""
    layout, rules = _words(submission)
    return [
        RowView(row.row_no, row.state, tuple(reasons.said(f, layout, rules, row.row_no) for f in row.findings))
        for row in rows
    ]


def notes(submission: Submission) -> list[Finding]:
    """Return the findings about the file as a whole, in words."""
    layout, rules = _words(submission)
    return [reasons.said(found, layout, rules) for found in submission.notes]


def field_heading(submission: Submission, code: str, language: str) -> str:
    """Return the heading of a field."""
    return field_name(lawbook.layout(submission.item.layout), code, language)


def _words(submission: Submission) -> tuple[Layout, dict[str, Rule]]:
    return lawbook.layout(submission.item.layout), reasons.all_rules()


def open_questions() -> QuerySet[Question]:
    """Return the questions nobody has answered, oldest first."""
    found = Question.objects.filter(answered_at=None)
    return found.select_related("row__submission__agency", "row__submission__item__item").order_by("asked_at", "id")


def source_of(record_id: UUID) -> tuple[Submission, int] | None:
    """Return the submission and the row number from which a record came."""
    found = Admission.objects.filter(record_id=record_id).select_related("row__submission__agency").first()
    return (found.row.submission, found.row.row_no) if found else None
