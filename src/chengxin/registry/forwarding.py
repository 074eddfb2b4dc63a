"""转接: after two files were found to be one subject, one of them stands for both; every lookup by code ends there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from chengxin.registry.models import RecordMove, Subject


def stands_for(subject: Subject) -> Subject:
    """Return the file that stands for a subject: itself, unless it was merged into another."""
    if subject.forwarded_to_id is None:
        return subject
    return Subject.objects.select_related("key", "organisation", "person").get(pk=subject.forwarded_to_id)


def absorbed(subject: UUID) -> list[Subject]:
    """Return the files that a subject stands for beside its own."""
    return list(Subject.objects.filter(forwarded_to_id=subject).select_related("key", "organisation", "person"))


def family(subject: UUID) -> list[UUID]:
    """Return a file's id and those of the files that were merged into it: what was written about one subject."""
    return [subject, *Subject.objects.filter(forwarded_to_id=subject).values_list("id", flat=True)]


def standing_ids(subjects: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return for each of these files the one that stands for it today."""
    wanted = set(subjects)
    merged = Subject.objects.filter(pk__in=wanted, forwarded_to__isnull=False).values_list("pk", "forwarded_to_id")
    return {each: each for each in wanted} | dict(merged)


def same(one: UUID, standing: UUID) -> bool:
    """Tell whether a file is the other one or was merged into it."""
    return one == standing or Subject.objects.filter(pk=one, forwarded_to_id=standing).exists()


def ids_of(record: UUID) -> list[UUID]:
    """Return every id a fact has had, its present one first; moving a record gives it another."""
    return [record, *RecordMove.objects.filter(new_id=record).exclude(old_id=record).values_list("old_id", flat=True)]


def earlier_ids(records: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return for each of these records that was moved here the id under which it was admitted."""
    moves = RecordMove.objects.filter(new_id__in=list(records)).order_by("-pk")
    return dict(moves.values_list("new_id", "old_id"))


def moved_from(records: QuerySet[Any]) -> QuerySet[Any]:
    """Return the ids that these records, given as a query, have got by moving."""
    return RecordMove.objects.filter(old_id__in=records).values("new_id")


def any_moved(subjects: Collection[UUID]) -> bool:
    """Tell whether any of these files was merged into another or erased."""
    moved = Q(forwarded_to__isnull=False) | Q(key__wrapped=None)
    return Subject.objects.filter(moved, id__in=subjects).exists()


def every_earlier_id(records: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Return for each of these records that was moved here every id it had before."""
    found: dict[UUID, list[UUID]] = {}
    for new, old in RecordMove.objects.filter(new_id__in=list(records)).values_list("new_id", "old_id"):
        found.setdefault(new, []).append(old)
    return found


def later_ids(records: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Return the ids that each of these records has got by moving, for those that were moved."""
    found: dict[UUID, list[UUID]] = {}
    for old, new in RecordMove.objects.filter(old_id__in=list(records)).values_list("old_id", "new_id"):
        found.setdefault(old, []).append(new)
    return found
