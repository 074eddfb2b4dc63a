"""Putting a checked file to rest, so that what is acknowledged is kept: one transaction, every row sealed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction

from chengxin.intake import carried, hands, parcels, reasons, repeats
from chengxin.intake.carried import Known
from chengxin.intake.checking import Checked
from chengxin.intake.models import RowState, Submission, SubmissionRow
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


class Counted:
    """Counts rows by state and findings by code while they pass."""

    def __init__(self) -> None:
        self._states = Counter[str]()
        self._codes = Counter[str]()

    def each(self, rows: Iterator[Line]) -> Iterator[Line]:
        """Count rows and yield them."""
        for line in rows:
            self._states[line.state] += 1
            for found in line.findings:
                self._codes[found["code"]] += 1
            yield line

    def add(self, other: Counted) -> None:
        """Add what was counted in another part of the file."""
        self._states.update(other._states)
        self._codes.update(other._codes)

    def counts(self) -> dict[str, Any]:
        """Return the figures as they are kept with the submission."""
        states = dict.fromkeys(RowState.values, 0) | self._states
        return {"received": self._states.total(), **states, "by_code": dict(self._codes)}


def lines(checked: Checked, submission: Submission, today: date) -> Iterator[Line]:
    """Yield every row of a checked table, its repeats settled, in the order of the file, uneven rows last."""
    reader = Reader(checked.layout, submission.agency, today)
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
    own, foreign = submission.agency.uscc, _foreign(reader)
    codes = [reader.texts(typed, role) for role, _ in foreign]
    for reading, missing, *stated in zip(reader.read(typed, raw), absent, *codes, strict=True):
        if reading.kind not in kinds:
            yield [reasons.stored("subject.kind_not_in_item", reader.field(Role.SUBJECT_KIND))], None
        elif not reading.number:
            yield [reasons.stored("subject.needs_uscc", reader.field(Role.SUBJECT_USCC))], None
        elif missing:
            yield [reasons.stored("decision.missing", missing)], None
        else:
            yield [told for (_, told), code in zip(foreign, stated, strict=True) if code and code != own], reading


def _foreign(reader: Reader) -> list[tuple[Role, Stored]]:
    """Return what is said where a row bears another agency's code: whoever decides is who files (谁产生、谁负责)."""
    told = [(Role.SOURCE_CODE, "source.differs")]
    if reader.answers_for(Role.AUTHORITY_CODE):
        told.append((Role.AUTHORITY_CODE, "authority.differs"))
    return [(role, reasons.stored(code, reader.field(role))) for role, code in told]


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
    now, checked = submission.submitted_at, repeats.settled(checked)
    with uncollected(), transaction.atomic(durable=True):
        submission.key = vault.new_key(now)
        submission.save(force_insert=True)
        counted = _insert(submission, checked, today)
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


def _insert(submission: Submission, checked: Checked, today: date) -> Counted:
    """Write the rows sent back as rows, park the rows in order until the registry takes them, and count them all."""
    assert submission.key is not None
    sealer, last = vault.sealer_for(submission.key), repeats.misnamed(checked)
    kept, counted, behind = parcels.Parcels(submission.id, sealer), Counted(), list[Line]()
    # The parts need nothing of the submission but whose it is and of what; its key stays here.
    told = Submission(agency=submission.agency, item=submission.item)
    for packed in hands.mapped(pack, [(part, told, today, last) for part in _parts(checked)]):
        kept.put(packed.body, packed.rows)
        counted.add(packed.counted)
        behind += (line for line in packed.others if line.reading)
        returned = (_returned(submission.id, sealer, line) for line in packed.others if not line.reading)
        insert_rows(SubmissionRow, _COLUMNS, returned)
    kept.behind(_packer(sorted(behind, key=lambda line: line.row_no)))
    return counted


@dataclass(frozen=True, slots=True)
class Packed:
    """A part of a file: its rows in order as one body, and the lines that are sent back or have to wait."""

    body: bytes
    rows: int
    others: list[Line]
    counted: Counted


def pack(part: Checked, submission: Submission, today: date, last: Container[int]) -> Packed:
    """Read a part of a checked file and pack its rows in order; rows in ``last`` are left among the others.

    Nothing is asked of the database, so helpers in processes of their own may do it.
    """
    counted, rows, others = Counted(), list[Line](), list[Line]()
    with uncollected():
        for line in counted.each(lines(part, submission, today)):
            (rows if line.reading and line.row_no not in last else others).append(line)
        return Packed(_packer(rows).body(), len(rows), others, counted)


def _packer(rows: Sequence[Line]) -> parcels.Packer:
    packer = parcels.Packer(fingerprinter())
    for line in rows:
        assert line.reading is not None
        packer.add(line.row_no, line.findings, line.raw, line.reading)
    return packer


def _parts(checked: Checked) -> Iterator[Checked]:
    """Yield a checked file in parts of one parcel each, with what was found in their rows; uneven rows come last."""
    table = checked.table
    for start in range(0, len(table.frame), parcels.SIZE):
        part = slice(start, start + parcels.SIZE)
        yield _part(checked, replace(table, frame=table.frame[part], uneven=()), checked.typed[part])
    if table.uneven:
        yield _part(checked, replace(table, frame=table.frame[:0]), checked.typed[:0])


def _part(checked: Checked, table: Table, typed: pl.DataFrame) -> Checked:
    numbers = [*table.frame[ROW], *(uneven.row for uneven in table.uneven)]
    findings = {no: checked.findings[no] for no in numbers if no in checked.findings}
    return replace(checked, table=table, typed=typed, findings=findings, bad=checked.bad.intersection(numbers))


def _returned(submission: UUID, sealer: vault.Sealer, line: Line) -> tuple[Any, ...]:
    sealed = seal(sealer, submission, line.row_no, line.raw, "")
    return submission, line.row_no, _RETURNED, line.findings, sealed, ""
