"""The table of changes of the catalogue, written out a second time, and what two-person rules ask of its paths."""

from __future__ import annotations

import itertools

import pytest
from tests.unit.rules.test_workflow_tables import _expected

from chengxin.rules import workflow as w
from chengxin.rules.workflow_words import NEEDS, ROLES
from chengxin.rules.workflows.catalogue_item import CATALOGUE_ITEM

PATHS = """
draft revise draft centre_operator | draft submit legal_check centre_operator
draft discard discarded centre_operator | legal_check pass comment reviewer | legal_check return draft reviewer
comment note comment centre_operator | comment comment comment system | comment answer comment centre_operator
comment approve approved decider | comment return draft decider
approved discard discarded decider | approved start in_force system | in_force retire retired system
"""


def test_every_state_and_action_and_role() -> None:
    expected = _expected(PATHS)
    states = [state.code for state in CATALOGUE_ITEM.states]
    actions = sorted({step.action for step in CATALOGUE_ITEM.transitions})
    for state, action, role in itertools.product(states, actions, ROLES):
        if target := expected.pop((state, action, role), None):
            assert w.next_state(CATALOGUE_ITEM, state, action, role) == target
        else:
            with pytest.raises((w.NotInThisState, w.NotThisRole)):
                w.next_state(CATALOGUE_ITEM, state, action, role)
    assert not expected


def test_the_table_is_sound_and_named_in_both_languages() -> None:
    assert w.check(CATALOGUE_ITEM, roles=ROLES, needs=NEEDS) == ()
    assert all(item.zh and item.en for item in (*CATALOGUE_ITEM.states, *CATALOGUE_ITEM.transitions))


def test_nothing_comes_into_force_without_three_people_the_comments_and_the_impact() -> None:
    into = [step for step in CATALOGUE_ITEM.transitions if step.target == "approved"]
    assert [step.source for step in into] == ["comment"]
    assert {"not_author", "not_checker", "comment_over", "comments_answered", "impact_seen", "reason"} <= set(
        into[0].needs
    )
    checked = [step for step in CATALOGUE_ITEM.transitions if step.target == "comment" and step.source != "comment"]
    assert [(step.source, "not_author" in step.needs) for step in checked] == [("legal_check", True)]
    assert [step.source for step in CATALOGUE_ITEM.transitions if step.target == "in_force"] == ["approved"]
