"""网页修改: rows that were sent back are put right in the browser; only changed rows are judged, and judged as filed.

What the file said stays sealed with its row. What the clerk made of it is a submission of its own, rows under their old
numbers, and goes the one way every file goes: validation, matching, admission.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.catalogue import lawbook
from chengxin.intake import confirmed, reasons, services
from chengxin.intake.admission import locked, recount
from chengxin.intake.models import Mending, RowState, Submission, SubmissionRow
from chengxin.intake.policies import check_may_take_back
from chengxin.intake.readers.table import build
from chengxin.intake.reading import unseal
from chengxin.ledger import services as ledger
from chengxin.rules.errors import Refusal
from chengxin.rules.layouts import Layout, fold_header
from chengxin.rules.layouts import Role as FieldRole
from chengxin.rules.validation.codes import Finding
from chengxin.rules.workflow import next_state
from chengxin.rules.workflows.submission_row import SUBMISSION_ROW
from chengxin.vault import services as vault

KIND = confirmed.MENDED
_ADDED = "+"
_KNOWN_BY = (FieldRole.SUBJECT_NAME, FieldRole.DOCUMENT_NO)


class RowsMoved(Refusal):
    """Somebody mended or confirmed one of the rows after the page was made."""

    code = "rows_moved"


@dataclass(frozen=True, slots=True)
class Column:
    """One column to be mended; ``key`` names it in a form. ``code`` is its field, "" for a column that is not read.

    A column the file did not have, but a finding asks for, has a key that begins with “+”.
    """

    key: str
    heading: str
    code: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row still to be mended: its texts by column key and what was found. A row that is not ``even`` cannot be."""

    pk: int
    row_no: int
    texts: Mapping[str, str]
    findings: tuple[Finding, ...]
    even: bool


@dataclass(frozen=True)
class Sheet:
    """Some rows to be mended with all their columns; ``wrong`` are the keys of columns that something was found in.

    ``known_by`` are the columns by which a clerk knows a row.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    wrong: frozenset[str]
    known_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a mended row was before: its row in an earlier submission, and the headings whose cells were changed."""

    submission: Submission
    row_no: int
    changed: tuple[str, ...]


def root_of(submission: Submission) -> Submission:
    """Return the file to which mended rows go back, or the submission itself."""
    found = Mending.objects.select_related("root__agency", "root__item__item", "root__key")
    first = found.filter(submission=submission).first()
    return first.root if first else submission


def still_wrong(root: Submission) -> QuerySet[SubmissionRow]:
    """Return the rows of a file, and of what was made of them since, that are sent back and can still be read."""
    family = Mending.objects.filter(root=root).values("submission_id")
    either = SubmissionRow.objects.filter(submission=root) | SubmissionRow.objects.filter(submission__in=family)
    readable = either.filter(state=RowState.RETURNED, sealed__isnull=False, submission__key__destroyed_at=None)
    return readable.select_related("submission__key", "submission__item").order_by("row_no", "pk")


def sheet(root: Submission, rows: Iterable[SubmissionRow], *, actor: User, today: date) -> Sheet:
    """Open some rows for their agency; slice them to a page first. Raises NotPermitted, NotYourAgency, Erased."""
    check_may_take_back(root, actor)
    layout, rules = lawbook.layout(root.item.layout, today), reasons.all_rules()
    columns = _columns(root, layout)
    at_field = {column.code: column.key for column in columns.values() if column.code}
    opened, wrong = [], set()
    for row in rows:
        cells = _cells(row)
        found = tuple(reasons.said(each, layout, rules, row.row_no) for each in row.findings)
        for code in {each.field for each in found if each.field in layout.codes}:
            key = at_field.setdefault(code, _ADDED + code)
            columns.setdefault(key, _column(key, layout.get(code).zh, code, layout))
            wrong.add(key)
        even = len(cells) == len(row.submission.headings)
        opened.append(Row(row.pk, row.row_no, _by_key(root, row, cells, layout), found, even))
    known = {at_field[f.code] for f in map(layout.role, _KNOWN_BY) if f and f.code in at_field}
    return Sheet(tuple(columns.values()), tuple(opened), frozenset(wrong), frozenset(known))


def mend(
    root: Submission, changes: Mapping[int, Mapping[str, str]], *, actor: User, now: datetime, today: date
) -> tuple[Submission | None, int]:
    """File the rows whose texts differ, by row key and column key, and return their submission and how many there are.

    Rows and cells that are left alone keep their verdict. The same changes again give the same submission. Raises
    NotPermitted, NotYourAgency, RowsMoved, Erased, FileRefused.
    """
    check_may_take_back(root, actor)
    layout = lawbook.layout(root.item.layout, today)
    columns = _columns(root, layout)
    changed = [each for each in _changed(root, changes, layout) if each.headings(columns, layout)]
    if not changed:
        return None, 0
    added = [key for key in _added(layout) if any(each.texts.get(key) for each in changed)]
    keys = [str(at) for at in range(len(root.headings))] + added
    headings = [*root.headings, *(layout.get(key[1:]).zh for key in added)]
    lines = [(each.row.row_no, [each.texts.get(key, "") for key in keys]) for each in changed]
    told = json.dumps([str(root.id), [each.row.pk for each in changed], headings, lines], ensure_ascii=False)
    made = services.submit_rows(
        root.agency,
        root.item.item.code,
        root.filename,
        build(KIND, "", iter([(1, headings), *lines])),
        vault.blind_index("intake_mending", told),
        actor=actor,
        now=now,
        today=today,
        besides=lambda fresh: _replace(root, fresh, changed, columns, layout),
    )
    return made, len(changed)


