"""Dates as they are written in reported files, and the stand-ins that mean “none” or “no end”."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from chengxin.rules.identifiers.shape import tidy

# Open-ended validity is one value everywhere, so that comparing dates needs no special case.
UNLIMITED = date(9999, 12, 31)
FIRST_YEAR = 1949

_NO_DATE = {date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)}
_NO_END = {date(2099, 12, 31), date(9999, 9, 9), UNLIMITED}
_NO_END_WORDS = {"长期", "永久", "长期有效", "永久有效", "无固定期限", "无期限"}
_CLOCK = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?"
_SEPARATED = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})" + _CLOCK, re.ASCII)
# Programs write a moment of midnight in China as four in the afternoon before, in another zone.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})", re.ASCII
)
CHINA = timezone(timedelta(hours=8))
_CHINESE = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
# Spreadsheets that lose the cell format hand over the number of days since 1899-12-30; five digits cover 1954 to 2119.
_SERIAL = re.compile(r"([2-7][0-9]{4})(?:\.0+)?")
_SERIAL_ZERO = date(1899, 12, 30)


def parse_date(text: str) -> date | None:
    """Read 2025-01-02, 2025/1/2, 2025.1.2, 20250102, 2025年1月2日 or a spreadsheet serial; None if it is no date.

    A moment with its zone is the day it was in China.
    """
    written = tidy(text)
    if _MOMENT.fullmatch(written):
        return _day_in_china(written)
    if serial := _SERIAL.fullmatch(written):
        return _SERIAL_ZERO + timedelta(days=int(serial[1]))
    parts = _parts(written)
    if parts is None:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


def _day_in_china(moment: str) -> date | None:
    try:
        return datetime.fromisoformat(moment).astimezone(CHINA).date()
    except OverflowError:  # The last moment of all time is how programs say that there is no end.
        return date.fromisoformat(moment[:10])
    except ValueError:
        return None


def _parts(text: str) -> tuple[int, int, int] | None:
    if found := _SEPARATED.fullmatch(text):
        return int(found[1]), int(found[3]), int(found[4])
    if found := _CHINESE.fullmatch(text) or _COMPACT.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    return None


def is_no_date(day: date) -> bool:
    """Tell whether the date is one that programs write when they have none."""
    return day in _NO_DATE


def end_of_validity(text: str) -> date | None:
    """Read a last day of validity; words and far dates that mean “no end” give UNLIMITED, no date gives None."""
    if tidy(text) in _NO_END_WORDS:
        return UNLIMITED
    day = parse_date(text)
    return UNLIMITED if day in _NO_END else day
