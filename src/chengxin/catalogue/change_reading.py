"""Reading changes of the catalogue: lists, one with its history, and what each would alter in words of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.accounts.policies import NotPermitted, can_may
from chengxin.catalogue import change_policies, changes, lawbook, selectors
from chengxin.catalogue.models import Change, ChangeStep
from chengxin.catalogue.selectors import NoItemInForce, version_in_force
from chengxin.catalogue.services import as_json
from chengxin.rules.catalogue_changes import Difference, LayoutChange, Retirement, differences
from chengxin.rules.errors import Refusal
from chengxin.rules.reach import WHOLE
from chengxin.rules.workflow import State, Transition
from chengxin.rules.workflows.catalogue_item import CATALOGUE_ITEM

BY_HAND = ("submit", "pass", "note", "approve", "return", "discard")


@dataclass(frozen=True, slots=True)
class Possible:
    """A step that leads on from here; ``refusal`` says why this actor cannot take it now."""

    step: Transition
    refusal: Refusal | None


def change(change_id: UUID) -> Change:
    """Return one change; raises NoSuchChange."""
    found = Change.objects.select_related("author", "checker", "approver").filter(id=change_id).first()
    if found is None:
        raise changes.no_such()
    return found


def numbered(number: int) -> Change:
    """Return the change with a number; raises NoSuchChange."""
    found = Change.objects.filter(number=number).first()
    if found is None:
        raise changes.no_such()
    return found


def listed(state: str = "") -> list[Change]:
    """Return all changes, or those in a state, the newest first."""
    found = Change.objects.select_related("author").order_by("-number")
    return list(found.filter(state=state) if state else found)


def counts() -> list[tuple[State, int]]:
    """Return every state with the number of changes in it."""
    states = list(Change.objects.values_list("state", flat=True))
    return [(state, states.count(state.code)) for state in CATALOGUE_ITEM.states]


def open_to_comment(today: date) -> list[Change]:
    """Return the changes that anybody may comment on today, those that close first before the others."""
    found = Change.objects.filter(state="comment", comment_until__gte=today).order_by("comment_until", "number")
    return list(found)


def steps(found: Change) -> list[ChangeStep]:
    """Return the history of a change, oldest first."""
    return list(ChangeStep.objects.filter(change=found).select_related("actor", "entry").order_by("id"))


def may_enter(user: User) -> bool:
    """Tell whether a user has any part in changing the catalogue, which is one for the whole platform."""
    return any(can_may(user, permission, WHOLE) for permission in change_policies.DESK)


def possible(found: Change, actor: User, today: date) -> list[Possible]:
    """Return the steps by hand that the table knows in this state, with the refusal where this actor cannot."""
    leaving = [step for step in CATALOGUE_ITEM.leaving(found.state) if step.action in BY_HAND]
    return [Possible(step, _refusal(found, step.action, actor, today)) for step in leaving]


def _refusal(found: Change, action: str, actor: User, today: date) -> Refusal | None:
    try:
        return change_policies.refusal(found, action, actor, today=today)
    except NotPermitted as refused:
        return refused


def altered(found: Change, today: date) -> tuple[Difference, ...]:
    """Return what a change alters against what is in force today; raises what reading it raises."""
    proposal = changes.proposal_of(found)
    if isinstance(proposal, LayoutChange):
        return _column(proposal, found, today)
    if isinstance(proposal, Retirement):
        return (Difference("in_force_until", None, (proposal.since - changes.ONE_DAY).isoformat()),)
    return differences(_in_force(proposal.code, today), as_json(proposal))


def _in_force(code: str, today: date) -> dict[str, object] | None:
    try:
        return as_json(selectors.definition_of(version_in_force(code, today)))
    except NoItemInForce:
        return None


def _column(proposal: LayoutChange, found: Change, today: date) -> tuple[Difference, ...]:
    """Return the heading before and after; once it is in force, the history tells what was there before."""
    layout = lawbook.layout(proposal.layout, today)
    known = proposal.field in layout.codes and proposal.added is None
    before = layout.get(proposal.field).zh if known and found.started_at is None else None
    after = proposal.heading or None
    return (Difference(proposal.operation.value, before, after),)
