"""The values of law/ by which portable reports and their status lists live."""

from __future__ import annotations

from datetime import date

from chengxin.catalogue import lawbook


def _number(key: str, today: date) -> int:
    return int(str(lawbook.current().value(f"portable.{key}", today).value))


def longest_days(today: date) -> int:
    """Return for how many days a portable report may be issued at most."""
    return _number("longest_days", today)


def showing_days(today: date) -> int:
    """Return for how many days one presentation may be made out at most."""
    return _number("showing_days", today)


def list_minutes(today: date) -> int:
    """Return after how many minutes a reader should fetch the status list again."""
    return _number("list_minutes", today)


def list_hours(today: date) -> int:
    """Return for how many hours a status list that was fetched may be used at most."""
    return _number("list_hours", today)


def statement_years(today: date) -> int:
    """Return over how many years a statement of "no record" speaks."""
    return int(str(lawbook.current().value("report.period_years", today).value))
