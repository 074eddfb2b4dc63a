"""Figures of a month: a share has its denominator, is rounded down, and is no share where there is too little."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.rules import quality
from chengxin.rules.quality import Counts, Rate

ROWS = st.integers(0, 10**7)


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    """Rows whose fates add up to what came."""
    stored, returned, pending, duplicate, mended = (draw(st.integers(0, 10**6)) for _ in range(5))
    received = stored + returned + pending + duplicate + mended
    late = draw(st.integers(0, received))
    wrong = draw(st.integers(0, stored))
    return Counts(received, stored, returned, pending, duplicate, mended, received, late, wrong)


@st.composite
def rates(draw: st.DrawFn) -> Rate:
    whole = draw(st.integers(0, 500))
    return Rate(draw(st.integers(0, whole)), whole, 10)


def test_949_of_1000_rows_is_94_9_percent_and_does_not_reach_95() -> None:
    assert Rate(949, 1000).percent == "94.9" and not Rate(949, 1000).reaches(95)
    assert Rate(9496, 10000).percent == "94.9" and Rate(95, 100).reaches(95)


def test_nine_rows_are_two_numbers_and_ten_are_a_rate() -> None:
    assert Rate(9, 9, 10).percent is None and not Rate(9, 9, 10).reaches(0)
    assert Rate(9, 10, 10).percent == "90.0"
    assert Rate(0, 0).percent is None


@given(ROWS, ROWS, st.integers(0, 100))
def test_what_is_shown_never_exceeds_what_is(part: int, more: int, threshold: int) -> None:
    rate = Rate(part, part + more)
    if rate.percent is not None:
        assert Fraction(rate.percent) <= Fraction(part * 100, part + more) < Fraction(rate.percent) + Fraction(1, 10)
        assert rate.reaches(threshold) == (Fraction(part * 100, part + more) >= threshold)
        assert not rate.reaches(threshold) or Fraction(rate.percent) >= threshold


@given(counts())
def test_every_share_lies_between_nothing_and_all(found: Counts) -> None:
    for rate in (quality.stored_rate(found, 1), quality.accuracy(found, 1), quality.timeliness(found, 1)):
        assert 0 <= rate.part <= rate.whole


@given(counts(), st.integers(1, 1000))
def test_duplicates_and_rows_mended_in_the_browser_move_no_stored_rate(found: Counts, n: int) -> None:
    again = found + Counts(received=n, duplicate=n) + Counts(received=n, mended=n)
    assert quality.stored_rate(again, 1) == quality.stored_rate(found, 1)


@given(st.lists(counts(), max_size=6))
def test_sums_do_not_hang_on_order(found: list[Counts]) -> None:
    assert quality.total(found) == quality.total(reversed(found))
    assert quality.total(found).supplied == sum(each.supplied for each in found)


@given(st.dictionaries(st.text("甲乙丙丁", min_size=1, max_size=4), rates(), max_size=8))
def test_the_league_is_a_fair_order(found: dict[str, Rate]) -> None:
    places = quality.league(found)
    assert {each.name for each in places} == set(found)
    ranked = [each for each in places if each.rank is not None]
    assert [each for each in places if each.rank is None] == list(places[len(ranked) :])
    assert all(each.rate.whole >= 10 for each in ranked)
    for one in ranked:
        better = [o for o in ranked if Fraction(o.rate.part, o.rate.whole) > Fraction(one.rate.part, one.rate.whole)]
        assert one.rank == 1 + len(better)


@pytest.mark.parametrize(
    ("today", "stage"),
    [
        (date(2026, 12, 2), None),
        (date(2026, 12, 3), date(2026, 12, 3)),
        (date(2026, 12, 8), date(2026, 12, 7)),
        (date(2026, 12, 10), date(2026, 12, 9)),
        (date(2026, 12, 11), None),
    ],
)
def test_a_round_that_missed_days_reminds_once(today: date, stage: date | None) -> None:
    assert quality.stage(date(2026, 12, 10), (7, 3, 1), today) == stage


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 30))
def test_months_follow_each_other_without_a_gap(day: date, count: int) -> None:
    months = quality.months_back(day, count)
    assert len(months) == count and months[-1] == day.replace(day=1)
    assert all(quality.last_of(one) + timedelta(days=1) == two for one, two in pairwise(months))
