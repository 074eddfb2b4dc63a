"""来龙去脉: from a record to the file, the row and the cells it came from, version by version, and back from a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.accounts.policies import can_may, check_may
from chengxin.accounts.roles import Permission
from chengxin.accounts.selectors import reached
from chengxin.catalogue import lawbook
from chengxin.intake import confirmed, corrections, filed, selectors, withdrawals
from chengxin.intake.models import Admission, Correction, Recurrence, Submission, SubmissionRow, Withdrawal
from chengxin.registry import forwarding
from chengxin.registry import selectors as registry
from chengxin.registry.models import RecordVersion
from chengxin.rules.validation.codes import Finding
from chengxin.vault.services import Erased

_LETTERS = 26


@dataclass(frozen=True, slots=True)
class Cell:
    """Where in a file a field came from: the heading as it was sent, and the cell's address in a spreadsheet."""

    code: str
    zh: str
    en: str
    heading: str
    address: str


@dataclass(frozen=True, slots=True)
class Supplied:
    """A field that no cell held, and how the agency had confirmed that it be filled, in Chinese and English."""

    code: str
    zh: str
    en: str
    how_zh: str
    how_en: str


@dataclass(frozen=True)
class Origin:
    """The file and row a version came from, its cells, what stood in for others, and what the check said about it."""

    submission: Submission
    row_no: int
    cells: tuple[Cell, ...]
    supplied: tuple[Supplied, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Step:
    """One version of a record: when it came to be, why, who made it, from which row, and in what words.

    ``origin`` is None for what was not done by a file; ``fields`` are the headings a correction changed.
    """

    number: int
    at: datetime
    cause: str
    by: User | None
    origin: Origin | None
    fields: tuple[tuple[str, str], ...]
    withdrawal: Withdrawal | None
    note: str


@dataclass(frozen=True)
class Repeat:
    """A row of a later file that met the record and changed nothing by itself."""

    submission: Submission
    row_no: int
    state: str


@dataclass(frozen=True)
class Lineage:
    """A record with every version and every row that ever spoke of it."""

    version: RecordVersion
    steps: tuple[Step, ...]
    repeats: tuple[Repeat, ...]


def of_record(record_id: UUID, *, actor: User) -> Lineage:
    """Return the lineage of a record, for the agency that filed it and for the centre; raises RecordUnknown."""
    version = _visible(record_id, actor)
    admission = Admission.objects.select_related(*_ROW).filter(record_id__in=forwarding.ids_of(record_id)).latest("pk")
    corrected = {c.number: c for c in Correction.objects.filter(record_id=record_id).select_related(*_ROW, "made_by")}
    withdrawn = {w.number: w for w in Withdrawal.objects.filter(record_id=record_id).select_related(*_BY)}
    steps = [
        _step(each, version, admission, corrected.get(each.number), withdrawn.get(each.number))
        for each in registry.history(record_id)
    ]
    steps = [replace(s, by=_undone_by(withdrawn.get(s.number - 1))) if s.by is None else s for s in steps]
    return Lineage(version, tuple(steps), tuple(_repeats(record_id)))


def records_of(submission: Submission, row_nos: Sequence[int]) -> Mapping[int, UUID]:
    """Return the record of each of these rows of a submission that brought, corrected or met one, by row number."""
    found: dict[int, UUID] = {}
    for model in (Recurrence, Admission):
        rows = model.objects.filter(row__submission=submission, row__row_no__in=row_nos)
        found.update(dict(rows.values_list("row__row_no", "record_id")))
    return found


def address(column: int, row: int) -> str:
    """Return the address of a cell; columns count from 0, rows from 1: (2, 17) is C17."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


_BY = ("made_by", "undone_by")
_ROW = ("row__submission__agency", "row__submission__item__item", "row__submission__submitted_by")


def _visible(record_id: UUID, actor: User) -> RecordVersion:
    """Return a record to the agency that filed it, or to the centre if any agency of its region did."""
    if can_may(actor, Permission.MATCH_SUBJECT):
        version = registry.present_version(record_id)
        theirs = reached(actor, Permission.MATCH_SUBJECT, "row__submission__agency__region")
        filed_there = Admission.objects.filter(theirs, record_id__in=forwarding.ids_of(record_id)).exists()
        if version is not None and version.cause not in filed.OVER and filed_there:
            return version
    check_may(actor, Permission.SEE_QUALITY)
    return filed.own(record_id, Permission.SEE_QUALITY, actor=actor)


def _step(
    each: RecordVersion,
    present: RecordVersion,
    admission: Admission,
    corrected: Correction | None,
    withdrawn: Withdrawal | None,
) -> Step:
    row = admission.row if each.number == 1 else corrected.row if corrected else None
    made = corrected or withdrawn
    by = row.submission.submitted_by if each.number == 1 and row else made.made_by if made else None
    origin = _origin(row, each.known_from.date()) if row else None
    codes = corrected.fields if corrected else []
    layout = lawbook.layout(present.record.item.layout)
    fields = tuple((layout.get(code).zh, layout.get(code).en) for code in codes)
    return Step(each.number, each.known_from, each.cause, by, origin, fields, withdrawn, _note(made, present))


def _undone_by(before: Withdrawal | None) -> User | None:
    """Return who undid the withdrawal that made the version before; the version after it is that person's act."""
    return before.undone_by if before else None


def _note(made: Correction | Withdrawal | None, version: RecordVersion) -> str:
    try:
        if isinstance(made, Correction):
            return corrections.note_of(made, version)
        return withdrawals.words(made, version)["note"] if made else ""
    except Erased:
        return ""


def _origin(row: SubmissionRow, on: date) -> Origin:
    submission = row.submission
    layout = lawbook.layout(submission.item.layout, on)
    read = zip(submission.headings, confirmed.columns_of(submission, layout), strict=True)
    named = [(at, heading, layout.get(code)) for at, (heading, code) in enumerate(read) if code]
    cells = tuple(Cell(f.code, f.zh, f.en, heading, address(at, row.row_no)) for at, heading, f in named)
    filled = confirmed.supplied_to(submission, layout)
    supplied = tuple(Supplied(field.code, field.zh, field.en, offer.zh, offer.en) for field, offer in filled)
    return Origin(submission, row.row_no, cells, supplied, selectors.findings_in_words(submission, row.findings))


def _repeats(record_id: UUID) -> list[Repeat]:
    found = Recurrence.objects.filter(record_id=record_id).select_related("row__submission").order_by("pk")
    return [Repeat(each.row.submission, each.row.row_no, each.row.state) for each in found]
