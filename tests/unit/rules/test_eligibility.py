"""Restoration: every condition is answered by itself, and not knowing is neither yes nor no."""

from datetime import date
from itertools import product

from chengxin.catalogue import lawbook
from chengxin.rules.eligibility import RestorationFacts, eligible, restorable

LAW = lawbook.current()
DAY = date(2026, 7, 11)


def test_restoration_needs_every_condition_known_to_be_met() -> None:
    for duty, commitment, listed in product([True, False, None], repeat=3):
        facts = RestorationFacts("general", DAY, duty, commitment, list_entry_open=listed)
        conditions = {each.code: each.met for each in restorable(facts, LAW, DAY)}
        assert conditions["duty_performed"] is duty
        assert conditions["commitment_made"] is commitment
        assert conditions["list_entry_removed"] is (None if listed is None else not listed)
        expected = duty is True and commitment is True and listed is False
        assert eligible(restorable(facts, LAW, DAY)) is expected


def test_every_condition_speaks_both_languages_and_cites_its_basis() -> None:
    for condition in restorable(RestorationFacts("serious", DAY), LAW, DAY):
        assert condition.zh
        assert condition.en.isascii()
        assert condition.basis.instrument


def test_a_record_that_has_no_period_cannot_be_restored() -> None:
    first = restorable(RestorationFacts("general", None), LAW, DAY)[0]
    assert (first.code, first.met) == ("date_reached", False)
