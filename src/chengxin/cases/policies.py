"""Who may act on one case: parties on their own side only, officers never on their own matter (charter C25)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from chengxin.accounts.models import RoleAssignment, User
from chengxin.accounts.roles import ROLE_NAMES, Role
from chengxin.cases import selectors
from chengxin.cases.models import Case, CaseEvent
from chengxin.cases.workflows import workflow_of
from chengxin.rules.errors import Refusal
from chengxin.rules.reach import reaches
from chengxin.rules.workflow import Transition

APPLICANT_ROLES = frozenset({Role.CITIZEN, Role.ORGANISATION_REPRESENTATIVE})
OFFICE_ROLES = frozenset({Role.REVIEWER, Role.DECIDER, Role.CENTRE_OPERATOR})
SYSTEM = "system"
DISPUTES = frozenset({"objection"})
OPPOSITE = {Role.REVIEWER: Role.DECIDER, Role.DECIDER: Role.REVIEWER}


@dataclass(frozen=True)
class Action:
    """One step out of the present state: open to this actor, or with the reason why not."""

    step: Transition
    refusal: Refusal | None

    @property
    def open(self) -> bool:
        """Tell whether the actor may take it."""
        return self.refusal is None


class NotAParty(Refusal):
    """The actor holds the role, but on another side or in no side of this case."""

    code = "not_a_party"


class OwnMatter(Refusal):
    """Nobody handles their own file, or a dispute with the unit they belong to."""

    code = "own_matter"


class SamePerson(Refusal):
    """Reviewer and decider of a case are different people."""

    code = "same_person"


class FirstRound(Refusal):
    """A contest is handled by others than those who handled what is contested."""

    code = "first_round"


class RoleMissing(Refusal):
    """The actor holds none of the roles that may take this step."""

    code = "role_missing"


def roles_for(actor: User, case: Case) -> frozenset[Role]:
    """Return the roles the actor holds in the case's region, whatever side they are on."""
    if not actor.is_active:
        return frozenset()
    held = RoleAssignment.objects.filter(user=actor).values_list("role", "region")
    return frozenset(Role(role) for role, scope in held if reaches(scope, selectors.region_of(case)))


def check_role(actor: User, case: Case, allowed: Collection[str], own_files: Collection[UUID]) -> Role:
    """Return the role in which the actor takes a step open to ``allowed`` roles; raise the reason why not.

    ``own_files`` are the subjects the actor holds a mandate for, known only to rooms above this one.
    """
    refusals: list[Refusal] = []
    for role in sorted(roles_for(actor, case) & _people(allowed)):
        refusal = _objection(actor, case, role, own_files)
        if refusal is None:
            return role
        refusals.append(refusal)
    raise refusals[0] if refusals else _role_missing(allowed)


def can_play(actor: User, case: Case, allowed: Collection[str], own_files: Collection[UUID]) -> bool:
    """Tell whether :func:`check_role` would find a role."""
    try:
        check_role(actor, case, allowed, own_files)
    except Refusal:
        return False
    return True


def needs_met(note: str, data: Mapping[str, Any]) -> frozenset[str]:
    """Return the needs of a step that its note and data themselves satisfy; two people are checked with the role."""
    written = {"answer", "grounds", "reason"} if note.strip() else set()
    given = {name for name in ("outcome", "remedy") if data.get(name)}
    return frozenset({"other_person", *written, *given})


def _people(allowed: Collection[str]) -> frozenset[Role]:
    return frozenset(Role(name) for name in allowed if name != SYSTEM)


def _objection(actor: User, case: Case, role: Role, own_files: Collection[UUID]) -> Refusal | None:
    if role in APPLICANT_ROLES:
        return None if actor.pk == case.applicant_id else _not_a_party()
    if role == Role.SOURCE_CLERK and (case.respondent_id is None or actor.agency_id != case.respondent_id):
        return _not_a_party()
    if role == Role.SOURCE_CLERK and (actor.pk == case.applicant_id or case.subject_ref in own_files):
        return _own_matter()
    if role in OFFICE_ROLES:
        return _conflict(actor, case, own_files) or _first_round(actor, case, role) or _same_person(actor, case, role)
    return None


def _conflict(actor: User, case: Case, own_files: Collection[UUID]) -> Refusal | None:
    # In restoration the authority that made the record decides by law; only a dispute sets its officers aside.
    in_dispute = case.kind in DISPUTES and case.respondent_id is not None
    own_unit = in_dispute and actor.agency_id == case.respondent_id
    own_file = actor.pk == case.applicant_id or case.subject_ref in own_files
    return _own_matter() if own_unit or own_file else None


