"""已有证明: what the platform itself holds that shows a condition of restoration, so that nobody has to bring it again.

Of all that the catalogue collects only the authority's own confirmation says that a duty was performed: neither the
layout of penalties nor the general one has a field for a fine that was paid or a judgment that was fulfilled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chengxin.rights import duty


@dataclass(frozen=True)
class Proof:
    """One proof that is there: what it shows, who said so, when it happened, and the leaf that proves the saying."""

    zh: str
    en: str
    agency_zh: str
    agency_en: str
    performed_on: date
    entry: int


def of(record_id: UUID) -> list[Proof]:
    """Return the proofs the platform holds for restoring a record; an empty list means that papers are needed."""
    known = duty.of(record_id)
    if known is None:
        return []
    names = known.agency.name_zh, known.agency.name_en
    return [Proof("义务已全部履行", "The duty was performed in full", *names, known.performed_on, known.entry_id)]
