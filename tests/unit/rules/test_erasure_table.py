"""The table of erasure and freezing, written out a second time, and what the law asks of its paths."""

from __future__ import annotations

import itertools

import pytest
from tests.unit.rules.test_workflow_tables import _expected

from chengxin.rules import workflow as w
from chengxin.rules.workflow_words import NEEDS, ROLES
from chengxin.rules.workflows.erasure import ERASURE

PATHS = """
filed propose proposed reviewer | filed withdraw withdrawn APPLICANT
proposed approve approved decider | proposed freeze frozen decider | proposed refuse refused decider
proposed return filed decider | approved execute erased system | frozen expire erased system
refused contest contested APPLICANT | contested propose contest_proposed reviewer | contested withdraw kept APPLICANT
contest_proposed approve approved decider | contest_proposed freeze frozen decider
contest_proposed refuse kept decider | contest_proposed return contested decider
"""


def test_every_state_and_action_and_role() -> None:
    expected = _expected(PATHS)
    states, actions = [state.code for state in ERASURE.states], sorted({step.action for step in ERASURE.transitions})
    for state, action, role in itertools.product(states, actions, ROLES):
        if target := expected.pop((state, action, role), None):
            assert w.next_state(ERASURE, state, action, role) == target
        else:
            with pytest.raises((w.NotInThisState, w.NotThisRole)):
                w.next_state(ERASURE, state, action, role)
    assert not expected


def test_the_table_is_sound_and_named_in_both_languages() -> None:
    assert w.check(ERASURE, roles=ROLES, needs=NEEDS) == ()
    assert all(item.zh and item.en for item in (*ERASURE.states, *ERASURE.transitions))


def test_nothing_is_erased_without_a_decision_of_two_people_or_the_proof_that_it_is_gone() -> None:
    into = [step for step in ERASURE.transitions if step.target == "erased"]
    assert {step.source for step in into} == {"approved", "frozen"}
    assert all("key_destroyed" in step.needs for step in into)
    for step in ERASURE.transitions:
        if step.target in {"approved", "frozen", "refused"}:
            assert step.roles == {"decider"} and {"reason", "remedy", "other_person"} <= set(step.needs)


def test_what_is_erased_stays_erased_and_a_refusal_is_contested_once() -> None:
    assert ERASURE.leaving("erased") == ()
    after = w.reachable(ERASURE, ["contested"])
    assert not any(step.action == "contest" for state in after for step in ERASURE.leaving(state))
