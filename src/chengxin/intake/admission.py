"""入库: valid rows become records, some thousands at a time; a batch stands whole with its leaves or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, QuerySet, Sum

from chengxin.catalogue import lawbook
from chengxin.catalogue.models import ItemVersion
from chengxin.intake import elsewhere, parcels, reasons, recurrences
from chengxin.intake.matching import KIND_DIFFERS, NAME_DIFFERS, Match
from chengxin.intake.models import Admission, Parcel, Question, RowState, Submission, SubmissionRow
from chengxin.intake.reading import Reading, seal, unseal_reading
from chengxin.intake.reasons import Stored
from chengxin.ledger import services as ledger
from chengxin.registry import bulk
from chengxin.registry.assessment import assess
from chengxin.registry.drafts import Assessed, Draft, Fact
from chengxin.registry.models import KindQuestion
from chengxin.registry.services import admit_records
from chengxin.rules.layouts import Role
from chengxin.storage.bulk import insert_rows, next_ids
from chengxin.vault import services as vault

BATCH = 5_000
_COLUMNS = ("id", "submission_id", "row_no", "state", "findings", "sealed", "fingerprint")


@dataclass(slots=True)
class Row:
    """A row in order with what was read from it and what becomes of it; ``raw`` are the cells of one not stored yet."""

    id: int
    row_no: int
    findings: list[Stored]
    fingerprint: str
    reading: Reading
    raw: Sequence[str] | None = None
    state: str = RowState.ADMITTED.value


def whole() -> QuerySet[Submission]:
    """Return submissions with all that admission asks of them."""
    return Submission.objects.select_related("agency", "item__item", "key")


def locked(submission_id: UUID) -> Submission:
    """Return a submission that nobody else can work on until the transaction ends."""
    able = connection.features
    only = ("self",) if able.has_select_for_update_of else ()
    # Rows that name the submission may still be written beside; its own columns may not.
    return whole().select_for_update(of=only, no_key=able.has_select_for_no_key_update).get(id=submission_id)


def unpacked(submission: Submission, parcel: Parcel) -> list[Row]:
    """Open a parcel and give its rows their ids."""
    assert submission.key is not None
    parked = parcels.opened(parcel, vault.sealer_for(submission.key))
    ids = next_ids(SubmissionRow._meta.db_table, len(parked))
    return [
        Row(identifier, row.row_no, row.findings, row.fingerprint, row.reading, row.raw)
        for identifier, row in zip(ids, parked, strict=True)
    ]


def valid_rows(submission: Submission) -> list[Row]:
    """Return the next stored rows that wait for admission, opened."""
    waiting = SubmissionRow.objects.filter(submission=submission, state=RowState.VALID).order_by("row_no")[:BATCH]
    return opened(submission, waiting.values_list("id", "row_no", "findings", "fingerprint", "sealed"))


def opened(submission: Submission, stored: Iterable[tuple[Any, ...]]) -> list[Row]:
    """Open stored rows that were in order when they were read."""
    assert submission.key is not None
    sealer = vault.sealer_for(submission.key)
    rows = []
    for identifier, row_no, findings, digest, sealed in stored:
        reading = unseal_reading(sealer, submission.id, row_no, bytes(sealed))
        if reading:
            rows.append(Row(identifier, row_no, findings, digest, reading))
    return rows


def admit_matched(
    submission: Submission, rows: Sequence[Row], matches: Sequence[Match], now: datetime, today: date
) -> None:
    """Admit the rows whose subject is certain, ask about the others, and write down what became of each."""
    admit_rows(submission, rows, matches, now, today)
    submission.save(update_fields=["counts"])


def admit_rows(
    submission: Submission, rows: Sequence[Row], matches: Sequence[Match], now: datetime, today: date
) -> list[Fact]:
    """Admit, ask and write as ``admit_matched`` does, leaving the counts in the hands of the caller.

    Returns the facts that stood under no sibling item.
    """
    assessor = Assessor(submission, today)
    certain: list[tuple[Row, Draft]] = []
    asked: list[tuple[Row, Match]] = []
    over: list[tuple[Row, Stored]] = []
    for row, found in zip(rows, matches, strict=True):
        if not found.certain:
            asked.append((row, found))
            continue
        draft = _draft(submission, row, found, assessor.assess(row.reading))
        until = draft.assessed.periods.use_until
        if until is not None and until < today:
            over.append((row, reasons.stored("record.period_over", limit=until.isoformat())))
        else:
            certain.append((row, draft))
    facts = _admit(submission, certain, now)
    _ask(submission, asked, now)
    _tell(submission, over, RowState.RETURNED)
    _write(submission, rows)
    return facts


def _draft(submission: Submission, row: Row, found: Match, assessed: Assessed) -> Draft:
    reading = row.reading
    return Draft(
        subject=found.subject,
        item=submission.item,
        document_no=reading.document_no,
        document_date=date.fromisoformat(reading.document_date),
        authority_code=reading.authority_code,
        authority_name=reading.authority_name,
        evidence=found.evidence,
        assessed=assessed,
        content=reading.clear,
        personal=reading.personal,
        doubt=KindQuestion.SIMPLE if any(told["code"] == _LOOKS_SIMPLE for told in row.findings) else "",
    )


_LOOKS_SIMPLE = "penalty.simple"


class Assessor:
    """Assesses the rows of one batch; rows alike in everything the law looks at are assessed once."""

    def __init__(self, submission: Submission, today: date) -> None:
        self._item, self._today = submission.item, today
        fields = lawbook.layout(submission.item.layout).fields
        # Who, where and under which number does not bear on grade or period; leaving it out makes rows alike.
        self._codes = tuple(field.code for field in fields if field.role and field.role not in _IDENTIFYING)
        self._known: dict[tuple[Any, ...], Assessed] = {}

    def assess(self, reading: Reading) -> Assessed:
        """Return grade and periods under the law in force today."""
        whole = {**reading.clear, **reading.personal}
        content = {code: whole[code] for code in self._codes if code in whole}
        # Of an amount the law looks at the sum, not at the way it was written.
        values = (value["fen"] if type(value) is dict else value for value in map(content.get, self._codes))
        key = (reading.kind, reading.document_date, reading.authority_name, *values)
        if key not in self._known:
            self._known[key] = self._assess(reading, content)
        return self._known[key]

    def _assess(self, reading: Reading, content: dict[str, Any]) -> Assessed:
        return assess(
            self._item,
            reading.kind,
            content,
            document_date=date.fromisoformat(reading.document_date),
            authority_name=reading.authority_name,
            publicised_on=self._today,
            on=self._today,
        )


_IDENTIFYING = frozenset(
    {
        *(Role.SUBJECT_NAME, Role.SUBJECT_USCC, Role.REGISTRATION_NO, Role.DOCUMENT_NO, Role.CONTENT),
        *(Role.PERSON_CERTIFICATE, Role.PERSON_NUMBER, Role.REPRESENTATIVE_CERTIFICATE, Role.REPRESENTATIVE_NUMBER),
        *(Role.AUTHORITY_CODE, Role.SOURCE_CODE),
    }
)


def _admit(submission: Submission, sure: Sequence[tuple[Row, Draft]], now: datetime) -> list[Fact]:
    certain = _not_elsewhere(submission, sure)
    records = admit_records([draft for _, draft in certain], now=now)
    admitted = [(row, record) for (row, _), record in zip(certain, records, strict=True) if record]
    insert_rows(Admission, ("row_id", "record_id", "admitted_at"), ((row.id, record, now) for row, record in admitted))
    _already_there(submission, [pair for pair, record in zip(certain, records, strict=True) if not record])
    return [_fact(draft) for _, draft in certain]


def _fact(draft: Draft) -> Fact:
    return draft.authority_code, draft.document_no, draft.subject.id


def _not_elsewhere(submission: Submission, sure: Sequence[tuple[Row, Draft]]) -> list[tuple[Row, Draft]]:
    """Send back decisions that stand under another item, and return the others."""
    told = elsewhere.judged(submission.item, [_fact(draft) for _, draft in sure])
    back = [(row, found) for (row, _), found in zip(sure, told, strict=True) if found]
    _tell(submission, back, RowState.RETURNED)
    return [pair for pair, found in zip(sure, told, strict=True) if not found]


def _already_there(submission: Submission, known: Sequence[tuple[Row, Draft]]) -> None:
    """Tell the same row sent again from a row that contradicts what stands."""
    if not known:
        return
    met = [
        (row, record)
        for (row, _), record in zip(known, bulk.standing([draft for _, draft in known]), strict=True)
        if record
    ]
    told = recurrences.judged([(row.id, record, row.fingerprint) for row, record in met], submission.agency_id)
    same = [(row, found) for (row, _), found in zip(met, told, strict=True) if recurrences.unchanged(found)]
    other = [(row, found) for (row, _), found in zip(met, told, strict=True) if not recurrences.unchanged(found)]
    _tell(submission, same, RowState.DUPLICATE)
    _tell(submission, other, RowState.RETURNED)


def _ask(submission: Submission, asked: Sequence[tuple[Row, Match]], now: datetime) -> None:
    insert_rows(
        Question,
        ("row_id", "reason", "candidates", "asked_at"),
        ((row.id, found.doubt, [str(found.candidate)], now) for row, found in asked),
    )
    _tell(submission, [(row, in_doubt(submission.item, found)) for row, found in asked], RowState.WAITING)


# Which column a doubt is about; a table that does not ask for the kind is told by the code.
_DOUBTED = {NAME_DIFFERS: (Role.SUBJECT_NAME,), KIND_DIFFERS: (Role.SUBJECT_KIND, Role.SUBJECT_USCC)}


def in_doubt(item: ItemVersion, found: Match) -> Stored:
    """Return what is told about a row whose subject a person has to judge."""
    layout = lawbook.layout(item.layout)
    field = next((field.code for field in map(layout.role, _DOUBTED[found.doubt]) if field), "")
    return reasons.stored(found.doubt, field)


def _tell(submission: Submission, told: Sequence[tuple[Row, Stored]], state: RowState) -> None:
    """Give some rows a state and one more finding each, and count the findings; they are not written yet."""
    for row, found in told:
        row.state, row.findings = state.value, [*row.findings, found]
    by_code = Counter(submission.counts["by_code"])
    by_code.update(found["code"] for _, found in told)
    submission.counts = {**submission.counts, "by_code": dict(by_code)}


def conclude(submission: Submission, told: Sequence[tuple[Row, Stored]], state: RowState) -> None:
    """Write down a state and one more finding for each of some stored rows."""
    _tell(submission, told, state)
    _write(submission, [row for row, _ in told])


def _write(submission: Submission, rows: Sequence[Row]) -> None:
    """Write down what became of rows: rows from a parcel for the first time, stored rows in their place."""
    fresh = [row for row in rows if row.raw is not None]
    if fresh:
        assert submission.key is not None
        sealer = vault.sealer_for(submission.key)
        insert_rows(SubmissionRow, _COLUMNS, (_stored(submission.id, sealer, row) for row in fresh))
    stored = [row for row in rows if row.raw is None]
    admitted = [row.id for row in stored if row.state == RowState.ADMITTED]
    if admitted:
        SubmissionRow.objects.filter(id__in=admitted).update(state=RowState.ADMITTED, sealed=None)
    other = [SubmissionRow(id=row.id, state=row.state, findings=row.findings) for row in stored]
    SubmissionRow.objects.bulk_update(
        [row for row in other if row.state != RowState.ADMITTED], ["state", "findings"], batch_size=300
    )


def _stored(submission: UUID, sealer: vault.Sealer, row: Row) -> tuple[Any, ...]:
    """Return the columns of a row; the record holds an admitted one, and a second copy would outlive its erasure."""
    sealed = None
    if row.state != RowState.ADMITTED.value:
        sealed = seal(sealer, submission, row.row_no, row.raw or (), row.reading.canonical())
    return row.id, submission, row.row_no, row.state, row.findings, sealed, row.fingerprint


def settle(submission_id: UUID, now: datetime) -> int:
    """Count a submission of which nothing is left to do, and say in the ledger what became of it.

    Returns how many rows were admitted; of one that is settled they were told before.
    """
    with transaction.atomic(durable=True):
        submission = locked(submission_id)
        recount(submission)
        if submission.state == Submission.State.ADMITTED:
            return 0
        submission.state, submission.settled_at = Submission.State.ADMITTED, now
        submission.save(update_fields=["state", "settled_at"])
        public = {"agency": submission.agency.uscc, "item": submission.item.item.code}
        ledger.append(
            "submission.settled", {"submission": submission.id, "counts": submission.counts}, now=now, public=public
        )
    return int(submission.counts[RowState.ADMITTED])


def recount(submission: Submission) -> None:
    """Count the rows of a submission by state and keep the figures with it."""
    states = dict.fromkeys(RowState.values, 0)
    grouped = SubmissionRow.objects.filter(submission=submission).values_list("state").annotate(n=Count("id"))
    states.update(dict(grouped))
    parked = Parcel.objects.filter(submission=submission).aggregate(n=Sum("rows"))["n"] or 0
    states[RowState.VALID] += parked
    submission.counts = {**submission.counts, "received": sum(states.values()), **states}
    submission.save(update_fields=["counts"])


def recount_one(submission: Submission, before: str, after: str) -> None:
    """Let the figures of a submission follow one row from a state to another, without counting all its rows."""
    if submission.state != Submission.State.ADMITTED:
        recount(submission)
        return
    figures = submission.counts
    moved = {before: figures.get(before, 0) - 1, after: figures.get(after, 0) + 1}
    submission.counts = {**figures, **moved}
    submission.save(update_fields=["counts"])
