"""Working days over the published calendar."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from chengxin.catalogue import lawbook
from chengxin.rules import workdays
from chengxin.rules.workdays import CalendarGap, NegativeCount

CALENDAR = lawbook.read(Path(settings.LAW_DIR)).calendar
KNOWN = st.dates(date(2021, 1, 1), date(2026, 12, 31))
ROOMY = st.dates(date(2021, 1, 1), date(2026, 6, 30))
SHORT = st.integers(0, 60)


def test_the_day_of_the_event_is_not_counted() -> None:
    assert workdays.add(date(2026, 5, 11), 1, CALENDAR).due_on == date(2026, 5, 12)
    assert workdays.add(date(2026, 5, 11), 0, CALENDAR).due_on == date(2026, 5, 11)


def test_a_makeup_saturday_counts_and_a_holiday_thursday_does_not() -> None:
    assert workdays.add(date(2026, 5, 8), 1, CALENDAR).due_on == date(2026, 5, 9)
    assert workdays.add(date(2025, 9, 30), 1, CALENDAR).due_on == date(2025, 10, 9)


def test_the_derivation_names_every_day_line_by_line() -> None:
    lines = workdays.add(date(2026, 3, 31), 4, CALENDAR).derivation
    assert [line.zh for line in lines] == [
        "起算：2026-03-31（星期二），当日不计，次日起数 4 个工作日",
        "第 1 个工作日：2026-04-01（星期三）",
        "第 2 个工作日：2026-04-02（星期四）",
        "第 3 个工作日：2026-04-03（星期五）",
        "2026-04-04（星期六） 至 2026-04-06（星期一） 清明节，不计",
        "第 4 个工作日：2026-04-07（星期二）",
        "届满日：2026-04-07（星期二）",
    ]
    assert lines[4].basis is not None
    assert lines[4].basis.instrument == "国务院办公厅关于2026年部分节假日安排的通知"


def test_an_unknown_year_is_refused_by_name() -> None:
    with pytest.raises(CalendarGap) as refusal:
        workdays.add(date(2026, 12, 30), 5, CALENDAR)
    assert "2027" in refusal.value.zh
    assert refusal.value.facts == {"year": 2027}


def test_days_cannot_be_counted_backwards() -> None:
    with pytest.raises(NegativeCount):
        workdays.add(date(2026, 5, 6), -1, CALENDAR)


@given(KNOWN)
def test_every_day_agrees_with_chinesecalendar(day: date) -> None:
    assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_working_day_of_the_year_agrees_with_both_calendars(year: int) -> None:
    official = holidays.country_holidays("CN", years=year, categories=("public",))
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    ours = {day for day in days if CALENDAR.is_workday(day)}
    assert ours == {day for day in days if chinese_calendar.is_workday(day)}
    assert ours == {day for day in days if official.is_working_day(day)}


@given(ROOMY, SHORT, SHORT)
def test_more_days_are_never_due_earlier(start: date, one: int, two: int) -> None:
    fewer, more = sorted((one, two))
    assert workdays.add(start, fewer, CALENDAR).due_on <= workdays.add(start, more, CALENDAR).due_on


@given(ROOMY, ROOMY, SHORT)
def test_a_later_start_is_never_due_earlier(one: date, two: date, n: int) -> None:
    early, late = sorted((one, two))
    assert workdays.add(early, n, CALENDAR).due_on <= workdays.add(late, n, CALENDAR).due_on


@given(ROOMY, st.integers(1, 60))
def test_the_count_is_the_working_days_in_between(start: date, n: int) -> None:
    due = workdays.add(start, n, CALENDAR).due_on
    counted = chinese_calendar.get_workdays(start + timedelta(days=1), due)
    assert len(counted) == n
    assert CALENDAR.is_workday(due)


@given(ROOMY)
def test_rolling_ends_on_the_first_working_day_not_before(day: date) -> None:
    target = workdays.roll(day, CALENDAR).due_on
    assert CALENDAR.is_workday(target)
    assert not any(CALENDAR.is_workday(day + timedelta(days=n)) for n in range((target - day).days))
