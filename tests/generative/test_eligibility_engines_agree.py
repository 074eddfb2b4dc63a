"""The DuckDB engine gives, for every table of facts anyone can draw, exactly the verdicts of the plain engine."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.unit.engines.register import DAY, facts, law

from chengxin.engines.eligibility import duck, reference
from chengxin.rules.eligibility import RestorationFacts, restorable

NEAR = st.one_of(st.none(), st.integers(-3, 3).map(lambda n: DAY + timedelta(days=n)), st.just(date(2031, 2, 28)))
ROWS = st.fixed_dictionaries(
    {
        "subject": st.sampled_from(["a", "b"]),
        "authority": st.sampled_from(["x", "y"]),
        "listing": st.booleans(),
        "nature": st.sampled_from(["negative", "negative", "negative", "positive"]),
        "grade": st.sampled_from(["", "minor", "general", "serious"]),
        "restorable_from": NEAR,
        "use_until": NEAR,
        "ended": st.sampled_from([False, False, True]),
        "link_suspended": st.sampled_from([False, False, True]),
        "disputed": st.booleans(),
        "matter_open": st.booleans(),
        "kinds": st.lists(st.sampled_from(["罚款", "吊销许可证件", "终身禁业", "其他-"]), max_size=2),
        "ban_until": NEAR,
        "barred_until": NEAR,
        "duty": st.sampled_from([None, None, True, False]),
    }
)
KINDS = st.sampled_from([(), ("吊销",), ("终身", "行业禁入")])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROWS, max_size=12), KINDS)
def test_both_engines_say_the_same_of_every_record(rows, excluded):
    table, book = facts(rows), law(excluded)
    assert_frame_equal(duck.decide(table, book, DAY), reference.decide(table, book, DAY))


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=6), KINDS)
def test_a_record_that_becomes_eligible_is_eligible_on_that_day_and_not_the_day_before(rows, excluded):
    """Nothing else changing, which is why rows that others could unlist or that end in between are left aside."""
    table = facts(rows).with_columns(pl.lit(False).alias("listing"), pl.lit(None, pl.Date).alias("use_until"))
    book = law(excluded)
    for name, state, day, _reason in reference.decide(table, book, DAY).iter_rows():
        if state == "becomes":
            one = table.filter(pl.col("record") == name)
            after, before = (reference.decide(one, book, when) for when in (day, day - timedelta(days=1)))
            assert after["state"][0] == "eligible" or after["reason"][0] in ("disputed", "under_way")
            assert before["state"][0] == "becomes"


@settings(max_examples=60, deadline=None)
@given(ROWS, KINDS)
def test_an_eligible_record_fails_no_condition_of_the_law(row, excluded):
    table, book = facts([row]), law(excluded)
    if reference.decide(table, book, DAY)["state"][0] == "eligible":
        known = RestorationFacts(
            grade=row["grade"] or "general",
            restorable_from=row["restorable_from"],
            duty_performed=row["duty"],
            penalty_kinds=tuple(row["kinds"]),
            ban_until=row["ban_until"],
            list_entry_open=False,
            barred_until=row["barred_until"],
        )
        assert not [each for each in restorable(known, book, DAY) if each.met is False]
