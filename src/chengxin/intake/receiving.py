"""Putting a checked file to rest, so that what is acknowledged is kept: one transaction, every row sealed."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction

from chengxin.intake import carried, reasons, repeats
from chengxin.intake.carried import Known
from chengxin.intake.checking import Checked
from chengxin.intake.models import RowState, Submission, SubmissionRow
from chengxin.intake.parcels import Parcels
from chengxin.intake.readers.table import ROW, Table
from chengxin.intake.reading import Reader, Reading, fingerprinter, seal
from chengxin.intake.reasons import Stored
from chengxin.ledger import services as ledger
from chengxin.rules.layouts import Role
from chengxin.storage.bulk import insert_rows
from chengxin.storage.garbage import uncollected
from chengxin.vault import services as vault

_COLUMNS = ("submission_id", "row_no", "state", "findings", "sealed", "fingerprint")
_PIECE = 5_000
# As plain text, which a database driver takes as it is.
_VALID, _RETURNED = RowState.VALID.value, RowState.RETURNED.value
Besides = Callable[[Submission], None]
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
    checked, reader = repeats.settled(checked), Reader(checked.layout, submission.agency, today)
    height = len(checked.table.frame)
    for start in range(0, height, _PIECE):
        yield from _piece(checked, slice(start, start + _PIECE), reader, submission)
    for uneven in checked.table.uneven:
        yield Line(uneven.row, uneven.cells, checked.findings[uneven.row])


def _piece(checked: Checked, part: slice, reader: Reader, submission: Submission) -> Iterator[Line]:
    """Yield some neighbouring rows; those the rules found in order are read a column at a time."""
    texts, numbers = checked.table.frame[part], checked.table.frame[ROW][part].to_list()
    good = pl.Series([row_no not in checked.bad for row_no in numbers], dtype=pl.Boolean)
    read = _read(checked, checked.typed[part].filter(good), texts.filter(good), reader, submission)
    for row_no, raw, in_order in zip(numbers, texts.drop(ROW).rows(), good, strict=True):
        out = Line(row_no, raw, checked.findings.get(row_no, []))
        if in_order:
            told, out.reading = next(read)
            out.findings = [*out.findings, *told]
        yield out


def _read(
    checked: Checked, typed: pl.DataFrame, texts: pl.DataFrame, reader: Reader, submission: Submission
) -> Iterator[tuple[list[Stored], Reading | None]]:
    """Read rows the rules found in order, and apply what depends on the catalogue item and the agency."""
    raw = {code: texts[str(at)].to_list() for at, code in enumerate(checked.codes) if code in reader.amounts}
    kinds, negative = frozenset(submission.item.subject_kinds), submission.item.nature == "negative"
    absent = reader.absent(typed, _DECISION) if negative else [""] * len(typed)
    sources, own = reader.texts(typed, Role.SOURCE_CODE), submission.agency.uscc
    for reading, missing, source in zip(reader.read(typed, raw), absent, sources, strict=True):
        if reading.kind not in kinds:
            yield [reasons.stored("subject.kind_not_in_item", reader.field(Role.SUBJECT_KIND))], None
        elif not reading.number:
            yield [reasons.stored("subject.needs_uscc", reader.field(Role.SUBJECT_USCC))], None
        elif missing:
            yield [reasons.stored("decision.missing", missing)], None
        elif source and source != own:
            yield [reasons.stored("source.differs", reader.field(Role.SOURCE_CODE))], reading
        else:
            yield [], reading


def keep(
    submission: Submission,
    checked: Checked,
    today: date,
    besides: Besides | None = None,
    known: tuple[Table, Known] | None = None,
) -> Submission:
    """Store a checked file with all its rows and its ledger leaf, durably; raises IntegrityError if it is there.

    ``besides`` is done in the same transaction, so that it stands with the file or not at all. ``known`` is the whole
    table with what is known of its rows; those with a verdict are no longer among the checked ones.
    """
    now = submission.submitted_at
    with uncollected(), transaction.atomic(durable=True):
        submission.key = vault.new_key(now)
        submission.save(force_insert=True)
        counted = _Counted()
        _insert(submission, counted.each(lines(checked, submission, today)), repeats.misnamed(checked))
        submission.counts = known[1].counted(counted.counts()) if known else counted.counts()
        submission.save(update_fields=["counts"])
        if known:
            carried.write(submission, *known)
        rows = submission.counts["received"]
        public = {"agency": submission.agency.uscc, "item": submission.item.item.code, "rows": rows}
        payload = {"submission": submission.id, "sha256": submission.sha256, "counts": submission.counts}
        ledger.append("submission", payload, now=now, public=public)
        if besides:
            besides(submission)
    return submission


def _insert(submission: Submission, rows: Iterator[Line], last: Container[int]) -> None:
    """Write the rows sent back as rows, and park the rows in order until the registry takes them."""
    assert submission.key is not None
    sealer, fingerprint = vault.sealer_for(submission.key), fingerprinter()
    parcels, returned = Parcels(submission.id, sealer, fingerprint), list[tuple[Any, ...]]()
    behind: list[Line] = []
    for line in rows:
        if line.reading and line.row_no in last:
            behind.append(line)
        elif line.reading:
            parcels.add(line.row_no, line.findings, line.raw, line.reading)
        else:
            returned.append(_returned(submission.id, sealer, line))
        if len(returned) == _PIECE:
            insert_rows(SubmissionRow, _COLUMNS, returned)
            returned.clear()
    insert_rows(SubmissionRow, _COLUMNS, returned)
    parcels.behind()
    for line in behind:
        assert line.reading is not None
        parcels.add(line.row_no, line.findings, line.raw, line.reading)
    parcels.close()


def _returned(submission: UUID, sealer: vault.Sealer, line: Line) -> tuple[Any, ...]:
    sealed = seal(sealer, submission, line.row_no, line.raw, "")
    return submission, line.row_no, _RETURNED, line.findings, sealed, ""


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


def rehearsed(submission: Submission, checked: Checked, today: date, known: Known) -> list[Line]:
    """Count a checked file without storing anything, and return the rows about which there is something to say."""
    counted = _Counted()
    told = [line for line in counted.each(lines(checked, submission, today)) if line.findings]
    submission.counts = known.counted(counted.counts())
    return told
