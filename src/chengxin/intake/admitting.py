"""入库的次序: who admits which parcel of a submission and when; each stands whole with its leaves or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction

from chengxin.intake import elsewhere, hands, parcels
from chengxin.intake.admission import admit_matched, admit_rows, locked, settle, unpacked, valid_rows, whole
from chengxin.intake.matching import match
from chengxin.intake.models import Parcel, Submission
from chengxin.registry.drafts import Fact
from chengxin.registry.forwarding import any_moved
from chengxin.storage import planning
from chengxin.storage.bulk import write_held
from chengxin.storage.garbage import uncollected
from chengxin.storage.held import held

# Two files may register the same new subject at the same moment; the later one then finds it and goes on.
_TRIES = 5


def admit_all(submission_id: UUID, *, now: datetime, today: date) -> None:
    """Admit every valid row of a submission, batch by batch, and settle it; safe to call again at any time.

    Helpers admit parcels at the same time. Where the database lets one process write at a time, each prepares a share
    of the parcels by itself, and only the writing waits for the others.
    """
    count = parcels.of(submission_id).filter(number__lt=parcels.BEHIND).count()
    share = _share_freely if connection.features.has_select_for_update else _share_evenly
    share(submission_id, now, today, count)
    while _firmly(partial(_admit_batch, submission_id, now, today)) or parcels.of(submission_id).exists():
        pass
    if settle(submission_id, now) >= planning.MANY:
        planning.look_again()


def _share_freely(submission_id: UUID, now: datetime, today: date, count: int) -> None:
    told = (submission_id, now, today)
    helpers = hands.lend([(admit_free_parcels, told)] * (count - 1))
    admit_free_parcels(*told)
    hands.released(helpers)


def _share_evenly(submission_id: UUID, now: datetime, today: date, count: int) -> None:
    """Prepare parcels in turn, each by one process; those of a helper that dies are left for the end."""
    shares = max(1, min(count, 1 + hands.standing_by()))
    told = (submission_id, now, today, shares)
    helpers = hands.lend([(admit_share, (*told, share)) for share in range(1, shares)])
    admit_share(*told, 0)
    hands.released(helpers)


def admit_free_parcels(submission_id: UUID, now: datetime, today: date) -> None:
    """Admit parcels that nobody else has in hand until none is left."""
    while _firmly(partial(_admit_free, submission_id, now, today)):
        pass


def admit_share(submission_id: UUID, now: datetime, today: date, shares: int, share: int) -> None:
    """Admit every so many-th parcel, beginning with one of the first."""
    numbers = parcels.of(submission_id).filter(number__lt=parcels.BEHIND).order_by("number")
    for number in list(numbers.values_list("number", flat=True))[share::shares]:
        _firmly(partial(_admit_prepared, submission_id, number, now, today))


def _firmly(admit: Callable[[], int]) -> int:
    for _ in range(_TRIES - 1):
        try:
            return admit()
        # Each of two waits for a fact the other has just written; one of them is told to begin again.
        except (IntegrityError, OperationalError):
            continue
    return admit()


def _admit_free(submission_id: UUID, now: datetime, today: date) -> int:
    """Admit the next parcel nobody has in hand, whole or not at all; return how many rows it had."""
    with uncollected(), transaction.atomic(durable=True):
        submission = whole().get(id=submission_id)
        elsewhere.in_turn(submission)
        parcel = parcels.free(submission_id)
        if parcel is None:
            return 0
        told = submission.counts["by_code"]
        _worked_out(submission, parcel, now, today)
        parcel.delete()
        _add_told(submission, told)
    return parcel.rows


def _admit_prepared(submission_id: UUID, number: int, now: datetime, today: date) -> int:
    """Work a parcel out while others write, then write all of it at once; return how many rows it had."""
    parcel = parcels.of(submission_id).filter(number=number).first()
    if parcel is None:
        return 0
    submission = whole().get(id=submission_id)
    told = submission.counts["by_code"]
    with uncollected():
        with held() as later:
            subjects, facts = _worked_out(submission, parcel, now, today)
        with transaction.atomic(durable=True):
            if not parcels.of(submission_id).filter(number=number).delete()[0]:
                return 0
            if any_moved(subjects) or any(elsewhere.judged(submission.item, facts)):
                raise IntegrityError
            write_held(later)
            _add_told(submission, told)
    return parcel.rows


def _worked_out(
    submission: Submission, parcel: Parcel, now: datetime, today: date
) -> tuple[Collection[UUID], Sequence[Fact]]:
    """Admit the rows of a parcel; return whose they are, and the facts that no sibling item had."""
    rows = unpacked(submission, parcel)
    matches = match([row.reading for row in rows], today=today, now=now)
    facts = admit_rows(submission, rows, matches, now, today)
    return {found.subject.id for found in matches}, facts


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
        elsewhere.in_turn(whole().get(id=submission_id))
        # A parcel that another process has in hand is waited for; it is asked for before the submission is locked.
        parcel = parcels.of(submission_id).select_for_update().order_by("number").first()
        submission = locked(submission_id)
        rows = unpacked(submission, parcel) if parcel else valid_rows(submission)
        if rows:
            admit_matched(submission, rows, match([row.reading for row in rows], today=today, now=now), now, today)
        if parcel:
            parcel.delete()
    return len(rows)
