"""The hits a unit was given: noted once per matter, to be answered by a day, and shown only while they stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from chengxin.catalogue import lawbook
from chengxin.disclosure.models import ScreeningFeedback, ScreeningHit
from chengxin.disclosure.screening.matching import Looked
from chengxin.disclosure.screening.shapes import GivenHit
from chengxin.rules import workdays

_OVERDUE = """SELECT COUNT(*) FROM disclosure_screeninghit h WHERE h.agency_id = %s AND h.due_on < %s
AND NOT EXISTS (SELECT 1 FROM disclosure_screeningfeedback f WHERE f.hit_id = h.id)"""
FEEDBACK_WORKDAYS = "screening.feedback_workdays"


def note(
    agency_id: UUID,
    matter: str,
    matter_no: str,
    looked: Sequence[Looked],
    accesses: Sequence[UUID],
    now: datetime,
    today: date,
) -> dict[int, tuple[GivenHit, ...]]:
    """Note the hits of a batch and return them as they are given, by position; one known in the matter is kept."""
    struck = [
        (position, each, access)
        for position, (each, access) in enumerate(zip(looked, accesses, strict=True))
        if each.hits
    ]
    if not struck:
        return {}
    due = feedback_due(today)
    ScreeningHit.objects.bulk_create(
        [
            ScreeningHit(
                access_id=access, agency_id=agency_id, matter=matter, matter_no=matter_no,
                record_id=hit.record, measure_id=hit.measure, at=now, due_on=due,
            )
            for _position, each, access in struck
            for hit in each.hits
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    mine = ScreeningHit.objects.filter(agency_id=agency_id, matter=matter, matter_no=matter_no)
    mine = mine.filter(record_id__in={hit.record for _p, each, _a in struck for hit in each.hits})
    known = {(hit.record_id, hit.measure_id): hit for hit in mine}
    return {
        position: tuple(
            GivenHit(known[hit.record, hit.measure].pk, known[hit.record, hit.measure].due_on, hit) for hit in each.hits
        )
        for position, each, _access in struck
    }


def feedback_due(today: date) -> date:
    """Return by when a hit of today must be answered (law: screening.feedback_workdays)."""
    length = lawbook.current().integer(FEEDBACK_WORKDAYS, today)
    return workdays.add(today, length, lawbook.calendar()).due_on


def unanswered(agency_id: UUID) -> QuerySet[ScreeningHit]:
    """Return the hits a unit has not reported back on, the earliest due first."""
    answered = Exists(ScreeningFeedback.objects.filter(hit=OuterRef("pk")))
    return ScreeningHit.objects.filter(~answered, agency_id=agency_id).order_by("due_on", "at", "pk")


def waiting_count(agency_id: UUID) -> int:
    """Return how many hits a unit has not reported back on, late or not."""
    return unanswered(agency_id).count()


def overdue_count(agency_id: UUID, today: date) -> int:
    """Return how many hits a unit should have reported back on before today."""
    with connection.cursor() as cursor:  # By hand: it is part of every answer.
        cursor.execute(_OVERDUE, [agency_id if connection.features.has_native_uuid_field else agency_id.hex, today])
        return int(cursor.fetchone()[0])
