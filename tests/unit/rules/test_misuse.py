"""The rules of misuse, situation by situation, as a lawyer would put them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from chengxin.rules.misuse import household, own_file, repeated, spike, wrong_case
from chengxin.rules.misuse.shapes import Fact, Finding, Limits, Look, NoReason, Weight
from chengxin.rules.workflow import check, diagram
from chengxin.rules.workflow_words import NEEDS, ROLES
from chengxin.rules.workflows.misuse import MISUSE

LIMITS = Limits(10, 731, 60, 20, 20, 20, 4, 35)
DAY = date(2026, 11, 19)
LI, WANG, ZHAO, SUN = (UUID(int=n) for n in range(1, 5))
UNIT, OTHER_UNIT = UUID(int=11), UUID(int=12)
FILE, OTHER_FILE = UUID(int=21), UUID(int=22)
acts = iter(range(1, 10_000))


def look(actor=LI, subject=FILE, matter="苏甲办〔2026〕1号", day=DAY, unit=UNIT, **changed) -> Look:
    act = changed.pop("act", next(acts))
    number = next(acts)
    purpose, order = changed.pop("purpose", "licensing"), day.toordinal() * 100_000.0 + number
    return Look(UUID(int=1000 + number), act, day, order, actor, unit, purpose, matter, subject, **changed)


def before(**changed) -> Look:
    """Return a read of the day before."""
    return look(day=DAY - timedelta(days=1), **changed)


def test_looking_at_ones_own_file_is_found_and_weighs_most_when_it_was_answered():
    tie = {(LI, FILE): "self"}
    [answered] = own_file.find([look()], tie)
    [refused] = own_file.find([look(refused=True)], tie)
    assert answered.weight.points > refused.weight.points
    assert "没有看到任何内容" in refused.weight.zh


def test_a_file_of_somebody_else_is_not_ones_own():
    assert own_file.find([look(actor=WANG)], {(LI, FILE): "self"}) == []


def test_an_interface_client_has_no_own_file_and_no_family():
    assert own_file.find([look(machine=True)], {(LI, FILE): "self"}) == []
    assert household.find([look(machine=True)], {(LI, FILE): "guardian"}) == []


@pytest.mark.parametrize("tie", ["agent", "guardian", "relative", "same_agent"])
def test_a_tie_with_a_checked_paper_is_asked_about(tie):
    [found] = household.find([look(), look()], {(LI, FILE): tie})
    assert found.rule == "household" and len(found.accesses) == 2
    assert found.weight.zh and found.weight.en


def test_sharing_a_lawyer_weighs_less_than_being_family():
    [lawyer], [family] = (household.find([look()], {(LI, FILE): tie}) for tie in ("same_agent", "relative"))
    assert lawyer.weight.points < family.weight.points


def test_a_number_of_a_colleagues_matter_used_for_somebody_else_is_borrowed():
    [found] = wrong_case.find([look(actor=LI, subject=OTHER_FILE)], [before(actor=WANG, subject=FILE)], LIMITS)
    assert found.actor == LI and "另一人先用于别的主体" in found.zh


def test_a_colleague_who_takes_a_matter_over_reads_the_same_subject():
    assert wrong_case.find([look(actor=LI)], [before(actor=WANG)], LIMITS) == []


def test_the_opener_of_a_matter_may_add_subjects_to_it():
    assert wrong_case.find([look(subject=OTHER_FILE)], [before()], LIMITS) == []


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("苏甲办〔2026〕1号", True), ("苏甲办〔2025〕1号", True), ("苏甲办〔2024〕1号", True),
        ("苏甲办〔2022〕1号", False), ("苏甲办〔2027〕1号", False), ("甲-118", True),
    ],
)  # fmt: skip
def test_the_year_in_a_number_fits_the_time_or_is_asked_about(number, fits):
    assert (wrong_case.find([look(matter=number)], [], LIMITS) == []) is fits


def test_a_number_with_a_units_own_word_belongs_to_that_unit():
    [found] = wrong_case.find([look(unit=OTHER_UNIT)], [before(actor=WANG)], LIMITS)
    assert "另一个单位先使用" in found.zh
    plain = [look(unit=OTHER_UNIT, matter="2026-1")]
    assert wrong_case.find(plain, [before(actor=WANG, matter="2026-1")], LIMITS) == []


def test_a_number_keeps_its_purpose():
    [found] = wrong_case.find([look(purpose="award_review")], [before()], LIMITS)
    assert "另一种用途" in found.zh


def test_one_number_for_too_many_subjects_one_by_one():
    few = [look(subject=UUID(int=100 + n)) for n in range(10)]
    assert wrong_case.find(few, [], LIMITS) == []
    [found] = wrong_case.find([*few, look(subject=UUID(int=200))], [], LIMITS)
    assert "过多的主体" in found.zh


def test_a_batch_has_bounds_of_its_own_and_counts_once():
    batch = [look(subject=UUID(int=100 + n), act=77) for n in range(50)]
    assert wrong_case.find(batch, [], LIMITS) == []
    assert spike.find(batch, {LI: [3] * 10}, LIMITS) == []


def many(actor, count, day=DAY):
    return [look(actor=actor, subject=UUID(int=300 + n), matter=f"苏甲办〔2026〕{n}号", day=day) for n in range(count)]


def test_a_day_far_above_the_usual_is_a_spike_and_says_both_figures():
    [found] = spike.find(many(LI, 40), {LI: [10] * 20}, LIMITS)
    assert found.zh == "当日查询 40 次，本人近 20 个工作日通常为 10 ± 3 次。"


def test_a_day_when_the_whole_unit_is_busy_is_no_spike_of_one_person():
    busy = [*many(LI, 40), *many(WANG, 38), *many(ZHAO, 41), *many(SUN, 39)]
    assert spike.find(busy, {each: [10] * 20 for each in (LI, WANG, ZHAO, SUN)}, LIMITS) == []


def test_an_earlier_peak_does_not_hide_the_next():
    assert spike.find(many(LI, 60), {LI: [10] * 18 + [200, 220]}, LIMITS)


def test_few_reads_are_never_a_spike_and_somebody_alone_and_new_is_not_judged():
    assert spike.find(many(LI, 19), {LI: [1] * 20}, LIMITS) == []
    assert spike.find(many(LI, 500), {}, LIMITS) == []


def on_days(count, **changed):
    return [look(day=DAY - timedelta(days=n), **changed) for n in range(count)]


def test_a_subject_opened_on_four_days_is_asked_about_and_on_three_is_not():
    today, *before = on_days(4)
    assert repeated.find([today], before[:2], LIMITS) == []
    [found] = repeated.find([today], before, LIMITS)
    assert "35 天内有 4 天" in found.zh


def test_under_one_matter_number_it_weighs_less():
    one, *rest = on_days(5)
    [same] = repeated.find([one], rest, LIMITS)
    [several] = repeated.find(
        [one], [look(day=each.day, matter=f"苏甲办〔2026〕{n}号") for n, each in enumerate(rest)], LIMITS
    )
    assert same.weight.points < several.weight.points


def test_days_before_the_window_and_other_people_do_not_count():
    old = [look(day=DAY - timedelta(days=40 + n)) for n in range(9)]
    others = [look(actor=WANG, day=DAY - timedelta(days=n)) for n in range(1, 9)]
    assert repeated.find([look()], [*old, *others], LIMITS) == []


def test_a_weight_and_a_finding_never_travel_without_their_reason():
    with pytest.raises(NoReason):
        Weight(50, " ", "")
    with pytest.raises(NoReason):
        Finding(
            "self", "k", LI, UNIT, FILE, DAY, (UUID(int=1),), "", "", (Fact("a", "a", "1"),), Weight(1, "因", "why")
        )


def test_the_table_of_the_review_has_no_loose_ends():
    assert check(MISUSE, roles=ROLES, needs=NEEDS) == ()
    assert "规则误报" in diagram(MISUSE)


@pytest.mark.parametrize("verdict", ["justified", "misuse", "rule_wrong"])
def test_every_closing_step_asks_for_another_person_and_a_reason(verdict):
    closing = [step for step in MISUSE.transitions if step.target == verdict]
    assert closing and all({"other_person", "reason"} <= set(step.needs) for step in closing)
