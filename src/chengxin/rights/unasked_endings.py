"""What the desk of effects shows of endings nobody had to ask for: what, when, on what grounds; never about whom."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chengxin.registry.models import Record
from chengxin.rights.models import UnaskedEffect, UnaskedEnding

RECENT = 30


@dataclass(frozen=True, slots=True)
class Ended:
    """One ending without an application and its effects, each with time and ledger entry."""

    ending: UnaskedEnding
    record: Record
    effects: tuple[UnaskedEffect, ...]


def recent(limit: int = RECENT) -> list[Ended]:
    """Return the newest endings without their effects."""
    found = UnaskedEnding.objects.select_related("record__item").order_by("-ended_at")[:limit]
    return [Ended(each, each.record, ()) for each in found]


def of_record(record_id: UUID) -> Ended | None:
    """Return the ending of a record with every effect, or nothing when it did not end this way."""
    ending = UnaskedEnding.objects.select_related("record__item", "duty__agency").filter(pk=record_id).first()
    if ending is None:
        return None
    effects = UnaskedEffect.objects.filter(ending=ending).order_by("pk")
    return Ended(ending, ending.record, tuple(effects))
