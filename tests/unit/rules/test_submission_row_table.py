"""The table of a row's life, written out a second time, and what must never follow from it."""

from __future__ import annotations

import itertools

import pytest
from tests.unit.rules.test_workflow_tables import _expected

from chengxin.intake.models import RowState
from chengxin.rules import workflow as w
from chengxin.rules.workflow_words import NEEDS, ROLES
from chengxin.rules.workflows.submission_row import SUBMISSION_ROW

PATHS = """
received pass valid system | received return returned system
valid admit admitted system | valid ask waiting system | valid recognise duplicate system | valid return returned system
waiting same valid centre_operator | waiting other returned centre_operator
waiting retract retracted source_clerk
returned correct corrected source_clerk | returned mend mended source_clerk
admitted withdraw withdrawn source_clerk | corrected withdraw withdrawn source_clerk
withdrawn reinstate admitted source_clerk
"""


def test_every_state_and_action_and_role() -> None:
    expected, table = _expected(PATHS), SUBMISSION_ROW
    states, actions = [state.code for state in table.states], sorted({step.action for step in table.transitions})
    for state, action, role in itertools.product(states, actions, ROLES):
        if target := expected.pop((state, action, role), None):
            assert w.next_state(table, state, action, role) == target
        else:
            with pytest.raises((w.NotInThisState, w.NotThisRole)):
                w.next_state(table, state, action, role)
    assert not expected


def test_the_table_is_sound_and_named_in_both_languages() -> None:
    assert w.check(SUBMISSION_ROW, roles=ROLES, needs=NEEDS) == ()
    assert all(item.zh and item.en for item in (*SUBMISSION_ROW.states, *SUBMISSION_ROW.transitions))


def test_what_is_written_down_is_what_the_table_knows() -> None:
    written = {state.value for state in RowState}
    assert written == {state.code for state in SUBMISSION_ROW.states} - {"received"}
    assert {state.zh for state in SUBMISSION_ROW.states if state.code in written} == {s.label for s in RowState}


def test_only_the_source_takes_back_or_changes_what_stands() -> None:
    after = [step for step in SUBMISSION_ROW.transitions if step.source in {"admitted", "corrected", "withdrawn"}]
    assert after
    assert all(step.roles == {"source_clerk"} and "reason" in step.needs for step in after)


def test_what_never_was_a_record_is_never_reinstated() -> None:
    assert not [step for step in SUBMISSION_ROW.transitions if step.source == "retracted"]


def test_nothing_stands_that_no_check_has_passed() -> None:
    into = {step.source for step in SUBMISSION_ROW.transitions if step.target == "admitted"}
    assert into == {"valid", "withdrawn"}
