"""Who may take which step of a change, and what must be there first. The catalogue is one for the whole platform."""

from __future__ import annotations

from datetime import date

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission, Role
from chengxin.catalogue.models import Change, ChangeComment
from chengxin.rules.reach import WHOLE
from chengxin.rules.workflow import Transition, WorkflowRefusal, find
from chengxin.rules.workflows.catalogue_item import CATALOGUE_ITEM

SYSTEM = "system"
PERMISSION_OF = {
    Role.CENTRE_OPERATOR: Permission.MANAGE_CATALOGUE,
    Role.REVIEWER: Permission.CHECK_CATALOGUE,
    Role.DECIDER: Permission.APPROVE_CATALOGUE,
}
DESK = tuple(PERMISSION_OF.values())


def role_in(state: str, action: str) -> str:
    """Return the one role that the table gives an action in a state; a state without the action gives none."""
    return next((r for s in CATALOGUE_ITEM.leaving(state) if s.action == action for r in sorted(s.roles)), "")


def check_step(
    change: Change, action: str, actor: User | None, *, today: date, reason: str = "", impact_seen: bool = False
) -> Transition:
    """Return the step an actor (None: the platform) may take now; raises NotPermitted or the table's own refusal."""
    role = role_in(change.state, action) or SYSTEM
    if actor is None:
        role = SYSTEM
    elif role != SYSTEM:
        check_may(actor, PERMISSION_OF[Role(role)], WHOLE)
    elif action in ("start", "retire", "comment"):
        role = ""
    return find(CATALOGUE_ITEM, change.state, action, role, _met(change, actor, today, reason, impact_seen))


def refusal(change: Change, action: str, actor: User, *, today: date) -> WorkflowRefusal | None:
    """Return why an actor cannot take a step now although the form would be filled in; None when they can."""
    try:
        check_step(change, action, actor, today=today, reason="-", impact_seen=True)
    except WorkflowRefusal as why:
        return why
    return None


def _met(change: Change, actor: User | None, today: date, reason: str, impact_seen: bool) -> set[str]:
    by = actor.pk if actor else None
    held = {
        "own_draft": by == change.author_id,
        "not_author": by != change.author_id,
        "not_checker": change.checker_id is None or by != change.checker_id,
        "reason": bool(reason.strip()),
        "answer": bool(reason.strip()),
        "comments_answered": not ChangeComment.objects.filter(change=change, answered_at=None).exists(),
        "comment_over": _over(change, today),
        "impact_seen": impact_seen,
        "day_come": change.since <= today,
    }
    return {need for need, holds in held.items() if holds}


def _over(change: Change, today: date) -> bool:
    """Tell whether the last day for comments is behind; a period of no days is over on the day it begins."""
    if change.comment_from is None or change.comment_until is None:
        return False
    return today > change.comment_until or change.comment_until == change.comment_from
