"""Hiding a record for a time: it leaves every answer as if it had ended, and comes back by an act of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from chengxin.registry import selectors, services
from chengxin.registry.models import Cause, RecordVersion
from chengxin.rules.errors import Refusal

FOR_A_TIME = frozenset({Cause.DISPLAY_SUSPENDED, Cause.SHIELDED})


class NotHidden(Refusal):
    """The record is not hidden by this act."""

    code = "record_not_hidden"


@dataclass(frozen=True)
class Hidden:
    """Why a record is hidden, and by which act."""

    cause: Cause
    ref: str


def hidden(record_id: UUID) -> Hidden | None:
    """Return why a record is hidden for a time, or None when it is not: it stands, or it has ended for good."""
    version = selectors.present_version(record_id)
    if version is None or version.ended_at is None or version.cause not in FOR_A_TIME:
        return None
    return Hidden(Cause(version.cause), version.cause_ref)


def hidden_of(subject_id: UUID, today: date) -> list[RecordVersion]:
    """Return the records of a subject that are hidden for a time and would still be in use today."""
    causes = [cause.value for cause in FOR_A_TIME]
    found = RecordVersion.objects.filter(
        Q(use_until=None) | Q(use_until__gte=today),
        record__subject_id=subject_id,
        known_until=None,
        ended_at__isnull=False,
        cause__in=causes,
    )
    return list(found.select_related("record__item__item").order_by("document_date", "pk"))


def hide(record_id: UUID, cause: Cause, *, ref: str, now: datetime) -> RecordVersion:
    """Hide a standing record from every answer; recipients who were given it are told as of an end."""
    if cause not in FOR_A_TIME:
        raise ValueError(cause)
    return services.end_record(record_id, cause, ref=ref, now=now)


def show_again(record_id: UUID, *, ref: str, now: datetime) -> RecordVersion:
    """Let a record that was hidden by any act stand again; its dates are as they were, so it may be over by now."""
    with transaction.atomic():
        if hidden(record_id) is None:
            raise NotHidden("该记录没有被暂停展示，无需恢复。", "The record is not hidden; nothing to show again.")
        return services.reinstate_record(record_id, ref=ref, now=now, cause=Cause.RESUMED)
