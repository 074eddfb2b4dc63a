"""C25: reviewer and decider are different people; nobody handles their own file or a dispute with their own unit."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import DatabaseError, transaction
from tests import factories
from tests.factories import NOW, TODAY
from tests.stages import Stage, answered, objected, proposed, stage, take, verified

from chengxin.accounts.models import RoleAssignment, User
from chengxin.accounts.roles import Role
from chengxin.cases.models import Case
from chengxin.cases.policies import OwnMatter, SamePerson
from chengxin.registry.subjects import give_mandate, register_organisation

pytestmark = pytest.mark.django_db
OFFICE = (Role.CENTRE_OPERATOR, Role.REVIEWER, Role.DECIDER)


@pytest.fixture
def s() -> Stage:
    return stage()


def ready_for(s: Stage, role: Role) -> tuple[Case, str, dict[str, str]]:
    """Return a case at the point where this role has a step, that step and its fields."""
    if role == Role.CENTRE_OPERATOR:
        return objected(s), "accept", {}
    if role == Role.REVIEWER:
        return answered(s), "propose", {"outcome": "upheld", "note": "核查无误"}
    return proposed(s, "upheld"), "decide", {"note": "同意"}


def unit_of(s: Stage) -> User:
    return factories.user("insider", *OFFICE, of=s.source)


def applicant(s: Stage) -> User:
    RoleAssignment.objects.bulk_create(RoleAssignment(user=s.applicant, role=role.value) for role in OFFICE)
    return s.applicant


def representative(s: Stage) -> User:
    colleague = factories.user("colleague", *OFFICE)
    give_mandate(colleague, s.subject, NOW)
    return colleague


def officer_of_the_subject(s: Stage) -> User:
    """An agency can itself be a subject; its officers do not handle its file."""
    unit = factories.agency(factories.FIRM)
    assert register_organisation(factories.FIRM, "栖云望舒食品有限公司", today=TODAY, now=NOW) == s.subject
    return factories.user("own_unit", *OFFICE, of=unit)


CONFLICTS = {"own unit in dispute": unit_of, "own application": applicant, "own mandate": representative,
             "own unit's file": officer_of_the_subject}  # fmt: skip


@pytest.mark.parametrize(("conflict", "role"), list(product(CONFLICTS, OFFICE)))
def test_nobody_takes_an_officers_step_in_their_own_matter(s, conflict, role):
    case, action, fields = ready_for(s, role)
    actor = CONFLICTS[conflict](s)
    with pytest.raises(OwnMatter):
        take(case, action, actor, **fields)
    assert Case.objects.get(pk=case.pk).state == case.state
    free = {Role.CENTRE_OPERATOR: s.centre, Role.REVIEWER: s.reviewer, Role.DECIDER: s.decider}[role]
    assert take(case, action, free, **fields).state != case.state


def test_who_reviewed_does_not_decide_however_the_roles_are_given(s):
    case = proposed(s, "upheld")
    RoleAssignment.objects.create(user=s.reviewer, role=Role.DECIDER.value)
    with pytest.raises(SamePerson):
        take(case, "decide", s.reviewer, note="同意")


def test_who_sent_it_back_as_decider_does_not_review(s):
    case = proposed(s, "upheld")
    take(case, "return", s.decider, note="补充理由")
    RoleAssignment.objects.create(user=s.decider, role=Role.REVIEWER.value)
    with pytest.raises(SamePerson):
        take(case, "propose", s.decider, outcome="upheld", note="我来")


def test_two_people_for_restoration_too(s):
    case = take(verified(s), "propose", s.reviewer, outcome="approved", note="条件满足")
    RoleAssignment.objects.create(user=s.reviewer, role=Role.DECIDER.value)
    with pytest.raises(SamePerson):
        take(case, "approve", s.reviewer, note="同意")


def test_the_database_holds_it_too(s):
    case = proposed(s, "upheld")
    for wrong in ({"decider": s.reviewer}, {"decider": s.applicant}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**wrong)


def test_the_source_clerk_does_not_answer_an_objection_to_their_own_record(s):
    case = objected(s)
    take(case, "accept", s.centre)
    take(case, "forward", s.centre)
    give_mandate(s.clerk, s.subject, NOW)
    with pytest.raises(OwnMatter):
        take(case, "answer", s.clerk, stands="yes", note="无误")
