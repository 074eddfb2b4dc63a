"""Changing the catalogue: drafted, checked, open to comment, approved, in force; each step leaves its leaf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import comment_notices, freshness, lawbook
from chengxin.catalogue.change_policies import check_step, role_in
from chengxin.catalogue.models import DESK, Change, ChangeStep
from chengxin.catalogue.selectors import NoItemInForce, definition_of, version_in_force
from chengxin.catalogue.services import add_version
from chengxin.ledger import services as ledger
from chengxin.rules import catalogue_changes as rules
from chengxin.rules.catalogue_changes import ChangeDoesNotFit, LayoutChange, Proposal, Retirement
from chengxin.rules.catalogue_items import ItemDefinition
from chengxin.rules.errors import Refusal
from chengxin.rules.own_tables import check_columns
from chengxin.rules.reach import WHOLE
from chengxin.rules.workflows.catalogue_item import CATALOGUE_ITEM

COMMENT_DAYS = "catalogue.comment_days"
ONE_DAY = timedelta(days=1)


class NoSuchChange(Refusal):
    """There is no change with that number or id."""

    code = "no_such_change"


class TooEarly(Refusal):
    """A change would come into force before its procedure can be over."""

    code = "change_too_early"


class ChangedMeanwhile(Refusal):
    """Somebody took a step since the page was opened."""

    code = "change_moved_on"


@transaction.atomic
def propose(content: Mapping[str, Any], why: str, *, actor: User, now: datetime, today: date) -> Change:
    """Draft a change and return it; raises NotPermitted, LawFileFault, UnlawfulItem, ChangeDoesNotFit, TooEarly."""
    check_may(actor, Permission.MANAGE_CATALOGUE, WHOLE)
    proposal = examined(content, today)
    number = (Change.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    change = Change(number=number, state=CATALOGUE_ITEM.initial, author=actor, proposed_at=now)
    _write(change, content, proposal, why)
    change.save(force_insert=True)
    _told(change, "propose", actor, why, now)
    return change


@transaction.atomic
def revise(change_id: UUID, content: Mapping[str, Any], why: str, *, actor: User, now: datetime, today: date) -> Change:
    """Write a draft anew; raises as ``propose`` and ``act`` do."""
    change = _locked(change_id)
    check_step(change, "revise", actor, today=today, reason=why)
    _write(change, content, examined(content, today), why)
    return _moved(change, "revise", actor, why, now)


def examined(content: Mapping[str, Any], today: date) -> Proposal:
    """Read a change and hold it to the law, to the tables there are, and to the calendar of its own procedure."""
    proposal = rules.read_proposal(content, lawbook.province())
    rules.check_allowed(proposal, lawbook.prohibited())
    if isinstance(proposal, LayoutChange):
        rules.check_layout(lawbook.layout(proposal.layout, proposal.since), proposal)
    elif isinstance(proposal, Retirement):
        _check_retirable(proposal)
    else:
        _check_table(proposal)
    _check_time(proposal, today)
    return proposal


def _check_table(proposal: ItemDefinition) -> None:
    """Raise NoSuchLayout, or ChangeDoesNotFit for columns that do not fit the table or those the item has."""
    base = lawbook.base_table(proposal.layout, proposal.since)
    if proposal.columns and proposal.table in map(str.casefold, lawbook.layouts()):
        raise ChangeDoesNotFit(
            f"已有一张报送表格叫“{proposal.code}”，有列的目录项不能用这个代码。请换一个代码。",
            f"A table is called {proposal.code} already, so an item with columns cannot be. Choose another code.",
        )
    try:
        before = definition_of(version_in_force(proposal.code, proposal.since - ONE_DAY)).columns
    except NoItemInForce:
        before = ()
    check_columns(proposal, base, before)


def _check_retirable(proposal: Retirement) -> None:
    """Raise NoItemInForce, or TooEarly for an item that has not begun by the day on which it would end."""
    version = version_in_force(proposal.code, proposal.since)
    if version.in_force_from >= proposal.since:
        raise TooEarly(
            f"目录项 {proposal.code} 自 {version.in_force_from} 起才生效，停用日须晚于该日。",
            f"Item {proposal.code} is in force from {version.in_force_from} only; it can end after that day.",
        )


def _check_time(proposal: Proposal, today: date) -> None:
    days = comment_days(proposal, today)
    # The last day for comments is a full day: only on the next one can it be approved, and never for the past.
    earliest = today + timedelta(days=days + 1) if days else today
    if proposal.since < earliest:
        raise TooEarly(
            f"生效日不得早于 {earliest.isoformat()}：征求意见期满以前不能生效，也不能溯及既往。请改晚生效日。",
            f"It can be in force from {earliest.isoformat()} at the earliest: not before the comment period is over, "
            "and never for the past. Choose a later day.",
        )


def comment_days(proposal: Proposal, today: date) -> int:
    """Return how many days a change is open to comment: none when it only gives a column another name."""
    return lawbook.current().integer(COMMENT_DAYS, today) if rules.needs_comments(proposal) else 0


def _write(change: Change, content: Mapping[str, Any], proposal: Proposal, why: str) -> None:
    change.kind = next(iter(content))
    change.subject, change.since, change.why = rules.subject_of(proposal), proposal.since, why.strip()
    change.content = plain(content)


def plain(value: Any) -> Any:
    """Return a change as JSON can keep it; dates are written as text and read back by the same reader."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


