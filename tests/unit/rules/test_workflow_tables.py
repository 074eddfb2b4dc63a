"""The procedure tables themselves: every state × every action × every role, and what the law asks of the paths."""

from __future__ import annotations

import itertools

import pytest

from chengxin.rules import workflow as w
from chengxin.rules.workflow import Workflow
from chengxin.rules.workflow_words import NEEDS, ROLES, role_names
from chengxin.rules.workflows.bankruptcy import BANKRUPTCY
from chengxin.rules.workflows.objection import OBJECTION, OUTCOMES
from chengxin.rules.workflows.restoration import RESTORATION

TABLES = pytest.mark.parametrize("table", [OBJECTION, RESTORATION, BANKRUPTCY], ids=lambda table: table.name)
APPLICANTS = {"citizen", "organisation_representative"}

# Written out a second time on purpose: a change of a table must be made knowingly, here and there.
OBJECTION_PATHS = """
filed accept accepted centre_operator | filed refuse refused centre_operator | filed withdraw withdrawn APPLICANT
accepted forward with_provider centre_operator | accepted propose proposed reviewer
accepted withdraw withdrawn APPLICANT
with_provider answer answered source_clerk | with_provider lapse answered system
with_provider withdraw withdrawn APPLICANT
answered forward with_provider centre_operator | answered propose proposed reviewer
answered withdraw withdrawn APPLICANT
proposed decide decided decider | proposed return answered decider | decided close closed centre_operator,system
filed lose_object record_withdrawn system | accepted lose_object record_withdrawn system
with_provider lose_object record_withdrawn system | answered lose_object record_withdrawn system
proposed lose_object record_withdrawn system | record_withdrawn contest contested APPLICANT
closed contest contested APPLICANT | refused contest contested APPLICANT
contested propose contest_proposed reviewer | contested withdraw ended APPLICANT
contest_proposed decide contest_decided decider | contest_proposed return contested decider
contest_decided close ended centre_operator,system
"""
RESTORATION_PATHS = """
submitted push pushed centre_operator,system | submitted ask_completion incomplete centre_operator
submitted withdraw withdrawn APPLICANT | incomplete complete submitted APPLICANT
incomplete withdraw withdrawn APPLICANT
pushed accept accepted source_clerk | pushed refuse refused source_clerk | pushed withdraw withdrawn APPLICANT
accepted verify verifying source_clerk | accepted withdraw withdrawn APPLICANT
verifying extend verifying_further source_clerk | verifying propose proposed reviewer
verifying withdraw withdrawn APPLICANT
verifying_further propose proposed reviewer | verifying_further withdraw withdrawn APPLICANT
proposed approve approved decider | proposed deny denied decider | proposed return verifying_further decider
submitted lose_object record_withdrawn system | incomplete lose_object record_withdrawn system
pushed lose_object record_withdrawn system | accepted lose_object record_withdrawn system
verifying lose_object record_withdrawn system | verifying_further lose_object record_withdrawn system
proposed lose_object record_withdrawn system
approved execute executed centre_operator,system | executed close closed centre_operator,system
executed doubt false_material reviewer | closed doubt false_material reviewer
false_material speak false_material APPLICANT
false_material cancel cancelled decider | false_material dismiss closed decider
"""

BANKRUPTCY_PATHS = """
submitted propose proposed reviewer | submitted refuse refused centre_operator | submitted withdraw withdrawn APPLICANT
proposed shield shielded decider | proposed return submitted decider
shielded report performed APPLICANT | shielded fail failing reviewer
performed confirm repair_proposed reviewer | performed doubt shielded reviewer | performed fail failing reviewer
repair_proposed repair repaired decider | repair_proposed return performed decider
failing speak failing APPLICANT
failing resume resumed decider | failing dismiss shielded decider
"""


def _expected(paths: str) -> dict[tuple[str, str, str], str]:
    expected = {}
    for line in paths.replace("|", "\n").split("\n"):
        if words := line.split():
            state, action, target, roles = words
            for role in APPLICANTS if roles == "APPLICANT" else roles.split(","):
                expected[state, action, role] = target
    return expected


