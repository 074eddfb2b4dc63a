"""Every situation under law/*/cases/ comes out as the lawyer wrote it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from chengxin.catalogue import lawbook
from chengxin.rules.dated import Value
from chengxin.rules.lawcases import KINDS, Situation, differences, read_situation
from chengxin.rules.workdays import Calendar

SITUATIONS = [read_situation(entry) for entry in lawbook.cases(Path(settings.LAW_DIR))]


@pytest.mark.parametrize("situation", SITUATIONS, ids=[f"{each.kind}: {each.title}" for each in SITUATIONS])
def test_situation(situation: Situation) -> None:
    assert differences(situation, lawbook.current(), lawbook.calendar()) == []


def test_every_kind_of_situation_is_written_down() -> None:
    assert {each.kind for each in SITUATIONS} == set(KINDS)


def test_a_wrong_expectation_is_reported() -> None:
    """The runner itself can fail: a changed expectation gives a difference."""
    right = next(each for each in SITUATIONS if each.kind == "deadline")
    wrong = Situation(right.kind, right.title, right.facts, {"due_on": right.facts["start"]}, right.basis, right.where)
    assert differences(wrong, lawbook.current(), lawbook.calendar())


RIGHTS = ("repair", "objection", "revoked_act", "sgs", "mkt")
LENGTHS = ("workday", "day", "month", "year")


def _day(situation: Situation) -> date:
    day = situation.facts.get("start") or situation.facts.get("on")
    assert isinstance(day, date)
    return day


@pytest.mark.parametrize(
    "value",
    [value for value in lawbook.current() if value.unit in LENGTHS],
    ids=lambda value: f"{value.key} since {value.since}",
)
def test_every_row_of_the_table_of_time_limits_has_a_situation_with_its_article(value: Value) -> None:
    """A dated value is one row: the same key under another order is another row, and has its own situation."""
    named = [each for each in SITUATIONS if each.facts.get("key") == value.key]
    within = [
        each for each in named if value.since <= _day(each) and (value.until is None or _day(each) <= value.until)
    ]
    assert within, "no situation in the time of this row"
    articles = {(each.basis.instrument, each.basis.article) for each in within}
    assert (value.basis.instrument, value.basis.article) in articles


def test_make_up_working_days_and_year_ends_are_among_the_situations() -> None:
    """Every time limit in working days that runs today is also tried over a year end or a make-up working day."""
    calendar = lawbook.calendar()
    hard = {each.facts["key"] for each in SITUATIONS if each.kind == "deadline" and _is_hard(each, calendar)}
    counted = {value.key for value in lawbook.current() if value.unit == "workday" and value.until is None}
    ours = {key for key in counted if key.startswith(RIGHTS)}
    assert {key for key in ours if lawbook.current().integer(key, date(2026, 5, 6)) > 0} <= hard


def _is_hard(situation: Situation, calendar: Calendar) -> bool:
    start, due = situation.facts["start"], situation.expected["due_on"]
    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    made_up = any(day.weekday() >= 5 and calendar.is_workday(day) for day in between if day.year == 2026)
    return start.year < due.year or made_up
