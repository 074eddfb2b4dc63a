"""目录变更与增量: what a change of the catalogue closes, opens or alters is told to everyone who was fed it before.

No record says anything else than before, so none has a new version; recipients still have to learn of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, QuerySet

from chengxin.catalogue import lawbook, overlay
from chengxin.catalogue.changes import proposal_of
from chengxin.catalogue.models import Change
from chengxin.disclosure.models import Delta, Receipt
from chengxin.registry import selectors as registry
from chengxin.registry.models import RecordVersion
from chengxin.rules.catalogue_changes import LAYOUT, LayoutChange, Operation
from chengxin.rules.catalogue_items import ItemDefinition, Publicity

_PIECE = 2_000


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the feed would tell if a change were in force, and how many recipients hold the content concerned."""

    withdrawn: int = 0
    changed: int = 0
    recipients: int = 0


def foresee(change: Change, today: date) -> Foreseen:
    """Count what recipients would be told of a change that is not in force yet."""
    proposal = proposal_of(change)
    if isinstance(proposal, LayoutChange):
        held = _holding(proposal.layout, proposal.field) if _blanks(proposal) else Delta.objects.none()
        return Foreseen(changed=held.count(), recipients=_holders(held))
    if not isinstance(proposal, ItemDefinition):
        return Foreseen()
    last = _last().filter(record__item__item__code=proposal.code)
    if proposal.publicity is not Publicity.PUBLIC:
        held = last.exclude(kind=Delta.WITHDRAW)
        return Foreseen(withdrawn=held.count(), recipients=_holders(held))
    if proposal.code not in overlay.present().closed(today):
        return Foreseen()
    back = last.filter(kind=Delta.WITHDRAW, version__in=_would_be_published(proposal.code, today))
    return Foreseen(changed=back.count(), recipients=_holders(back))


def _would_be_published(code: str, today: date) -> QuerySet[RecordVersion]:
    desk = overlay.present()
    found = registry.published_under(today, desk.closed(today) - {code}, desk.without_persons(today))
    return found.order_by().prefetch_related(None).select_related(None).filter(record__item__item__code=code)


def _holders(deltas: QuerySet[Delta]) -> int:
    """Count the recipients that were given the content of one of these records at any time."""
    given = Receipt.objects.exclude(with_content=False).filter(delta__record__in=deltas.order_by().values("record"))
    return given.values("recipient").distinct().count()


def follow(followed: int, now: datetime, today: date) -> tuple[int, int]:
    """Make deltas of what changed in the catalogue after the first ``followed`` changes; in the caller's transaction.

    Returns how many changes there are now, and how many deltas were made. A record is withdrawn when its item is no
    longer public, given again when the item is, and changed when it holds something in a published column that was
    retired. Items that merely ended keep what they have until its period is over.
    """
    desk = overlay.present()
    if desk.revision == followed:
        return followed, 0
    told = _tell(_closed(today), Delta.WITHDRAW, now) + _tell(_opened(today), Delta.CHANGE, now)
    for layout, field in _retired(followed):
        told += _tell(_holding(layout, field), Delta.CHANGE, now)
    return desk.revision, told


def _closed(today: date) -> QuerySet[Delta]:
    """What is still held of items that are closed to the public."""
    closed = overlay.present().closed(today)
    return _last().exclude(kind=Delta.WITHDRAW).filter(record__item__item__code__in=closed)


def _opened(today: date) -> QuerySet[Delta]:
    """What was withdrawn although its record is published: its item had been closed for a time."""
    touched = {each.code for each in overlay.present().items} - overlay.present().closed(today)
    shown = registry.published(today).order_by().prefetch_related(None).filter(pk=OuterRef("version"))
    return _last().filter(Exists(shown), kind=Delta.WITHDRAW, record__item__item__code__in=touched)


def _holding(layout: str, field: str) -> QuerySet[Delta]:
    """What is held and says something in a column."""
    found = _last().exclude(kind=Delta.WITHDRAW).filter(record__item__layout__iexact=layout)
    return found.filter(version__content__has_key=field)


def _retired(followed: int) -> list[tuple[str, str]]:
    """Return the published columns retired by the changes that were not followed yet, as table and field."""
    started = Change.objects.filter(started_at__isnull=False).order_by("started_at", "number")[followed:]
    proposals = [proposal_of(change) for change in started if change.kind == LAYOUT]
    return [(p.layout, p.field) for p in proposals if isinstance(p, LayoutChange) and _blanks(p)]


def _blanks(proposal: LayoutChange) -> bool:
    """Tell whether a change takes a published column away."""
    retires = proposal.operation is Operation.RETIRE
    return retires and lawbook.layout(proposal.layout.casefold()).get(proposal.field).published


def _last() -> QuerySet[Delta]:
    """Return the last delta of every record."""
    later = Delta.objects.filter(record=OuterRef("record"), number__gt=OuterRef("number"))
    return Delta.objects.exclude(Exists(later)).order_by("number")


def _tell(last: QuerySet[Delta], kind: str, now: datetime) -> int:
    told: Iterable[tuple[UUID, int]] = list(last.values_list("record_id", "version_id"))
    number = Delta.objects.aggregate(last=Max("number"))["last"] or 0
    made = Delta.objects.bulk_create(
        (
            Delta(number=number + at, record_id=record, version_id=version, kind=kind, at=now)
            for at, (record, version) in enumerate(told, 1)
        ),
        batch_size=_PIECE,
    )
    return len(made)
