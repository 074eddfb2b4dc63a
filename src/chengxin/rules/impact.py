"""When what a change of the catalogue moves is no longer what its approver saw.

A register lives: records come and go while a page is read. What counts is whether the approver would judge otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

HOLDS: Final = timedelta(hours=1)
"""How long a look at an impact holds."""

GUARDED: Final = ("hidden", "reopened", "blanked", "periods", "filled")
"""The figures that say what becomes of records; totals of the register are not among them."""

_ONE_IN = 100


def moved(seen: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which parts of an impact differ from the one seen: other items, or a figure by more than one percent."""
    items = () if set(seen["items"]) == set(found["items"]) else ("items",)
    return items + tuple(name for name in GUARDED if _differs(int(seen[name]), int(found[name])))


def too_old(seen_at: datetime, now: datetime) -> bool:
    """Tell whether a look at an impact holds no more."""
    return now - seen_at > HOLDS


def _differs(one: int, other: int) -> bool:
    return abs(other - one) * _ONE_IN > one
