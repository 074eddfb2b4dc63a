"""Which measures hold today: a comparison with the measure's own days and with its record, so none outlives it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from chengxin.registry import selectors as registry
from chengxin.supervision.models import Measure, MeasureProposal


def measures_in_force(subjects: Iterable[UUID], today: date) -> QuerySet[Measure]:
    """Return the measures that hold for these subjects today.

    A record that has ended, expired or lost its link carries none, whatever the measure's own columns say.
    """
    living = registry.in_use(subjects, today).order_by().values("record_id")
    holding = Measure.objects.filter(record_id__in=living, starts_on__lte=today, ends_on__gte=today, lifted_at=None)
    return holding.select_related("record", "notice").order_by("starts_on", "code")


def of_record(record_id: UUID) -> QuerySet[Measure]:
    """Return every measure that ever rested on a record, lifted ones included."""
    return Measure.objects.filter(record_id=record_id).order_by("decided_at")


def open_proposals() -> QuerySet[MeasureProposal]:
    """Return the proposals nobody has decided on yet, oldest first."""
    decided = Measure.objects.values("proposal_id")
    return MeasureProposal.objects.exclude(id__in=decided).order_by("proposed_at")
