"""入库: valid rows become records, some thousands at a time; a batch stands whole with its leaves or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Count, QuerySet, Sum

from chengxin.catalogue import lawbook
from chengxin.intake import hands, parcels, reasons, recurrences
from chengxin.intake.matching import Match, match
from chengxin.intake.models import Admission, Parcel, Question, RowState, Submission, SubmissionRow
from chengxin.intake.reading import Reading, seal, unseal_reading
from chengxin.intake.reasons import Stored
from chengxin.ledger import services as ledger
from chengxin.registry import bulk
from chengxin.registry.assessment import assess
from chengxin.registry.drafts import Assessed, Draft
from chengxin.registry.models import KindQuestion
from chengxin.registry.services import admit_records
from chengxin.rules.layouts import Role
from chengxin.storage import planning
from chengxin.storage.bulk import insert_rows, next_ids
from chengxin.storage.garbage import uncollected
from chengxin.vault import services as vault

BATCH = 5_000
# Two files may register the same new subject at the same moment; the later one then finds it and goes on.
_TRIES = 5
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


def admit_all(submission_id: UUID, *, now: datetime, today: date) -> None:
    """Admit every valid row of a submission, batch by batch, and settle it; safe to call again at any time.

    Where the database lets several processes write, helpers admit parcels at the same time.
    """
    parcels_left = Parcel.objects.filter(submission=submission_id).count()
    helpers = hands.lend(admit_free_parcels, submission_id, now, today, count=parcels_left - 1)
    admit_free_parcels(submission_id, now, today)
    hands.released(helpers)
    while _firmly(_admit_batch, submission_id, now, today) or parcels.of(submission_id).exists():
        pass
    if _settle(submission_id, now) >= planning.MANY:
        planning.look_again()


def admit_free_parcels(submission_id: UUID, now: datetime, today: date) -> None:
    """Admit parcels that nobody else has in hand until none is left."""
    while _firmly(_admit_free, submission_id, now, today):
        pass


def _firmly(admit: Callable[[UUID, datetime, date], int], submission_id: UUID, now: datetime, today: date) -> int:
    for _ in range(_TRIES - 1):
        try:
            return admit(submission_id, now, today)
        # Each of two waits for a fact the other has just written; one of them is told to begin again.
        except (IntegrityError, OperationalError):
            continue
    return admit(submission_id, now, today)


def _admit_free(submission_id: UUID, now: datetime, today: date) -> int:
    """Admit the next parcel nobody has in hand, whole or not at all; return how many rows it had."""
    with uncollected(), transaction.atomic(durable=True):
        parcel = parcels.free(submission_id)
        if parcel is None:
            return 0
        submission = _with_all().get(id=submission_id)
        rows = _unpacked(submission, parcel)
        told = submission.counts["by_code"]
        _admit_rows(submission, rows, match([row.reading for row in rows], today=today, now=now), now, today)
        parcel.delete()
        _add_told(submission, told)
    return len(rows)


def _add_told(submission: Submission, before: Mapping[str, int]) -> None:
    """Add what was found meanwhile to the count of findings, which others may have added to as well."""
    added = Counter(submission.counts["by_code"])
    added.subtract(before)
    if +added:
        kept = locked(submission.id)
        kept.counts = {**kept.counts, "by_code": dict(Counter(kept.counts["by_code"]) + added)}
        kept.save(update_fields=["counts"])


def _admit_batch(submission_id: UUID, now: datetime, today: date) -> int:
    """Admit the next parcel, or rows that an earlier release of the platform stored as valid, whole or not at all."""
    with uncollected(), transaction.atomic(durable=True):
        # A parcel that another process has in hand is waited for; it is asked for first, as everybody does.
        parcel = parcels.of(submission_id).select_for_update().order_by("number").first()
        submission = locked(submission_id)
        rows = _unpacked(submission, parcel) if parcel else valid_rows(submission)
        if rows:
            admit_matched(submission, rows, match([row.reading for row in rows], today=today, now=now), now, today)
        if parcel:
            parcel.delete()
    return len(rows)


def _with_all() -> QuerySet[Submission]:
    return Submission.objects.select_related("agency", "item__item", "key")


def locked(submission_id: UUID) -> Submission:
    """Return a submission that nobody else can work on until the transaction ends."""
    able = connection.features
    only = ("self",) if able.has_select_for_update_of else ()
    # Rows that name the submission may still be written beside; its own columns may not.
    return _with_all().select_for_update(of=only, no_key=able.has_select_for_no_key_update).get(id=submission_id)


def _unpacked(submission: Submission, parcel: Parcel) -> list[Row]:
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
    _admit_rows(submission, rows, matches, now, today)
    submission.save(update_fields=["counts"])


def _admit_rows(
    submission: Submission, rows: Sequence[Row], matches: Sequence[Match], now: datetime, today: date
) -> None:
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
    _admit(submission, certain, now)
    _ask(submission, asked, now)
    _tell(submission, over, RowState.RETURNED)
    _write(submission, rows)


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


def _admit(submission: Submission, certain: Sequence[tuple[Row, Draft]], now: datetime) -> None:
    records = admit_records([draft for _, draft in certain], now=now)
    admitted = [(row, record) for (row, _), record in zip(certain, records, strict=True) if record]
    insert_rows(Admission, ("row_id", "record_id", "admitted_at"), ((row.id, record, now) for row, record in admitted))
    _already_there(submission, [pair for pair, record in zip(certain, records, strict=True) if not record])


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
        ((row.id, "subject.name_differs", [str(found.candidate)], now) for row, found in asked),
    )
    field = _name_field(submission) if asked else ""
    told = [(row, reasons.stored("subject.name_differs", field)) for row, _ in asked]
    _tell(submission, told, RowState.WAITING)


def _name_field(submission: Submission) -> str:
    field = lawbook.layout(submission.item.layout).role(Role.SUBJECT_NAME)
    return field.code if field else ""


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


def _settle(submission_id: UUID, now: datetime) -> int:
    """Settle a submission and return how many rows were admitted; one that is settled already had them before."""
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