@pytest.mark.parametrize(
    ("table", "paths"),
    [(OBJECTION, OBJECTION_PATHS), (RESTORATION, RESTORATION_PATHS), (BANKRUPTCY, BANKRUPTCY_PATHS)],
    ids=lambda each: getattr(each, "name", ""),
)
def test_every_state_and_action_and_role(table: Workflow, paths: str) -> None:
    expected = _expected(paths)
    states = [state.code for state in table.states]
    actions = sorted({step.action for step in table.transitions})
    for state, action, role in itertools.product(states, actions, ROLES):
        if target := expected.pop((state, action, role), None):
            assert w.next_state(table, state, action, role) == target
        else:
            with pytest.raises((w.NotInThisState, w.NotThisRole)):
                w.next_state(table, state, action, role)
    assert not expected


@TABLES
def test_the_tables_are_sound(table: Workflow) -> None:
    assert w.check(table, roles=ROLES, needs=NEEDS) == ()


@TABLES
def test_only_the_decider_decides_and_never_proposes(table: Workflow) -> None:
    for step in table.transitions:
        if "other_person" in step.needs:
            assert step.roles == {"decider"}
        if step.action in {"propose", "doubt"}:
            assert step.roles == {"reviewer"}


@TABLES
def test_enquirers_and_auditors_never_move_a_case(table: Workflow) -> None:
    assert not any(step.roles & {"enquirer", "auditor"} for step in table.transitions)


@TABLES
def test_whoever_says_no_states_the_reason_and_the_remedy(table: Workflow) -> None:
    for step in table.transitions:
        if step.action in {"refuse", "deny", "cancel", "decide"}:
            assert {"reason", "remedy"} <= set(step.needs)


@TABLES
def test_the_applicant_can_withdraw_until_a_proposal_is_made(table: Workflow) -> None:
    before = w.reachable(table, [table.initial]) - w.reachable(table, ["proposed"])
    for state in before:
        if not table.state(state).final:
            assert any(step.action == "withdraw" for step in w.actions_for(table, state, "citizen")), state


@TABLES
def test_a_diagram_names_every_state_and_step(table: Workflow) -> None:
    text = w.diagram(table, roles=role_names())
    assert all(f'"{state.zh}" as {state.code}' in text for state in table.states)
    assert text.count("-->") == len(table.transitions) + 1 + sum(state.final for state in table.states)


@TABLES
def test_everything_has_a_name_in_both_languages(table: Workflow) -> None:
    assert all(item.zh and item.en for item in (*table.states, *table.transitions))


def test_an_objection_can_be_contested_once() -> None:
    after = w.reachable(OBJECTION, ["contested"])
    assert not any(step.action == "contest" for state in after for step in OBJECTION.leaving(state))


def test_a_restoration_can_be_prolonged_once() -> None:
    after = w.reachable(RESTORATION, ["verifying_further"])
    assert not any(step.action == "extend" for state in after for step in RESTORATION.leaving(state))


def test_no_decision_without_a_proposal() -> None:
    for table, decided in ((OBJECTION, "decided"), (RESTORATION, "approved"), (RESTORATION, "denied")):
        into = [step for step in table.transitions if step.target == decided]
        assert into and all(step.source == "proposed" for step in into)


def test_restoration_is_carried_out_only_with_all_receipts() -> None:
    with pytest.raises(w.NeedsUnmet):
        w.next_state(RESTORATION, "approved", "execute", "centre_operator", met={"reason"})
    assert w.next_state(RESTORATION, "approved", "execute", "centre_operator", met={"receipts"}) == "executed"


def test_an_objection_ends_in_one_of_seven_outcomes() -> None:
    assert set(OUTCOMES) == {
        "corrected", "deleted", "supplemented", "disclosure_stopped", "delisted", "upheld", "unclear",
    }  # fmt: skip
