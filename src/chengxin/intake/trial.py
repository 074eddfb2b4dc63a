"""试报: what would become of every row if the file were filed now. The register is only looked at, never written to.

It is asked what admission asks it: who bears a number and under which name, what stands already, and whether the row
agrees. What earlier rows of the same file would have brought is remembered as if it stood.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from chengxin.intake import elsewhere, matching, reasons, recurrences, repeats
from chengxin.intake.admission import Assessor, in_doubt
from chengxin.intake.carried import Known
from chengxin.intake.checking import Checked
from chengxin.intake.matching import Match, certificate_of
from chengxin.intake.models import RowState, Submission
from chengxin.intake.parcels import SIZE
from chengxin.intake.readers.table import ROW, Table
from chengxin.intake.reading import Reading, fingerprinter
from chengxin.intake.reasons import Stored
from chengxin.intake.receiving import Counted, Line, lines
from chengxin.ledger import services as ledger
from chengxin.registry import bulk
from chengxin.registry.bulk import Certificate, KnownOrganisation, KnownPerson
from chengxin.registry.drafts import Holder, sameness_of
from chengxin.registry.models import SubjectKind
from chengxin.registry.selectors import name_index
from chengxin.vault import services as vault


@dataclass(slots=True)
class Tried(Line):
    """One row as it would end; ``valid`` stands for a row that would be admitted."""

    ends: str = RowState.RETURNED.value

    @property
    def state(self) -> str:
        """Return the state the row would have."""
        return self.ends


def tried(submission: Submission, checked: Checked, known: tuple[Table, Known], today: date) -> list[Tried]:
    """Count what would become of a checked file, and return the rows about which there is something to say, in order.

    ``known`` is the whole table with what is known of its rows, as for ``receiving.keep``. Persons about whom the
    register was asked are looked up like in any filing, so the question leaves a leaf; nothing else is written.
    """
    counted, trial = Counted(), _Trial(submission, today)
    told = [line for line in counted.each(trial.each(repeats.settled(checked))) if line.findings]
    submission.counts = known[1].counted(counted.counts())
    if trial.persons:
        _note(submission, trial.persons)
    return sorted([*told, *_carried(*known)], key=lambda line: line.row_no)  # type: ignore[list-item]  # All Tried.


def _note(submission: Submission, persons: int) -> None:
    """Write down that an agency asked about persons, before it is told anything (charter C09)."""
    public = {"agency": submission.agency.uscc, "item": submission.item.item.code, "persons": persons}
    payload = {"actor": submission.submitted_by_id, "counts": submission.counts}
    with transaction.atomic():
        ledger.append("submission.tried", payload, now=submission.submitted_at, public=public)


def _carried(table: Table, known: Known) -> Iterator[Tried]:
    """Yield the rows that keep their verdict."""
    if not known.verdicts:
        return
    for row_no, raw in zip(table.frame[ROW], table.frame.drop(ROW).iter_rows(), strict=True):
        verdict = known.verdicts.get(row_no)
        if verdict:
            yield Tried(row_no, raw, verdict.findings, None, verdict.state)


class _Trial:
    """Judges rows piece by piece, in the order in which they would be admitted."""

    def __init__(self, submission: Submission, today: date) -> None:
        self._submission, self._today = submission, today
        self._assessor, self._fingerprint = Assessor(submission, today), fingerprinter()
        self._newcomers: dict[str, KnownOrganisation] = {}
        self._name_indexes: dict[Certificate, str] = {}
        # Of every fact that this file would bring: what it says and in which row, both short, for files are long.
        self._brought: dict[bytes, tuple[bytes, int]] = {}
        self.persons = 0

    def each(self, checked: Checked) -> Iterator[Tried]:
        """Yield every row of a checked table with its end; rows that name a subject otherwise come last."""
        last = repeats.misnamed(checked)
        piece, behind = list[Line](), list[Line]()
        for line in lines(checked, self._submission, self._today):
            if line.reading is None:
                yield Tried(line.row_no, line.raw, line.findings)
                continue
            (behind if line.row_no in last else piece).append(line)
            if len(piece) == SIZE:
                yield from self._judged(piece)
                piece = []
        yield from self._judged(piece)
        yield from self._judged(behind)

    def _judged(self, piece: Sequence[Line]) -> Iterator[Tried]:
        readings = [line.reading for line in piece if line.reading]
        persons = [each for each in readings if each.kind == SubjectKind.PERSON]
        firms = [each for each in readings if each.kind != SubjectKind.PERSON]
        self.persons += len(persons)
        matches = matching.judged(readings, self._organisations(firms), self._persons(persons))
        ends = [self._before_the_register(reading, found) for reading, found in zip(readings, matches, strict=True)]
        certain = [at for at, end in enumerate(ends) if end is None]
        met = self._met([piece[at] for at in certain], [matches[at].subject.id for at in certain])
        for line, end in zip(piece, ends, strict=True):
            state, found = end or next(met)
            findings = [*line.findings, found] if found else line.findings
            yield Tried(line.row_no, line.raw, findings, None, state)

    def _before_the_register(self, reading: Reading, found: Match) -> _End | None:
        """Return how a row ends that would not become a record whatever stands already."""
        if not found.certain:
            return RowState.WAITING.value, in_doubt(self._submission.item, found)
        until = self._assessor.assess(reading).periods.use_until
        if until is not None and until < self._today:
            return RowState.RETURNED.value, reasons.stored("record.period_over", limit=until.isoformat())
        return None

    def _met(self, piece: Sequence[Line], subjects: Sequence[UUID]) -> Iterator[_End]:
        """Yield how each row ends against what stands: in the register, or by an earlier row of this file."""
        readings = [line.reading for line in piece if line.reading]
        facts = [(each.authority_code, each.document_no, of) for each, of in zip(readings, subjects, strict=True)]
        keys = sameness_of((self._submission.item.item.code, *fact) for fact in facts)
        others = elsewhere.judged(self._submission.item, facts)
        digests = [self._fingerprint(reading.canonical()) for reading in readings]
        standing = bulk.standing_at(keys)
        met = [(standing[key], digest) for key, digest in zip(keys, digests, strict=True) if key in standing]
        told = iter(recurrences.told(met, self._submission.agency_id))
        for line, key, digest, other in zip(piece, keys, digests, others, strict=True):
            found = next(told) if key in standing else self._within(line.row_no, key, digest)
            yield _ended(other or found)

    def _within(self, row_no: int, key: str, digest: str) -> Stored | None:
        """Remember what a row would bring, or say how it stands to the row that would have brought it before."""
        said = bytes.fromhex(digest)
        before, at = self._brought.setdefault(bytes.fromhex(key), (said, row_no))
        if at == row_no:
            return None
        if before == said:
            return reasons.stored(recurrences.SAME)
        return reasons.stored(recurrences.DIFFERS, limit=str(at), other=self._submission.filename)

    def _organisations(self, readings: Sequence[Reading]) -> dict[str, KnownOrganisation]:
        known = bulk.organisations({each.number for each in readings}) if readings else {}
        for each in readings:
            if each.number not in known:
                fresh = KnownOrganisation(_newcomer(each.number, each.kind), each.name)
                known[each.number] = self._newcomers.setdefault(each.number, fresh)
        return known

    def _persons(self, readings: Sequence[Reading]) -> dict[Certificate, KnownPerson]:
        known = bulk.persons({certificate_of(each) for each in readings}) if readings else {}
        for each in readings:
            certificate = certificate_of(each)
            if certificate not in known:
                index = self._name_indexes.setdefault(certificate, name_index(each.name))
                known[certificate] = KnownPerson(
                    _newcomer(f"{certificate[0].value}\x1f{certificate[1]}", each.kind), index
                )
        return known


_End = tuple[str, Stored | None]


def _ended(found: Stored | None) -> _End:
    if found is None:
        return RowState.VALID.value, None
    return (RowState.DUPLICATE if recurrences.unchanged(found) else RowState.RETURNED).value, found


def _newcomer(number: str, kind: str) -> Holder:
    """Return what stands for a subject nobody knows yet; the same number gives the same one, and nothing is stored."""
    mark = UUID(bytes=hashlib.blake2b(number.encode(), digest_size=16).digest())
    return Holder(mark, kind, vault.HeldKey(mark, None))
