"""Statutory deadlines: a dated figure, a start and the calendar give a due date that can be shown line by line."""

from __future__ import annotations

from datetime import date, timedelta

from chengxin.rules import workdays
from chengxin.rules.dated import LawBook, Step, Value
from chengxin.rules.errors import Refusal
from chengxin.rules.periods import add_months
from chengxin.rules.workdays import Calendar, Due

UNITS = {"workday": "个工作日", "day": "日", "month": "个月", "year": "年"}


class NotADeadline(Refusal):
    """The value is not a length of time."""

    code = "not_a_deadline"


def due(key: str, start: date, law: LawBook, calendar: Calendar) -> Due:
    """Return the due date of a deadline that starts on a day, under the law in force on that day.

    The day of the event is not counted (民法典 201). Units: workday, day, month, year. A day or month count whose last
    day is a day off moves to the next working day (民法典 203); years are keeping periods and do not move.
    """
    value = law.value(key, start)
    length = law.integer(key, start)
    head = _head(value, length)
    if value.unit == "workday":
        counted = workdays.add(start, length, calendar)
        return Due(counted.due_on, (head, *counted.derivation))
    last = _last_day(value, start, length)
    plain = Step(f"自 {start.isoformat()} 次日起算，至 {last.isoformat()}", f"From the day after {start} to {last}")
    if value.unit == "year" or not law.flag("deadline.rolls_over_days_off", start):
        return Due(last, (head, plain))
    rolled = workdays.roll(last, calendar)
    return Due(rolled.due_on, (head, plain, *rolled.derivation))


def _head(value: Value, length: int) -> Step:
    if value.unit not in UNITS:
        raise NotADeadline(
            f"“{value.key}”不是期限（单位 {value.unit}）。请改用带期限单位的键。",
            f'"{value.key}" is not a length of time (unit {value.unit}). Use a key with a unit of time.',
            key=value.key,
        )
    note_zh, note_en = ("", "") if value.verified else ("（待核）", " (not yet verified)")
    return Step(
        f"期限：{length} {UNITS[value.unit]}{note_zh}", f"Time limit: {length} {value.unit}s{note_en}", value.basis
    )


def _last_day(value: Value, start: date, length: int) -> date:
    if value.unit == "day":
        return start + timedelta(days=length)
    return add_months(start, length if value.unit == "month" else 12 * length)
