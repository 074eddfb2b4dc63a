"""What the desk of effects shows of endings nobody had to ask for: what, when, on what grounds; never about whom."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from chengxin.accounts.models import User
from chengxin.accounts.roles import Permission
from chengxin.accounts.selectors import reached
from chengxin.registry.models import Record
from chengxin.rights.models import UnaskedEffect, UnaskedEnding

RECENT = 30


WATCHERS = (Permission.REVIEW_CASE, Permission.DECIDE_CASE, Permission.MATCH_SUBJECT)
"""Who watches effects: whoever works on cases at a centre."""


@dataclass(frozen=True, slots=True)
class Ended:
    """One ending without an application and its effects, each with time and ledger entry."""

    ending: UnaskedEnding
    record: Record
    effects: tuple[UnaskedEffect, ...]


def recent(reader: User, limit: int = RECENT) -> list[Ended]:
    """Return the newest endings of a reader's region without their effects."""
    found = UnaskedEnding.objects.select_related("record__item").filter(_watched_by(reader)).order_by("-ended_at")
    return [Ended(each, each.record, ()) for each in found[:limit]]


def of_record(record_id: UUID, reader: User) -> Ended | None:
    """Return the ending of a record with every effect; nothing when there is none in the reader's region."""
    known = UnaskedEnding.objects.select_related("record__item", "duty__agency").filter(_watched_by(reader))
    ending = known.filter(pk=record_id).first()
    if ending is None:
        return None
    effects = UnaskedEffect.objects.filter(ending=ending).order_by("pk")
    return Ended(ending, ending.record, tuple(effects))


def _watched_by(reader: User) -> Q:
    found = Q(pk=None)
    for permission in WATCHERS:
        found |= reached(reader, permission, "duty__agency__region")
    return found
