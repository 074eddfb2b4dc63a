"""Dated values: the right figure on the right day, and a refusal where nobody wrote one."""

from datetime import date

import pytest

from chengxin.rules.dated import Basis, LawBook, LawGap, LawOverlap, LawType, Rank, Value

BASIS = Basis("示例条例", "第一条", Rank.LOCAL_REGULATION)
OLD = Value("grade.general.max_months", 36, "month", BASIS, date(2023, 5, 1), date(2026, 3, 31))
NEW = Value("grade.general.max_months", 12, "month", BASIS, date(2026, 4, 1), verified=True)


def test_each_day_has_the_value_that_was_in_force() -> None:
    law = LawBook((NEW, OLD))
    assert law.integer("grade.general.max_months", date(2026, 3, 31)) == 36
    assert law.integer("grade.general.max_months", date(2026, 4, 1)) == 12


def test_before_the_first_value_there_is_a_gap_not_a_guess() -> None:
    with pytest.raises(LawGap) as refusal:
        LawBook((OLD, NEW)).value("grade.general.max_months", date(2023, 4, 30))
    assert "2023-04-30" in refusal.value.zh
    assert "grade.general.max_months" in refusal.value.en


def test_two_values_on_one_day_are_refused_at_load() -> None:
    touching = Value(OLD.key, 24, "month", BASIS, date(2026, 3, 31))
    with pytest.raises(LawOverlap):
        LawBook((OLD, touching))


def test_an_open_value_overlaps_everything_after_it() -> None:
    later = Value(NEW.key, 6, "month", BASIS, date(2030, 1, 1))
    with pytest.raises(LawOverlap):
        LawBook((NEW, later))


def test_the_province_goes_before_the_nation_and_falls_back_to_it() -> None:
    local = Value(NEW.key, 9, "month", BASIS, date(2026, 6, 1), scope="jiangsu")
    law = LawBook((OLD, NEW, local), scope="jiangsu")
    assert law.integer(NEW.key, date(2026, 6, 1)) == 9
    assert law.integer(NEW.key, date(2026, 5, 31)) == 12
    assert law.value(NEW.key, date(2026, 6, 1), scope="national").value == 12


@pytest.mark.parametrize("reader", ["flag", "text", "names"])
def test_a_value_of_another_type_is_refused(reader: str) -> None:
    with pytest.raises(LawType):
        getattr(LawBook((NEW,)), reader)(NEW.key, date(2026, 4, 1))


def test_yes_is_not_a_number() -> None:
    yes = Value("grade.minor.public", True, "flag", BASIS, date(2026, 4, 1))
    with pytest.raises(LawType):
        LawBook((yes,)).integer(yes.key, date(2026, 4, 1))
