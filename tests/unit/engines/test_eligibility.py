"""Who may be restored on 2026-11-20, case by case; both engines are asked, so every line holds for both."""

from __future__ import annotations

from datetime import date

import pytest
from tests.unit.engines.register import DAY, facts, law

from chengxin.engines.eligibility import duck, reference
from chengxin.engines.eligibility.tables import REASONS
from chengxin.rules.dated import LawGap

ENGINES = {"reference": reference.decide, "duckdb": duck.decide}
CASES = {
    "shortest period over, duty not established yet": ({}, ("eligible", date(2026, 7, 1), "")),
    "shortest period over, duty performed": ({"duty": True}, ("eligible", date(2026, 7, 1), "")),
    "the day itself counts": ({"restorable_from": DAY}, ("eligible", DAY, "")),
    "one day early": ({"restorable_from": date(2026, 11, 21)}, ("becomes", date(2026, 11, 21), "")),
    "the fine is known to be unpaid": ({"duty": False}, ("not", None, "duty_open")),
    "a ban runs to today": ({"ban_until": DAY}, ("becomes", date(2026, 11, 21), "")),
    "a ban ran to yesterday": ({"ban_until": date(2026, 11, 19)}, ("eligible", DAY, "")),
    "barred for false papers": ({"barred_until": date(2026, 12, 31)}, ("becomes", date(2027, 1, 1), "")),
    "the record ends by itself before the bar does": (
        {"barred_until": date(2029, 1, 1)},
        ("not", None, "ends_first"),
    ),
    "its period is over": ({"use_until": date(2026, 11, 19)}, ("not", None, "expired")),
    "its last day is today": ({"use_until": DAY}, ("eligible", date(2026, 7, 1), "")),
    "it has ended already": ({"ended": True}, ("not", None, "ended")),
    "it is an honour": ({"nature": "positive"}, ("not", None, "not_negative")),
    "whose it is, is contested": ({"link_suspended": True}, ("not", None, "link_suspended")),
    "the law gives it no period to restore": ({"restorable_from": None}, ("not", None, "no_period")),
    "the law excludes the penalty": ({"kinds": ["罚款", "终身行业禁入"]}, ("not", None, "excluded")),
    "its subject disputes it": ({"disputed": True}, ("not", date(2026, 7, 1), "disputed")),
    "an application is under way": ({"matter_open": True}, ("not", date(2026, 7, 1), "under_way")),
}


@pytest.mark.parametrize("engine", ENGINES)
def test_each_case(engine):
    decided = ENGINES[engine](
        facts([{"subject": str(n), **row} for n, (row, _) in enumerate(CASES.values())]), LAW, DAY
    )
    got = dict(zip(CASES, (line[1:] for line in decided.iter_rows()), strict=True))
    assert got == {name: expected for name, (_, expected) in CASES.items()}


LAW = law(("终身",))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_list_of_the_same_authority_comes_first(engine):
    """列名在先：同一机关的名单未移出，其他记录不能修复；名单自身、别的机关的记录不受影响。"""
    rows = [{"listing": True}, {}, {"authority": "y"}, {"subject": "t"}]
    assert list(ENGINES[engine](facts(rows), LAW, DAY)["reason"]) == ["", "listed", "", ""]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_list_entry_that_has_ended_stands_in_nobodys_way(engine):
    for gone in ({"ended": True}, {"use_until": date(2026, 11, 19)}, {"link_suspended": True}):
        decided = ENGINES[engine](facts([{"listing": True, **gone}, {}]), LAW, DAY)
        assert decided["state"][1] == "eligible"


@pytest.mark.parametrize("engine", ENGINES)
def test_two_list_entries_of_one_authority_stand_in_each_others_way(engine):
    decided = ENGINES[engine](facts([{"listing": True}, {"listing": True}]), LAW, DAY)
    assert list(decided["reason"]) == ["listed", "listed"]


@pytest.mark.parametrize("engine", ENGINES)
def test_no_engine_guesses_the_law_of_a_day_it_does_not_know(engine):
    with pytest.raises(LawGap):
        ENGINES[engine](facts([{}]), LAW, date(2019, 1, 1))


@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_register_has_no_verdicts(engine):
    assert ENGINES[engine](facts([]), LAW, DAY).is_empty()


def test_every_reason_is_given_by_some_case():
    given = {reason for _, (_, _, reason) in CASES.values() if reason}
    assert given | {"listed"} == set(REASONS)
