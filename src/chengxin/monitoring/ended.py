"""What a recipient should no longer show: records of organisations it was given that were withdrawn, have expired, or
that it may keep no longer.

A withdrawal counts from the day by which it must be confirmed, an expiry from the day after the last public day, and
the end of the time to keep from the day by which the deletion must be confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chengxin.disclosure import feed, retention
from chengxin.disclosure.models import Delta, Receipt, Recipient
from chengxin.registry import selectors as registry
from chengxin.registry.models import OrganisationName, RecordVersion, SubjectKind

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """One ended record: its document numbers, and the organisation's names if the recipient may show nothing of it."""

    record: UUID
    documents: tuple[str, ...]
    names: tuple[str, ...]


def of_recipient(recipient: Recipient, now: datetime, today: date) -> list[Wanted]:
    """Return what to look for on a recipient's pages, in a fixed order."""
    given = _given(recipient)
    standing = _standing(given, today)
    waiting = _not_yet_due(given, now)
    kept_too_long = retention.owed(recipient, today).late
    allowed = (standing | waiting) - kept_too_long
    over = sorted(given.keys() - allowed, key=str)
    kept = {given[record] for record in allowed}
    documents, names = _documents(over), _names({given[record] for record in over} - kept)
    return [Wanted(record, documents.get(record, ()), names.get(given[record], ())) for record in over]


def _given(recipient: Recipient) -> dict[UUID, UUID]:
    """Return the records of organisations whose content went to a recipient, each with its subject."""
    receipts = Receipt.objects.filter(recipient=recipient).exclude(with_content=False)
    receipts = receipts.exclude(delta__kind=Delta.WITHDRAW).exclude(delta__record__subject__kind=SubjectKind.PERSON)
    return dict(receipts.order_by().values_list("delta__record_id", "delta__record__subject_id").distinct())


def _standing(given: Iterable[UUID], today: date) -> set[UUID]:
    found: set[UUID] = set()
    for part in _parts(given):
        found.update(registry.published(today).filter(record_id__in=part).values_list("record_id", flat=True))
    return found


def _not_yet_due(given: Iterable[UUID], now: datetime) -> set[UUID]:
    """Return the records whose withdrawal the recipient still has time to carry out."""
    found: set[UUID] = set()
    for part in _parts(given):
        withdrawn = Delta.objects.filter(record_id__in=part, kind=Delta.WITHDRAW).order_by("number")
        last = dict(withdrawn.values_list("record_id", "at"))
        found.update(record for record, at in last.items() if feed.confirm_by(at) > now)
    return found


def _documents(records: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Return every number a record was published under, the newest first."""
    found: dict[UUID, tuple[str, ...]] = {}
    for part in _parts(records):
        versions = RecordVersion.objects.filter(record_id__in=part).exclude(document_no="").order_by("-number")
        for record, number in versions.values_list("record_id", "document_no"):
            if number not in found.get(record, ()):
                found[record] = (*found.get(record, ()), number)
    return found


def _names(subjects: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, tuple[str, ...]] = {}
    for part in _parts(subjects):
        for subject, name in OrganisationName.objects.filter(subject_id__in=part).values_list("subject_id", "name"):
            found[subject] = (*found.get(subject, ()), name)
    return found


def _parts(ids: Iterable[UUID]) -> Iterable[list[UUID]]:
    every = list(ids)
    return [every[start : start + CHUNK] for start in range(0, len(every), CHUNK)]
