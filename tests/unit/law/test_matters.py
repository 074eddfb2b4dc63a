"""The matters of screening fit the purposes, lists and measures they name."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.catalogue import lawbook
from chengxin.rules.lawfiles import AnswerKind, Ground

DAY = date(2026, 11, 20)
MATTERS = lawbook.matters(DAY)


@pytest.mark.parametrize("matter", MATTERS, ids=lambda matter: matter.code)
def test_a_matter_names_only_what_there_is(matter):
    purpose = lawbook.purpose(matter.purpose, DAY)
    measures = {each.code: each for each in lawbook.measures(DAY)}
    items = {each.code for each in lawbook.items()}
    assert purpose.ground is Ground.STATUTE
    assert set(matter.subject_kinds) <= set(purpose.subject_kinds)
    assert set(matter.lists) <= items and set(matter.lists) <= set(purpose.items)
    assert matter.measures and set(matter.measures) <= set(measures)
    assert all(set(matter.subject_kinds) & set(measures[code].subject_kinds) for code in matter.measures)


@pytest.mark.parametrize(
    "purpose", [each for each in lawbook.purposes(DAY) if each.matters], ids=lambda each: each.code
)
def test_a_purpose_is_bound_to_matters_that_are_its_own(purpose):
    own = {each.code for each in MATTERS if each.purpose == purpose.code}
    assert set(purpose.matters) <= own and purpose.ground is Ground.STATUTE


def test_every_kind_of_least_answer_has_a_purpose():
    assert {each.answer for each in lawbook.purposes(DAY)} == set(AnswerKind)


def test_codes_do_not_repeat_and_an_unknown_one_is_refused():
    assert len({each.code for each in MATTERS}) == len(MATTERS) >= 5
    with pytest.raises(lawbook.NoSuchMatter):
        lawbook.matter("weather", DAY)
    assert not lawbook.matters(date(2023, 12, 31))


def test_a_code_of_a_hall_belongs_to_one_matter():
    codes = [code for matter in MATTERS for code in matter.codes]
    assert len(codes) == len(set(codes)) and not set(codes) & {matter.code for matter in MATTERS}
    assert lawbook.matter_called(["", MATTERS[0].code], DAY) == MATTERS[0]
    assert lawbook.matter_called(["nobody's"], DAY) is None
