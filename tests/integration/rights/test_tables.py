"""Every state × every action × every role of both procedures, taken through the services, against the tables."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from tests import factories
from tests.factories import NOW, TODAY
from tests.stages import Stage, stage

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.cases import policies, services
from chengxin.cases.models import Case, CaseEvent
from chengxin.cases.workflows import WORKFLOWS
from chengxin.rights import handling
from chengxin.rules.errors import Refusal
from chengxin.rules.workflow import Workflow
from chengxin.rules.workflow_words import NEEDS

pytestmark = pytest.mark.django_db
OPEN_NEEDS = tuple(NEEDS)


def holder(s: Stage, role: Role) -> User:
    """Return somebody who holds only this role and stands on its side of the case."""
    here = {
        Role.CITIZEN: s.applicant, Role.ORGANISATION_REPRESENTATIVE: s.applicant, Role.SOURCE_CLERK: s.clerk,
        Role.CENTRE_OPERATOR: s.centre, Role.REVIEWER: s.reviewer, Role.DECIDER: s.decider,
    }  # fmt: skip
    return here.get(role) or factories.user(f"only_{role.value}", role)


def case_in(s: Stage, kind: str, state: str) -> Case:
    case = services.open_case(
        kind,
        subject=s.subject.id,
        applicant_mailbox=s.subject.id,
        respondent=s.source,
        actor=s.applicant,
        now=NOW,
        today=TODAY,
        facts={"about": "content"},
    )
    Case.objects.filter(pk=case.pk).update(state=state)
    return case


def allowed(flow: Workflow, state: str, action: str, role: Role) -> str | None:
    """Return where the table leads, told without the code under test."""
    for step in flow.transitions:
        if (step.source, step.action) == (state, action) and role.value in step.roles:
            return step.target
    return None


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_the_services_allow_exactly_what_the_table_allows(kind):
    flow, s = WORKFLOWS[kind], stage()
    # The applicant of this stage is an organisation's representative; the citizen's column is told apart below.
    roles = [role for role in Role if role != Role.CITIZEN]
    actions = sorted({step.action for step in flow.transitions})
    cases = {state.code: case_in(s, kind, state.code) for state in flow.states}
    actors = {role: holder(s, role) for role in roles}
    seen = {"done": 0, "refused": 0}
    for state, action, role in product(cases, actions, roles):
        expected, case = allowed(flow, state, action, role), cases[state]
        before = CaseEvent.objects.filter(case=case).count()
        try:
            moved = services.act(
                case.id, action, actor=actors[role], own_files=(), now=NOW, note="理由", met=OPEN_NEEDS,
                data={"outcome": "x", "remedy": "y"},
            )  # fmt: skip
        except Refusal:
            assert expected is None, (state, action, role)
            assert CaseEvent.objects.filter(case=case).count() == before
            seen["refused"] += 1
            continue
        assert moved.state == expected, (state, action, role)
        seen["done"] += 1
        cases[state] = case_in(s, kind, state)
    by_system = [step for step in flow.transitions if step.roles == {"system"}]
    people = sum(len(step.roles - {"system", "citizen"}) for step in flow.transitions)
    assert seen["done"] == people
    assert sum(seen.values()) == len(flow.states) * len(actions) * len(roles)
    assert len(by_system) < people


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_the_system_takes_exactly_the_steps_the_table_gives_it_and_decides_nothing(kind):
    flow, s = WORKFLOWS[kind], stage()
    for state, action in product([state.code for state in flow.states], {step.action for step in flow.transitions}):
        steps = [t for t in flow.transitions if (t.source, t.action) == (state, action) and "system" in t.roles]
        case = case_in(s, kind, state)
        if steps:
            assert services.act_by_system(case.id, action, now=NOW, met=OPEN_NEEDS).state == steps[0].target
            assert action not in {"propose", "decide", "approve", "deny", "cancel"}
            continue
        with pytest.raises(Refusal):
            services.act_by_system(case.id, action, now=NOW, met=OPEN_NEEDS)


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_no_need_of_a_step_can_be_left_out(kind):
    flow, s = WORKFLOWS[kind], stage()
    from chengxin.rules.workflow import NeedsUnmet

    # These two show in the note and data of the step itself or in who takes it; the others are named by the room above.
    for step in flow.transitions:
        role = Role(sorted(step.roles - {"system"} or {"centre_operator"})[0])
        named = [need for need in step.needs if need in {"deadline_passed", "effects_done", "heard", "materials",
                                                         "receipts", "applicant_told"}]  # fmt: skip
        written = [need for need in step.needs if need in {"reason", "grounds", "answer"}]
        for need in named:
            case = case_in(s, kind, step.source)
            with pytest.raises(NeedsUnmet):
                _take(case, step, holder(s, role), note="理由", met=[n for n in OPEN_NEEDS if n != need])
        for need in written:
            case = case_in(s, kind, step.source)
            with pytest.raises(NeedsUnmet):
                _take(case, step, holder(s, role), note="  ", met=[n for n in OPEN_NEEDS if n != need])


def _take(case: Case, step, actor: User, note: str, met: list[str]) -> Case:
    if step.roles == {"system"}:
        return services.act_by_system(case.id, step.action, now=NOW, note=note, met=met)
    data = {"outcome": "x", "remedy": "y"}
    if actor.username == "applicant":
        Case.objects.filter(pk=case.pk).update(applicant=actor)
    return services.act(case.id, step.action, actor=actor, own_files=(), now=NOW, note=note, met=met, data=data)


def test_a_citizen_takes_the_applicants_steps_on_their_own_case_only():
    s = stage(factories.person())
    case = case_in(s, "objection", "filed")
    other = factories.user("other", Role.CITIZEN)
    with pytest.raises(policies.NotAParty):
        services.act(case.id, "withdraw", actor=other, own_files=(), now=NOW)
    assert services.act(case.id, "withdraw", actor=s.applicant, own_files=(), now=NOW).state == "withdrawn"


def test_every_step_people_take_has_an_entrance_and_its_fields():
    for kind, flow in WORKFLOWS.items():
        steps = {(kind, step.action) for step in flow.transitions if step.roles - {"system"}}
        # Carrying out and closing follow from the decision in its own transaction; nobody presses a button for them.
        by_itself = {(kind, action) for action in ("close", "execute")}
        assert steps - by_itself == {key for key in handling.STEPS if key[0] == kind}
    assert set(handling.FIELDS) == set(handling.STEPS)


def test_unknown_cases_and_steps_are_refused_alike():
    s = stage()
    case = case_in(s, "objection", "filed")
    answers = set()
    for case_id, action in ((case.id, "fly"), (s.record, "accept")):
        with pytest.raises(Refusal) as refused:
            handling.take(case_id, action, actor=s.centre, now=NOW, today=date(2026, 11, 20))
        answers.add(str(refused.value))
    assert len(answers) == 1