def earlier(submission: Submission, row_no: int) -> tuple[Earlier, ...]:
    """Return what a row was before it was mended, the latest first; empty for a row that came in a file."""
    found: list[Earlier] = []
    while mended := _mending(submission, row_no):
        submission = mended.row.submission
        found.append(Earlier(submission, mended.row.row_no, tuple(mended.changed)))
    return tuple(found)


def mended_in(root: Submission) -> QuerySet[Submission]:
    """Return what was filed from the browser out of a file, the newest first."""
    # Of rows that came again in a file, that file is the root of its own; it was not filed from the browser.
    family = Mending.objects.filter(root=root).exclude(submission=root).values("submission_id")
    return Submission.objects.filter(id__in=family).order_by("-submitted_at")


def same_text(text: str) -> str:
    """Return a text as a browser sends it back: line ends as one character, none of the signs forms cannot hold."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


@dataclass(frozen=True)
class _Changed:
    row: SubmissionRow
    before: Mapping[str, str]
    texts: Mapping[str, str]

    def headings(self, columns: Mapping[str, Column], layout: Layout) -> list[str]:
        """Return the headings of the columns whose texts differ."""
        keys = [key for key, text in self.texts.items() if text != self.before.get(key, "")]
        return [columns[key].heading if key in columns else layout.get(key[1:]).zh for key in keys]


def _changed(root: Submission, changes: Mapping[int, Mapping[str, str]], layout: Layout) -> list[_Changed]:
    """Put posted texts over what stands; rows mended before are among them, so that a repeated request is known."""
    family = Mending.objects.filter(root=root).values_list("submission_id", flat=True)
    rows = SubmissionRow.objects.filter(pk__in=list(changes), submission__in=[root.id, *family])
    rows = rows.filter(state__in=(RowState.RETURNED, RowState.MENDED), sealed__isnull=False)
    allowed = {str(at) for at in range(len(root.headings))} | set(_added(layout))
    found = []
    for row in rows.select_related("submission__key").order_by("row_no", "pk"):
        cells = _cells(row)
        if len(cells) != len(row.submission.headings):
            continue
        before = _by_key(root, row, cells, layout)
        posted = {key: same_text(text) for key, text in changes[row.pk].items() if key in allowed}
        new = {key: text for key, text in posted.items() if text != same_text(before.get(key, ""))}
        found.append(_Changed(row, before, {**before, **new}))
    return found


def _replace(
    root: Submission, fresh: Submission, changed: Sequence[_Changed], columns: Mapping[str, Column], layout: Layout
) -> None:
    """Write down which rows were mended into which, in the transaction that keeps the new ones."""
    touched = [locked(each) for each in dict.fromkeys([root.id, *(each.row.submission_id for each in changed)])]
    rows = SubmissionRow.objects.filter(pk__in=[each.row.pk for each in changed])
    moved = list(rows.exclude(state=RowState.RETURNED).values_list("row_no", flat=True))
    if moved:
        numbers = "、".join(map(str, moved[:5]))
        raise RowsMoved(
            f"第 {numbers} 行已由本单位其他人改过或确认过，本次没有保存。请刷新后再改。",
            f"Somebody of your agency mended or confirmed row {numbers} meanwhile; nothing was saved. Reload.",
        )
    Mending.objects.bulk_create(
        Mending(row=e.row, root=root, submission=fresh, row_no=e.row.row_no, changed=e.headings(columns, layout))
        for e in changed
    )
    rows.update(state=next_state(SUBMISSION_ROW, RowState.RETURNED, "mend", Role.SOURCE_CLERK))
    for submission in touched:
        recount(submission)
    public = {"agency": root.agency.uscc, "item": root.item.item.code, "rows": len(changed)}
    places = [[str(each.row.submission_id), each.row.row_no] for each in changed]
    payload = {"root": root.id, "submission": fresh.id, "rows": places}
    ledger.append("submission.mended", payload, now=fresh.submitted_at, public=public)


def _columns(root: Submission, layout: Layout) -> dict[str, Column]:
    """Return the columns of a file by key, with the fields that they stand for."""
    known = confirmed.in_force(root.agency, root.item.item, root.headings, layout)
    by_name = layout.match(root.headings).mapping
    found = {}
    for at, heading in enumerate(root.headings):
        code = known.fields.get(fold_header(heading), "") if known is not None else by_name.get(heading, "")
        found[str(at)] = _column(str(at), heading, code, layout)
    return found


def _column(key: str, heading: str, code: str, layout: Layout) -> Column:
    choices = tuple(choice.value for choice in layout.get(code).choices) if code else ()
    return Column(key, heading, code, choices)


def _added(layout: Layout) -> list[str]:
    return [_ADDED + field.code for field in layout.fields]


def _cells(row: SubmissionRow) -> list[str]:
    assert row.submission.key is not None
    assert row.sealed is not None
    return unseal(vault.sealer_for(row.submission.key), row.submission_id, row.row_no, bytes(row.sealed))[0]


def _by_key(root: Submission, row: SubmissionRow, cells: Sequence[str], layout: Layout) -> dict[str, str]:
    """Return the texts of a row by column key; columns that a mending added stand behind those of the file."""
    width = len(root.headings)
    texts = {str(at): text for at, text in enumerate(cells[:width])}
    names: list[Any] = row.submission.headings[width:]
    for heading, text in zip(names, cells[width:], strict=False):
        named = layout.named(heading)
        if named and named.field:
            texts[_ADDED + named.field] = text
    return texts


def _mending(submission: Submission, row_no: int) -> Mending | None:
    found = Mending.objects.select_related("row__submission__submitted_by")
    return found.filter(submission=submission, row_no=row_no).first()
