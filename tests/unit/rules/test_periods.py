"""Periods of publicity and use: the properties no figure may break. Single situations stand in law/*/cases/."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.catalogue import lawbook
from chengxin.rules import periods
from chengxin.rules.dated import Rank
from chengxin.rules.periods import PeriodFacts, UngradedRecord, add_months, compute

LAW = lawbook.current()
DAYS = st.dates(date(2021, 1, 1), date(2040, 12, 31))
LAW_DAYS = st.dates(date(2023, 5, 1), date(2035, 12, 31))
GRADES = st.sampled_from(["minor", "general", "serious"])


@st.composite
def graded_facts(draw: st.DrawFn) -> PeriodFacts:
    document = draw(DAYS)
    publicised = draw(st.none() | st.integers(0, 60).map(lambda n: document + timedelta(days=n)))
    return PeriodFacts(
        document_date=document,
        publicised_on=publicised,
        grade=draw(GRADES),
        publicity=draw(st.sampled_from(["public", "shared", "authorised"])),
        market_regulator=draw(st.booleans()),
        low_fine=draw(st.booleans()),
        ban_until=draw(st.none() | st.integers(0, 4000).map(lambda n: document + timedelta(days=n))),
        act_ended_on=draw(st.none() | st.integers(0, 1000).map(lambda n: document + timedelta(days=n))),
        publish_minor=draw(st.booleans()),
    )


@given(graded_facts(), LAW_DAYS)
def test_a_record_can_be_restored_before_it_would_vanish_anyway(facts: PeriodFacts, on: date) -> None:
    found = compute(facts, LAW, on)
    assert found.restorable_from is not None
    assert found.use_until is not None
    assert found.restorable_from <= found.use_until
    assert found.public_until is None or found.restorable_from <= found.public_until


@given(graded_facts(), LAW_DAYS)
def test_nothing_outlives_the_five_years(facts: PeriodFacts, on: date) -> None:
    found = compute(facts, LAW, on)
    start = facts.act_ended_on or facts.document_date
    assert found.use_until is not None
    assert found.use_until <= add_months(start, 60)
    assert found.public_until is None or found.public_until <= found.use_until


@given(graded_facts(), st.integers(1, 400), LAW_DAYS)
def test_a_later_document_never_ends_earlier(facts: PeriodFacts, later: int, on: date) -> None:
    plain = replace(facts, publicised_on=None, ban_until=None, act_ended_on=None)
    second = replace(plain, document_date=plain.document_date + timedelta(days=later))
    one, two = compute(plain, LAW, on), compute(second, LAW, on)
    assert one.use_until is not None
    assert two.use_until is not None
    assert one.use_until <= two.use_until
    assert one.restorable_from is not None
    assert two.restorable_from is not None
    assert one.restorable_from <= two.restorable_from


@given(graded_facts(), LAW_DAYS)
def test_what_the_catalogue_keeps_from_the_public_is_never_public(facts: PeriodFacts, on: date) -> None:
    found = compute(replace(facts, publicity="authorised"), LAW, on)
    assert found.public_from is None
    assert found.public_until is None


@given(graded_facts(), st.dates(date(2026, 4, 1), date(2035, 12, 31)))
def test_minor_dishonesty_is_not_public_without_a_stated_need(facts: PeriodFacts, on: date) -> None:
    assert compute(replace(facts, grade="minor", publish_minor=False), LAW, on).public_from is None


@given(DAYS, st.integers(0, 120))
def test_months_keep_the_day_or_end_the_month(day: date, months: int) -> None:
    end = add_months(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


def test_leap_days() -> None:
    assert add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert add_months(date(2028, 2, 29), 48) == date(2032, 2, 29)
    assert add_months(date(2027, 12, 31), 2) == date(2028, 2, 29)


def test_a_record_without_a_grade_is_refused() -> None:
    with pytest.raises(UngradedRecord):
        compute(PeriodFacts(document_date=date(2026, 4, 10)), LAW, date(2026, 5, 6))


def test_the_derivation_of_a_conflict_shows_both_rules_and_why_one_goes_first() -> None:
    facts = PeriodFacts(date(2026, 4, 10), grade="general", market_regulator=True, publicised_on=date(2026, 5, 6))
    lines = [step.zh for step in compute(facts, LAW, date(2026, 5, 6)).derivation]
    assert any("公示日期 2026-05-06" in line for line in lines)
    assert any("文书日期 2026-04-10" in line for line in lines)
    assert any("后出台、期限较短" in line and "待核" in line for line in lines)


def test_every_legal_step_of_a_derivation_cites_its_basis() -> None:
    found = compute(PeriodFacts(date(2026, 4, 10), grade="serious"), LAW, date(2026, 5, 6))
    cited = [step.basis for step in found.derivation if step.basis]
    assert len(cited) >= 4
    assert any(basis.rank is Rank.DEPARTMENT_RULE for basis in cited)
    assert periods.ANCHOR_NAMES[found.anchor] == ("文书日期", "document date")
