"""The Suzhou scheme as data: what earns points, what does not, and that nothing unknown is invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chengxin.rules.appraisal import (
    RATED,
    Facts,
    Given,
    Line,
    Measure,
    NotEnterable,
    Scheme,
    Supply,
    Use,
    read_scheme,
    score,
)
from chengxin.rules.lawreader import Entry, LawFileFault
from chengxin.rules.quality import Counts, Duties

FILE = Path(__file__).resolve().parents[3] / "law" / "jiangsu" / "quality" / "suzhou.yaml"
OCTOBER, LATER = date(2026, 10, 1), date(2026, 11, 20)


def data() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["quality"][0]
    return found


SCHEME: Scheme = read_scheme(Entry(data(), FILE.name), "jiangsu")
GOOD = Facts(
    OCTOBER, LATER, Counts(received=100, stored=97, returned=3, timed=100), Duties(4, 4, 2, 2), date(2026, 11, 9)
)


def line(code: str, facts: Facts) -> Line:
    return next(each for each in score(SCHEME, facts).lines if each.criterion.code == code)


def test_the_scheme_has_the_points_of_the_page() -> None:
    points = {each.code: each.points for each in SCHEME.criteria}
    assert (points["stored"], points["complete"], points["accurate"], points["monthly_table"]) == (6, 3, 3, 12)
    assert points["timely_decisions"] + points["timely_monthly"] == 6
    assert {each.code: each.points for each in SCHEME.sections if not each.bonus} == {
        "usage": 40,
        "reporting": 30,
        "publicity": 30,
    }
    assert not SCHEME.verified


def test_a_good_month_earns_what_can_be_counted_and_no_more() -> None:
    found = score(SCHEME, GOOD)
    # 3 + 3 in time, 6 stored, 3 complete, 3 accurate, 12 for the table; all else is not measured.
    assert (found.earned, found.countable, found.full, found.bonus) == (30, 30, 100, 0)


def test_the_reason_shows_the_division_and_the_threshold() -> None:
    assert line("stored", GOOD).zh == "97 ÷ 100 = 97.0 %，≥ 95 %，得 6 分"
    worse = replace(GOOD, counts=Counts(received=100, stored=94, returned=6, timed=100, late=1))
    assert line("stored", worse).zh == "94 ÷ 100 = 94.0 %，＜ 95 %，得 0 分"
    assert line("timely_decisions", worse).earned == 0


def test_nine_rows_neither_earn_nor_lose() -> None:
    few = replace(GOOD, counts=Counts(received=9, returned=9, timed=9))
    assert line("stored", few).earned is None and "不足 10 行" in line("stored", few).zh
    assert line("accurate", few).earned is None


@pytest.mark.parametrize(
    ("filed", "as_of", "earned"),
    [
        (date(2026, 11, 10), LATER, 12),
        (date(2026, 11, 11), LATER, 0),
        (None, date(2026, 11, 10), None),
        (None, date(2026, 11, 11), 0),
    ],
)
def test_the_table_is_due_on_the_tenth(filed: date | None, as_of: date, earned: int | None) -> None:
    assert line("monthly_table", replace(GOOD, table_filed_on=filed, as_of=as_of)).earned == earned


def test_who_has_nothing_for_the_table_loses_nothing_by_it() -> None:
    assert line("monthly_table", replace(GOOD, table_filed_on=None, table_bound=False)).earned is None


def test_without_duties_or_working_days_nothing_is_judged() -> None:
    unknown = replace(GOOD, duties=Duties(), lateness_known=False)
    assert [line(code, unknown).earned for code in ("complete", "timely_monthly", "timely_decisions")] == [None] * 3


@pytest.mark.parametrize(("use", "as_of", "earned"), [
    (None, LATER, None),
    (Use(100, 2), LATER, 0),
    (Use(101, 0), LATER, 3),
    (Use(0, 3), LATER, 3),
    (Use(100, 2), date(2026, 10, 31), None),
    (Use(101, 0), date(2026, 10, 5), 3),
])  # fmt: skip
def test_enquiries_are_counted_and_not_entered(use: Use | None, as_of: date, earned: int | None) -> None:
    assert line("enquiries", replace(GOOD, use=use, as_of=as_of)).earned == earned
    with pytest.raises(NotEnterable):
        SCHEME.check_given("enquiries", 3)


@pytest.mark.parametrize(("supply", "earned"), [(Supply(), None), (Supply(4, 0), 0), (Supply(4, 1), 2)])
def test_the_way_of_supply_is_told_by_who_sent_the_files(supply: Supply, earned: int | None) -> None:
    assert line("supply", replace(GOOD, supply=supply)).earned == earned


@pytest.mark.parametrize(("supply", "earned"), [
    (Supply(), None),
    (Supply(owed=frozenset({"JS-YZ-01"})), 0),
    (Supply(stored=frozenset({"JS-RY-01"})), 1),
    (Supply(stored=frozenset({"JS-CF-01"}), owed=frozenset({"JS-CF-01"})), None),
])  # fmt: skip
def test_lists_earn_when_stored_and_lose_only_when_owed(supply: Supply, earned: int | None) -> None:
    found = line("lists", replace(GOOD, supply=supply))
    assert found.earned == earned and "JS-" in found.zh
    running = replace(GOOD, supply=supply, as_of=OCTOBER)
    assert line("lists", running).earned == (earned or None)


def test_points_by_hand_carry_their_reason_and_their_limit() -> None:
    given_ = replace(GOOD, given={"site": Given(9, "抽查三次")})
    assert line("site", given_).earned == 9 and "抽查三次" in line("site", given_).zh
    assert line("site", GOOD).earned is None
    for code, points in (("site", 13), ("site", -1), ("stored", 6), ("usage_rest", 1)):
        with pytest.raises(NotEnterable):
            SCHEME.check_given(code, points)


@given(
    st.builds(Counts, *(st.integers(0, 500) for _ in range(9))),
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
    st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 1)),
    st.booleans(),
)
def test_no_month_earns_more_than_was_countable(
    counts: Counts, duties: tuple[int, int, int, int], filed: date | None, known: bool
) -> None:
    required = Duties(*(max(a, b) if n % 2 == 0 else min(a, b) for n, (a, b) in enumerate(_pairs(duties))))
    found = score(SCHEME, Facts(OCTOBER, LATER, counts, required, filed, known))
    assert 0 <= found.earned <= found.countable <= found.full == 100
    for each in found.lines:
        assert each.zh and each.en
        if each.criterion.measure in RATED and each.earned is not None:
            assert each.earned in (0, each.criterion.points)
        if each.criterion.measure in (Measure.BY_HAND, Measure.NOT_SEEN):
            assert each.earned is None


def _pairs(found: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    one, two, three, four = found
    return [(one, two), (one, two), (three, four), (three, four)]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["criteria"][0].update(points=2),
        lambda d: d["sections"][0].update(points=41),
        lambda d: d["criteria"][6].pop("threshold"),
        lambda d: d["criteria"].append({**d["criteria"][0], "section": "nowhere"}),
        lambda d: d.update(table_day=31),
        lambda d: d.update(remind_days=["7"]),
    ],
)
def test_a_scheme_that_does_not_add_up_is_refused(change: Any) -> None:
    broken = data()
    change(broken)
    with pytest.raises(LawFileFault):
        read_scheme(Entry(broken, "suzhou.yaml"), "jiangsu")