def _same_person(actor: User, case: Case, role: Role) -> Refusal | None:
    opposite = OPPOSITE.get(role)
    if opposite and CaseEvent.objects.filter(case=case, actor=actor, role=opposite.value).exists():
        return SamePerson(
            "审核人与决定人须为两人；您已在本案中担任另一角色，请交由他人办理。",
            "Reviewer and decider must be two people; you already played the other part here. Hand it to a colleague.",
        )
    return None


def _first_round(actor: User, case: Case, role: Role) -> Refusal | None:
    if role.value not in selectors.HANDLING:
        return None
    before = selectors.first_round(case)
    if actor.pk not in before:
        return None
    if others(case, role, before):
        return FirstRound(
            "复核须由没有参加过初次办理的人员办理；您参加过本件的初次办理，请交由其他人员。",
            "Those who handled the first round may not handle its contest; you did, so hand it to somebody else.",
        )
    name_zh, name_en = ROLE_NAMES[role]
    return FirstRound(
        f"复核须由没有参加过初次办理的人员办理；您参加过本件的初次办理，而现在没有其他{name_zh}可以接手。"
        f"请负责人另行指派一名{name_zh}，期限照常计算。",
        f"Those who handled the first round may not handle its contest; you did, and no other {name_en} is there to "
        f"take it. Ask the head of the unit to appoint one; the time limit goes on running.",
    )


def others(case: Case, role: Role, before: Collection[UUID]) -> bool:
    """Tell whether somebody who was not there before holds a role that reaches this case, the parties left out."""
    held = RoleAssignment.objects.filter(role=role, user__is_active=True).exclude(user__in=[*before, case.applicant_id])
    if case.kind in DISPUTES and case.respondent_id is not None:
        held = held.exclude(user__agency=case.respondent_id)
    return any(reaches(scope, selectors.region_of(case)) for scope in held.values_list("region", flat=True))


def _not_a_party() -> NotAParty:
    return NotAParty(
        "您不是本案的当事方，不能办理此步骤；请由申请人或被异议的信源单位办理。",
        "You are not a party to this case; the applicant or the source agency concerned must take this step.",
    )


def _own_matter() -> OwnMatter:
    return OwnMatter(
        "本案涉及您本人或您所在单位，依规定应当回避；请交由其他人员办理。",
        "This case concerns you or your own unit, so you must stand aside; hand it to somebody else.",
    )


def _role_missing(allowed: Collection[str]) -> RoleMissing:
    names = [ROLE_NAMES[role] for role in sorted(_people(allowed))]
    return RoleMissing(
        f"此步骤由{'、'.join(zh for zh, _ in names) or '系统'}办理，您没有该角色。",
        f"This step belongs to: {', '.join(en for _, en in names) or 'the system'}; you do not hold that role.",
    )


def actions(case: Case, actor: User, own_files: Collection[UUID]) -> list[Action]:
    """Return the steps out of the present state that people take, each open to the actor or with the reason."""
    steps = [step for step in workflow_of(case.kind).leaving(case.state) if step.roles - {SYSTEM}]
    return [Action(step, _refusal(case, actor, step, own_files)) for step in steps]


def _refusal(case: Case, actor: User, step: Transition, own_files: Collection[UUID]) -> Refusal | None:
    try:
        check_role(actor, case, step.roles, own_files)
    except Refusal as refusal:
        return refusal
    return None


def may_see(case: Case, actor: User, own_files: Collection[UUID]) -> bool:
    """Tell whether the actor is a party to the case or an officer with a step somewhere in its workflow."""
    if actor.pk == case.applicant_id or case.subject_ref in own_files:
        return True
    roles = roles_for(actor, case)
    if Role.SOURCE_CLERK in roles and actor.agency_id is not None and actor.agency_id == case.respondent_id:
        return True
    return bool(roles & OFFICE_ROLES)


def visible(actor: User, own_files: Collection[UUID]) -> Q:
    """Match the cases of which :func:`may_see` says yes, for lists: one query, however many cases there are."""
    found = Q(applicant=actor) | Q(subject_ref__in=list(own_files))
    held = RoleAssignment.objects.filter(user=actor, user__is_active=True).values_list("role", "region")
    for role, scope in held:
        if role in OFFICE_ROLES:
            found |= selectors.within(scope)
        elif role == Role.SOURCE_CLERK and actor.agency_id is not None:
            found |= selectors.within(scope) & Q(respondent=actor.agency_id)
    return found