@transaction.atomic
def act(
    change_id: UUID, action: str, reason: str = "", *, actor: User, now: datetime, today: date,
    version: int | None = None,
) -> Change:  # fmt: skip
    """Take one step that needs no look at the impact; raises NoSuchChange, WorkflowRefusal, NotPermitted."""
    change = _locked(change_id, version)
    check_step(change, action, actor, today=today, reason=reason)
    if action in ("submit", "pass"):  # Days went by at every desk; what can no longer be approved goes back now.
        examined(change.content, today)
    if action == "pass":
        change.checker = actor
        _open_to_comment(change, today)
    moved = _moved(change, action, actor, reason, now)
    if action == "pass" and rules.needs_comments(proposal_of(change)):
        comment_notices.opened(change, now)
    return moved


def approve(
    change_id: UUID, reason: str, impact: Mapping[str, Any], *, actor: User, now: datetime, today: date,
    version: int | None = None,
) -> Change:  # fmt: skip
    """Approve a change whose impact the actor has seen; on its day it is in force at once. Raises as ``act``."""
    with transaction.atomic():
        change = _locked(change_id, version)
        check_step(change, "approve", actor, today=today, reason=reason, impact_seen=True)
        rules.check_allowed(proposal_of(change), lawbook.prohibited())
        if change.since < today:
            raise TooEarly(
                f"生效日 {change.since} 已过，不能溯及既往。请退回修改生效日。",
                f"The day it was to come into force, {change.since}, has passed. Send it back for a later day.",
            )
        change.approver, change.impact = actor, dict(impact)
        _moved(change, "approve", actor, reason, now)
    if change.since <= today:
        start_due(now, today)
        change.refresh_from_db()
    return change


def start_due(now: datetime, today: date) -> int:
    """Put every approved change in force whose day has come, and return how many that were."""
    due = Change.objects.filter(state="approved", since__lte=today).order_by("since", "number")
    started = sum(_start(change_id, now, today) for change_id in due.values_list("id", flat=True))
    if started:
        freshness.refresh()
    return started


@transaction.atomic
def _start(change_id: UUID, now: datetime, today: date) -> int:
    change = _locked(change_id)
    if change.state != "approved":  # Another process was faster.
        return 0
    check_step(change, "start", None, today=today)
    proposal = proposal_of(change)
    if isinstance(proposal, ItemDefinition):
        add_version(proposal, now, DESK)
    elif isinstance(proposal, Retirement):
        _end(proposal, now)
    change.started_at = now
    _replace_earlier(change, proposal, now, today)
    _moved(change, "start", None, "", now)
    return 1


def _end(proposal: Retirement, now: datetime) -> None:
    """Add a version that says the same as the last one and ends the day before; one that ended already stays so."""
    try:
        last = version_in_force(proposal.code, proposal.since - ONE_DAY)
    except NoItemInForce:
        return
    add_version(replace(definition_of(last), until=proposal.since - ONE_DAY), now, DESK)


def _replace_earlier(change: Change, proposal: Proposal, now: datetime, today: date) -> None:
    """End earlier changes of the same item; changes of columns stand beside each other."""
    if isinstance(proposal, LayoutChange):
        return
    earlier = Change.objects.select_for_update().filter(subject=change.subject, state="in_force")
    for each in earlier.exclude(kind=rules.LAYOUT).order_by("number"):
        check_step(each, "retire", None, today=today)
        _moved(each, "retire", None, str(change.number), now)


def proposal_of(change: Change) -> Proposal:
    """Return what a change says."""
    return rules.read_proposal(change.content, lawbook.province())


def _open_to_comment(change: Change, today: date) -> None:
    days = comment_days(proposal_of(change), today)
    change.comment_from, change.comment_until = today, today + timedelta(days=days)


def _locked(change_id: UUID, version: int | None = None) -> Change:
    change = Change.objects.select_for_update().filter(id=change_id).first()
    if change is None:
        raise no_such()
    if version is not None and version != change.version:
        raise ChangedMeanwhile(
            "这件变更刚被别人办理过。请刷新页面，看清后再办。",
            "Somebody took a step on this change a moment ago. Reload the page and look again.",
        )
    return change


def no_such() -> NoSuchChange:
    """Return the refusal for a change that is not there."""
    return NoSuchChange("没有这件目录变更。请从列表中打开。", "There is no such change. Open it from the list.")


def _moved(change: Change, action: str, actor: User | None, reason: str, now: datetime) -> Change:
    role = role_in(change.state, action)
    change.state = next(
        s.target for s in CATALOGUE_ITEM.leaving(change.state) if s.action == action and role in s.roles
    )
    if change.state == "draft":
        change.checker = change.comment_from = change.comment_until = None
    change.version += 1
    change.save()
    _told(change, action, actor, reason, now)
    return change


def _told(change: Change, action: str, actor: User | None, reason: str, now: datetime) -> None:
    """Write the step and its leaf; the leaf commits to what the change said and to why."""
    payload = {
        "change": str(change.id), "by": str(actor.pk) if actor else "", "content": change.content,
        "reason": reason, "impact": change.impact or {},
    }  # fmt: skip
    public = {"act": action, "number": change.number, "subject": change.subject, "state": change.state}
    entry = ledger.append("catalogue.change", payload, now=now, public=public)
    ChangeStep.objects.create(
        change=change, action=action, state=change.state, actor=actor, at=now, reason=reason.strip(),
        content=change.content, entry=entry,
    )  # fmt: skip
