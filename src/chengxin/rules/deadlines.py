"""Statutory deadlines: a dated figure, a start and the calendar give a due date that can be shown line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count: from the day after ``since`` to ``until``, both days named for the reader."""

    since: date
    until: date
    zh: str
    en: str

    def days(self) -> list[date]:
        """Return the days on which the clock stands still."""
        return [self.since + timedelta(days=n) for n in range(1, (self.until - self.since).days + 1)]


@dataclass(frozen=True, slots=True)
class Extension:
    """A granted extension: the law's key of its length, the day it was granted, and who asked and who agreed."""

    key: str
    granted_on: date
    zh: str
    en: str


def due(
    key: str,
    start: date,
    law: LawBook,
    calendar: Calendar,
    *,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> Due:
    """Return the due date of a deadline that starts on a day, under the law in force on that day.

    Days of a pause are not counted; an extension adds what the law in force on the day of its grant gives. The day of
    the event is not counted (民法典 201). Units: workday, day, month, year. A day or month count whose last day is a
    day off moves to the next working day (民法典 203); years are keeping periods and do not move.
    """
    value = law.value(key, start)
    length = law.integer(key, start)
    longer = [(law.integer(each.key, each.granted_on), each) for each in extensions]
    lines = (_head(value, length), *(_granted(each, value, days, law) for days, each in longer), *_stops(pauses))
    length += sum(days for days, _ in longer)
    stopped = replace(calendar, paused={**calendar.paused, **_paused(pauses)})
    if value.unit == "workday":
        counted = workdays.add(start, length, stopped)
        return Due(counted.due_on, (*lines, *counted.derivation))
    last = _shifted(start, _last_day(value, start, length), stopped)
    plain = Step(f"自 {start.isoformat()} 次日起算，至 {last.isoformat()}", f"From the day after {start} to {last}")
    if value.unit == "year" or not law.flag("deadline.rolls_over_days_off", start):
        return Due(last, (*lines, plain))
    rolled = workdays.roll(last, calendar)
    return Due(rolled.due_on, (*lines, plain, *rolled.derivation))


def _granted(extension: Extension, value: Value, days: int, law: LawBook) -> Step:
    given = law.value(extension.key, extension.granted_on)
    if given.unit != value.unit:
        raise NotADeadline(
            f"“{given.key}”的单位与“{value.key}”不同，不能相加。请改正法规数据中的单位。",
            f'"{given.key}" and "{value.key}" are in different units and cannot be added. Correct the law files.',
            key=given.key,
        )
    note_zh, note_en = ("", "") if given.verified else ("（待核）", " (not yet verified)")
    return Step(
        f"延长：{days} {UNITS[given.unit]}{note_zh}，{extension.zh}",
        f"Extended by {days} {given.unit}s{note_en}: {extension.en}",
        given.basis,
    )


def _stops(pauses: Iterable[Pause]) -> list[Step]:
    return [
        Step(
            f"暂停：自 {each.since.isoformat()} 次日至 {each.until.isoformat()}，{each.zh}，不计入期限",
            f"Paused from the day after {each.since.isoformat()} to {each.until.isoformat()} ({each.en}), not counted",
        )
        for each in pauses
    ]


def _paused(pauses: Iterable[Pause]) -> dict[date, tuple[str, str]]:
    return {day: (f"暂停（{each.zh}）", f"paused, {each.en}") for each in pauses for day in each.days()}


def _shifted(start: date, last: date, calendar: Calendar) -> date:
    """Move a last day on by every paused day before it; the days it passes over may be paused too."""
    for day in sorted(calendar.paused):
        last += timedelta(days=start < day <= last)
    return last


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
