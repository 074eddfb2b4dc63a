"""Erasing what was written about a person when a measure was proposed or decided; the rest of the row is no secret.

The days, the article and the two officers stay, so that it can be proved what was done; the free text goes.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from chengxin.supervision.models import Measure, MeasureProposal


def blank_file(subject_id: UUID) -> int:
    """Erase the reasons of every measure about a subject, proposed or decided; return how many texts went."""
    return _blank(Q(record__subject_id=subject_id))


def blank_record(record_id: UUID) -> int:
    """Erase the reasons of every measure that rests on one record; return how many texts went."""
    return _blank(Q(record_id=record_id))


def _blank(which: Q) -> int:
    with transaction.atomic():
        return sum(
            model._default_manager.filter(which, reason__isnull=False).update(reason=None)
            for model in (MeasureProposal, Measure)
        )
