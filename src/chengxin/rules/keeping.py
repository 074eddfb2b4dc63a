"""保存期: until when a recipient may keep what it was given, and when its deletion is late. Pure; days are arguments.

Whichever comes first: the days its contract allows after it was last given, or the last day of the contract itself.
"""

from __future__ import annotations

from datetime import date, timedelta


def keep_until(given_on: date, retention_days: int | None, contract_until: date) -> date:
    """Return the last day on which a record may be kept; without a term of its own it goes with the contract."""
    if retention_days is None:
        return contract_until
    return min(given_on + timedelta(days=retention_days), contract_until)


def is_due(until: date, today: date) -> bool:
    """Tell whether a record must be deleted: its last day is over."""
    return today > until


def is_late(until: date, days: int, today: date) -> bool:
    """Tell whether the time to confirm the deletion is over, too."""
    return today > until + timedelta(days=days)


def given_before(retention_days: int | None, contract_until: date, today: date) -> date:
    """Return the day before which whatever was given is due today: the last day of all when the contract has ended."""
    if is_due(contract_until, today):
        return date.max
    return today - timedelta(days=retention_days) if retention_days is not None else date.min
