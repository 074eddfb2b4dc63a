"""Working days counted over a published calendar; a year nobody has published is refused, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count, groupby

from chengxin.rules.dated import Basis, Step
from chengxin.rules.errors import Refusal

ONE_DAY = timedelta(days=1)
WEEKDAYS = (
    ("星期一", "Monday"),
    ("星期二", "Tuesday"),
    ("星期三", "Wednesday"),
    ("星期四", "Thursday"),
    ("星期五", "Friday"),
    ("星期六", "Saturday"),
    ("星期日", "Sunday"),
)


class CalendarGap(Refusal):
    """The yearly holiday arrangement of that year is not known."""

    code = "calendar_gap"


class NegativeCount(Refusal):
    """A period cannot have fewer than zero days."""

    code = "negative_count"


@dataclass(frozen=True)
class Calendar:
    """The State Council's yearly holiday arrangements.

    `years` are the years covered; `holidays` are days off by the arrangement (with their names, zh and en);
    `makeup` are Saturdays and Sundays that the arrangement makes working days; `notices` cite it year by year.
    `paused` are days on which the clock of one matter stands still, with the reason (zh and en).
    """

    years: frozenset[int]
    holidays: Mapping[date, tuple[str, str]]
    makeup: frozenset[date]
    notices: Mapping[int, Basis] = field(default_factory=dict)
    paused: Mapping[date, tuple[str, str]] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Say whether people work on that day; raises CalendarGap for a year that is not covered."""
        if day.year not in self.years:
            raise CalendarGap(
                f"没有 {day.year} 年的放假安排，不能推算工作日。请在 law/national/calendar/ 补上该年通知后重新装载。",
                f"The holiday arrangement of {day.year} is not known, so working days cannot be counted. "
                "Add that year's notice under law/national/calendar/ and load again.",
                year=day.year,
            )
        if day in self.holidays or day in self.paused:
            return False
        return day.weekday() < 5 or day in self.makeup

    def reason(self, day: date) -> tuple[str, str]:
        """Name why a day is off (or that it is worked by arrangement), zh and en; empty on a plain working day."""
        if day in self.paused:
            return self.paused[day]
        if day in self.holidays:
            return self.holidays[day]
        if day in self.makeup:
            return "调休上班", "worked by arrangement"
        return ("周末", "weekend") if day.weekday() >= 5 else ("", "")


@dataclass(frozen=True, slots=True)
class Due:
    """A due date and the lines that lead to it."""

    due_on: date
    derivation: tuple[Step, ...]


def add(start: date, n: int, calendar: Calendar) -> Due:
    """Count n working days; the day of the event itself is not counted, so n=0 falls on `start`."""
    if n < 0:
        raise NegativeCount("工作日数不能小于零。", "A number of working days cannot be below zero.", shape=n)
    steps = [_from(start, n)]
    day, done = start, 0
    days: list[tuple[date, int]] = []
    while done < n:
        day += ONE_DAY
        done += calendar.is_workday(day)
        days.append((day, done))
    steps += _lines(start, days, calendar)
    steps.append(Step(f"届满日：{_zh(day)}", f"Due on: {_en(day)}"))
    return Due(day, tuple(steps))


def roll(day: date, calendar: Calendar) -> Due:
    """Move a last day that is not worked to the next working day (civil-law rule on the last day of a period)."""
    if calendar.is_workday(day):
        return Due(day, ())
    target = next(day + ONE_DAY * n for n in count(1) if calendar.is_workday(day + ONE_DAY * n))
    zh, en = calendar.reason(day)
    step = Step(
        f"{_zh(day)}为{zh}，顺延至 {_zh(target)}", f"{_en(day)} is off ({en}); moved to {_en(target)}",
        calendar.notices.get(day.year),
    )  # fmt: skip
    return Due(target, (step,))


def _from(start: date, n: int) -> Step:
    return Step(
        f"起算：{_zh(start)}，当日不计，次日起数 {n} 个工作日",
        f"Start: {_en(start)}, not counted; {n} working days from the next day",
    )


def _lines(start: date, days: list[tuple[date, int]], calendar: Calendar) -> list[Step]:
    """Write one line per counted day and one per run of days off with the same reason."""
    done_before = dict([(start, 0), *days])

    def shape(entry: tuple[date, int]) -> tuple[int, str]:
        day, done = entry
        counted = done > done_before[day - ONE_DAY]
        return (done, "") if counted else (-done, calendar.reason(day)[0])

    return [_line([day for day, _ in run], key[0], calendar) for key, run in groupby(days, key=shape)]


def _line(run: list[date], number: int, calendar: Calendar) -> Step:
    zh, en = calendar.reason(run[0])
    arranged = (run[0] in calendar.holidays or run[0] in calendar.makeup) and run[0] not in calendar.paused
    notice = calendar.notices.get(run[0].year) if arranged else None
    if calendar.is_workday(run[0]):
        note_zh, note_en = (f"（{zh}）", f" ({en})") if zh else ("", "")
        return Step(
            f"第 {number} 个工作日：{_zh(run[0])}{note_zh}", f"Working day {number}: {_en(run[0])}{note_en}", notice
        )
    last_zh, last_en = (f" 至 {_zh(run[-1])}", f" to {_en(run[-1])}") if len(run) > 1 else ("", "")
    return Step(f"{_zh(run[0])}{last_zh} {zh}，不计", f"{_en(run[0])}{last_en} {en}, not counted", notice)


def _zh(day: date) -> str:
    return f"{day.isoformat()}（{WEEKDAYS[day.weekday()][0]}）"


def _en(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()][1]} {day.isoformat()}"
