"""Every situation under law/*/cases/ comes out as the lawyer wrote it."""

from pathlib import Path

import pytest
from django.conf import settings

from chengxin.catalogue import lawbook
from chengxin.rules.lawcases import KINDS, Situation, differences, read_situation

SITUATIONS = [read_situation(entry) for entry in lawbook.cases(Path(settings.LAW_DIR))]


@pytest.mark.parametrize("situation", SITUATIONS, ids=[f"{each.kind}: {each.title}" for each in SITUATIONS])
def test_situation(situation: Situation) -> None:
    assert differences(situation, lawbook.current(), lawbook.calendar()) == []


def test_every_kind_of_situation_is_written_down() -> None:
    assert {each.kind for each in SITUATIONS} == set(KINDS)


def test_every_length_of_time_in_the_law_has_a_situation() -> None:
    timed = {value.key for value in lawbook.current() if value.unit in ("workday", "day")}
    covered = {str(each.facts.get("key")) for each in SITUATIONS}
    # The daily duty to share is no time limit of a case; the room that shares is tested on it.
    assert timed - covered == {"repair.sync_days"}


def test_a_wrong_expectation_is_reported() -> None:
    """The runner itself can fail: a changed expectation gives a difference."""
    right = next(each for each in SITUATIONS if each.kind == "deadline")
    wrong = Situation(right.kind, right.title, right.facts, {"due_on": right.facts["start"]}, right.basis, right.where)
    assert differences(wrong, lawbook.current(), lawbook.calendar())
