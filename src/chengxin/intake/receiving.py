"""Putting a checked file to rest, so that what is acknowledged is kept: one transaction, every row sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from chengxin.intake import reasons
from chengxin.intake.checking import Checked
from chengxin.intake.models import RowState, Submission, SubmissionRow
from chengxin.intake.readers.table import ROW
from chengxin.intake.reading import Reader, Reading, fingerprinter, seal
from chengxin.intake.reasons import Stored
from chengxin.ledger import services as ledger
from chengxin.rules.layouts import Role
from chengxin.storage.bulk import insert_rows
from chengxin.vault import services as vault

_COLUMNS = ("submission_id", "row_no", "state", "findings", "sealed", "fingerprint")
_PIECE = 10_000
# As plain text, which a database driver takes as it is.
_VALID, _RETURNED = RowState.VALID.value, RowState.RETURNED.value
_DECISION = (Role.DOCUMENT_NO, Role.DECIDED_ON, Role.AUTHORITY_CODE, Role.AUTHORITY_NAME)


@dataclass(slots=True)
class Line:
    """One row on its way in: the cells as sent, what is wrong, and the reading when nothing keeps it out."""

    row_no: int
    raw: Sequence[str]
    findings: list[Stored] = field(default_factory=list)
    reading: Reading | None = None

    @property
    def state(self) -> str:
        """A row that could be read waits to be admitted; every other row is returned."""
        return _VALID if self.reading else _RETURNED


def lines(checked: Checked, submission: Submission, today: date) -> Iterator[Line]:
    """Yield every row of a checked table in the order of the file, uneven rows last."""
    reader = Reader(checked.layout, checked.typed.columns, submission.agency, today)
    places = [(at, code) for at, code in enumerate(checked.codes) if code]
    texts = checked.table.frame.drop(ROW)
    numbers = checked.table.frame[ROW].to_list()
    for row_no, raw, line in zip(numbers, texts.iter_rows(), checked.typed.iter_rows(), strict=True):
        out = Line(row_no, raw, checked.findings.get(row_no, []))
        if row_no not in checked.bad:
            _read(out, reader, line, {code: raw[at] for at, code in places}, submission)
        yield out
    for uneven in checked.table.uneven:
        yield Line(uneven.row, uneven.cells, checked.findings[uneven.row])


def _read(out: Line, reader: Reader, line: Sequence[Any], raw: dict[str, str], submission: Submission) -> None:
    """Read a row the rules found in order, and apply what depends on the catalogue item and the agency."""
    reading = reader.read(line, raw)
    keeps_out = _keeps_out(reading, reader, line, submission)
    if keeps_out:
        out.findings = [*out.findings, keeps_out]
        return
    source = reader.text(line, Role.SOURCE_CODE)
    if source and source != submission.agency.uscc:
        out.findings = [*out.findings, reasons.stored("source.differs", reader.field(Role.SOURCE_CODE))]
    out.reading = reading


def _keeps_out(reading: Reading, reader: Reader, line: Sequence[Any], submission: Submission) -> Stored | None:
    item = submission.item
    if reading.kind not in item.subject_kinds:
        return reasons.stored("subject.kind_not_in_item", reader.field(Role.SUBJECT_KIND))
    if not reading.number:
        return reasons.stored("subject.needs_uscc", reader.field(Role.SUBJECT_USCC))
    if item.nature == "negative":
        absent = reader.absent(line, _DECISION)
        return reasons.stored("decision.missing", absent.code) if absent else None
    return None


def keep(submission: Submission, checked: Checked, today: date) -> Submission:
    """Store a checked file with all its rows and its ledger leaf, durably; raises IntegrityError if it is there."""
    now = submission.submitted_at
    with transaction.atomic(durable=True):
        submission.key = vault.new_key(now)
        submission.save(force_insert=True)
        counted = _Counted()
        _insert(submission, counted.each(lines(checked, submission, today)))
        submission.counts = counted.counts()
        submission.save(update_fields=["counts"])
        public = {"agency": submission.agency.uscc, "item": submission.item.item.code, "rows": checked.table.received}
        payload = {"submission": submission.id, "sha256": submission.sha256, "counts": submission.counts}
        ledger.append("submission", payload, now=now, public=public)
    return submission


def _insert(submission: Submission, rows: Iterator[Line]) -> None:
    assert submission.key is not None
    sealer, fingerprint = vault.sealer_for(submission.key), fingerprinter()
    while piece := list(islice(rows, _PIECE)):
        insert_rows(SubmissionRow, _COLUMNS, (_columns(submission.id, sealer, fingerprint, line) for line in piece))


def _columns(submission: UUID, sealer: vault.Sealer, fingerprint: Callable[[str], str], line: Line) -> tuple[Any, ...]:
    reading = line.reading.canonical() if line.reading else ""
    sealed = seal(sealer, submission, line.row_no, line.raw, reading)
    digest = fingerprint(reading) if reading else ""
    return submission, line.row_no, line.state, line.findings, sealed, digest


class _Counted:
    """Counts rows by state and findings by code while they pass."""

    def __init__(self) -> None:
        self._states = dict.fromkeys(RowState.values, 0)
        self._codes: dict[str, int] = {}

    def each(self, rows: Iterator[Line]) -> Iterator[Line]:
        for line in rows:
            self._states[line.state] += 1
            for found in line.findings:
                self._codes[found["code"]] = self._codes.get(found["code"], 0) + 1
            yield line

    def counts(self) -> dict[str, Any]:
        return {"received": sum(self._states.values()), **self._states, "by_code": self._codes}


def rehearsed(submission: Submission, checked: Checked, today: date) -> list[Line]:
    """Count a checked file without storing anything, and return the rows about which there is something to say."""
    counted = _Counted()
    told = [line for line in counted.each(lines(checked, submission, today)) if line.findings]
    submission.counts = counted.counts()
    return told
