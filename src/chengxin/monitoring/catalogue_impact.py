"""目录变更的影响: what a change moves in every room, counted once in a while, shown with its time, and approved on.

The register tells of records and pages, the feed of withdrawals and recipients, intake of duties: only this room sees
all three.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.catalogue import change_reading, changes
from chengxin.catalogue.change_policies import check_step
from chengxin.catalogue.models import Change
from chengxin.disclosure import catalogue_moves
from chengxin.intake.quality import months
from chengxin.monitoring.models import ImpactShown
from chengxin.registry import catalogue_impact
from chengxin.registry.catalogue_impact import Affected
from chengxin.rules import impact, quality
from chengxin.rules.catalogue_changes import Retirement
from chengxin.rules.errors import Refusal

FRESH = timedelta(minutes=5)
"""How long one count is shown to whoever opens the page; a large register is not counted for every look."""


class ImpactMoved(Refusal):
    """What a change moves is no longer what the approver saw."""

    code = "impact_moved"


def shown(change: Change, *, now: datetime, today: date, anew: bool = False) -> ImpactShown:
    """Return what a change would move, counted within the last minutes or now; raises what reading it raises."""
    standing = ImpactShown.objects.filter(change=change, version=change.version).order_by("-taken_at").first()
    if standing is not None and not anew and timedelta(0) <= now - standing.taken_at <= FRESH:
        return standing
    taken = ImpactShown.objects.create(
        change=change, version=change.version, content=count(change, today), taken_at=now
    )
    ImpactShown.objects.filter(change=change, taken_at__lt=now - impact.HOLDS).delete()
    return taken


def count(change: Change, today: date) -> dict[str, Any]:
    """Count what a change would move if it were in force today, as plain data: the register's part and the others'."""
    told = catalogue_moves.foresee(change, today)
    outside = {"feed": asdict(told), "duties": _duties(change)}
    return catalogue_impact.preview(change, today).stored() | outside


def newest(change: Change, today: date) -> list[Affected]:
    """Return the newest records a change reaches, for the officers who judge it; nothing personal is in them."""
    return catalogue_impact.newest(change, today)


def approve(
    change_id: UUID, reason: str, seen: str, *, actor: User, now: datetime, today: date, version: int | None = None
) -> Change:
    """Approve a change on the impact that was shown, ``seen`` being its number.

    Raises ImpactMoved when it was shown more than an hour ago, or when items, or what becomes of records, moved by more
    than one percent since; before that whatever else stands against this actor's approval.
    """
    change = change_reading.change(change_id)
    check_step(change, "approve", actor, today=today, reason=reason, impact_seen=True)
    looked = _looked(change, seen)
    if looked is None or impact.too_old(looked.taken_at, now):
        raise ImpactMoved(
            "请先看过当前的影响再批准：所看的影响不是这件变更现在的内容，或者已超过一小时。",
            "Look at the impact as it is before you approve: what you saw was of another draft, or more than an hour "
            "ago.",
        )
    if impact.moved(looked.content, count(change, today)):
        raise ImpactMoved(
            "影响与您看到的不同：目录项，或者不再公示、重新公示、期限不同、该列已有内容的记录，变动超过百分之一。请重新核对影响后再批准。",
            "What the change moves is not what you saw: its items, or the records hidden, shown again, emptied, with "
            "other periods or filled moved by more than one percent. Look at the impact again, then approve.",
        )
    kept = looked.content | {"counted_at": looked.taken_at.isoformat()}
    return changes.approve(change_id, reason, kept, actor=actor, now=now, today=today, version=version)


def _looked(change: Change, seen: str) -> ImpactShown | None:
    try:
        identifier = UUID(seen)
    except ValueError:
        return None
    return ImpactShown.objects.filter(pk=identifier, change=change, version=change.version).first()


def _duties(change: Change) -> int:
    """Count the agencies whose duty to supply the item ends with it."""
    proposal = changes.proposal_of(change)
    if not isinstance(proposal, Retirement):
        return 0
    return months.duties_of(proposal.code, quality.months_back(proposal.since, 2)[0])
