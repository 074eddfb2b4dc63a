"""Deadlines: units, the last day and the derivation. Single situations stand in law/*/cases/."""

from datetime import date

import pytest

from chengxin.catalogue import lawbook
from chengxin.rules import deadlines
from chengxin.rules.dated import LawGap
from chengxin.rules.deadlines import NotADeadline
from chengxin.rules.workdays import CalendarGap

LAW, CALENDAR = lawbook.current(), lawbook.calendar()


def test_the_derivation_begins_with_the_figure_and_its_article() -> None:
    first = deadlines.due("sgs.withdraw_days", date(2026, 5, 11), LAW, CALENDAR).derivation[0]
    assert first.zh == "期限：3 个工作日"
    assert str(first.basis) == "《行政处罚法》第四十八条、第八十五条"


def test_a_figure_nobody_checked_says_so() -> None:
    first = deadlines.due("objection.centre_workdays", date(2026, 5, 11), LAW, CALENDAR).derivation[0]
    assert "待核" in first.zh
    assert "not yet verified" in first.en


def test_a_last_day_in_a_holiday_moves_to_the_next_working_day() -> None:
    found = deadlines.due("return.days", date(2026, 6, 12), LAW, CALENDAR)
    assert found.due_on == date(2026, 6, 22)
    assert "端午节" in found.derivation[-1].zh


def test_keeping_periods_do_not_need_a_calendar_of_that_year() -> None:
    assert deadlines.due("trade.retention_years", date(2026, 5, 6), LAW, CALENDAR).due_on == date(2029, 5, 6)


def test_a_deadline_into_an_unknown_year_is_refused() -> None:
    with pytest.raises(CalendarGap):
        deadlines.due("close.notice_days", date(2026, 12, 20), LAW, CALENDAR)


def test_a_flag_is_not_a_deadline() -> None:
    with pytest.raises(NotADeadline):
        deadlines.due("grade.simple.max_fine_fen.person", date(2026, 5, 6), LAW, CALENDAR)


def test_no_law_no_deadline() -> None:
    with pytest.raises(LawGap):
        deadlines.due("no.such.deadline", date(2026, 5, 6), LAW, CALENDAR)
