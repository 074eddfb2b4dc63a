"""持续监测: a unit registers subjects for a matter, and is told when the outcome becomes another one.

Both directions are one comparison: whether a list changed or a subject did, or a day brought an end, the outcome of
today is set beside the one last told. So nothing is told twice and nothing is told for time alone.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from chengxin.accounts import selectors as accounts
from chengxin.accounts import services as inbox
from chengxin.accounts.models import Agency
from chengxin.catalogue import lawbook
from chengxin.disclosure import policies
from chengxin.disclosure.models import Access, Outcome, ScreeningEvent, ScreeningWatch
from chengxin.disclosure.screening import pending, trace
from chengxin.disclosure.screening.asking import ask
from chengxin.disclosure.screening.effective import screen
from chengxin.disclosure.screening.shapes import CLEAR, UNTOLD, Reply, Screening
from chengxin.disclosure.shapes import Refused
from chengxin.registry import forwarding
from chengxin.rules.lawfiles import Purpose
from chengxin.rules.screening import Hit, Status

logger = logging.getLogger(__name__)
WATCH_DAYS, NOTICE, PIECE = "screening.watch_days", "screening_changed", 5000


@dataclass(frozen=True, slots=True)
class Registered:
    """The screening that registering is, the number of the watch for each subject that has a file, and who has none.

    ``pending`` are the positions of codes without a file: each is watched from the day its file is opened.
    """

    reply: Reply
    watches: dict[int, UUID]
    pending: tuple[int, ...]
    until: date


def register(asked: Screening, *, now: datetime, today: date) -> Registered:
    """Screen subjects now, through the gate, and watch them; one watched already stays one watch.

    Raises as ``ask`` does. Whoever has no file yet waits for it, and is told of when it is opened.
    """
    reply = ask(asked, now=now, today=today)
    until = today + timedelta(days=lawbook.current().integer(WATCH_DAYS, today))
    given = {r.access: r for r in reply.results if r.status in (Status.HIT, Status.NO_HIT)}
    files = dict(Access.objects.filter(pk__in=list(given), subject__isnull=False).values_list("pk", "subject_id"))
    agency = asked.actor.agency_id
    assert agency is not None  # The gate has just refused whoever belongs to no unit.
    rows = [
        ScreeningWatch(
            agency_id=agency, actor=asked.actor, subject_id=subject, matter=asked.matter, matter_no=reply.matter_no,
            statute=reply.basis_ref, since=now, until=until, state=state_of(g.hit for g in given[access].hits),
        )
        for access, subject in files.items()
    ]  # fmt: skip
    ScreeningWatch.objects.bulk_create(rows, ignore_conflicts=True)
    mine = ScreeningWatch.objects.filter(agency_id=agency, matter=asked.matter, matter_no=reply.matter_no)
    open_ones = dict(mine.filter(closed_at=None, subject__in=list(files.values())).values_list("subject_id", "pk"))
    mine.filter(pk__in=list(open_ones.values())).update(until=until)
    fileless = [result.position for access, result in given.items() if access not in files]
    kept = pending.keep(asked, fileless, reply.basis_ref, reply.matter.subject_kinds, now, until)
    return Registered(reply, {given[a].position: open_ones[s] for a, s in files.items()}, kept, until)


def close(numbers: Iterable[UUID], agency: Agency, now: datetime) -> int:
    """Watch these no longer; return how many that were, another unit's not among them."""
    mine = ScreeningWatch.objects.filter(pk__in=list(numbers), agency=agency, closed_at=None)
    return mine.update(closed_at=now)


def events(agency: Agency, after: int, limit: int) -> list[ScreeningEvent]:
    """Return a unit's next events in their order. They hold no content: what stands is asked through the gate."""
    found = ScreeningEvent.objects.filter(agency=agency, number__gt=after).select_related("watch")
    return list(found.order_by("number")[:limit])


def run(now: datetime, today: date) -> int:
    """Compare every open watch with today and note an event for each outcome that changed; return how many.

    A code whose file was opened since becomes a watch first, and is told of whatever stands.
    """
    count = 0
    pending.promote(today)
    for matter in lawbook.matters(today):
        purpose = lawbook.purpose(matter.purpose, today)
        found = ScreeningWatch.objects.filter(matter=matter.code, closed_at=None, until__gte=today)
        by_unit: dict[UUID, list[ScreeningWatch]] = defaultdict(list)
        for watch in found.select_related("actor__agency").order_by("pk"):
            by_unit[watch.agency_id].append(watch)
        for watches in by_unit.values():
            for start in range(0, len(watches), PIECE):
                count += _compare(watches[start : start + PIECE], purpose, now, today)
    return count


def state_of(hits: Iterable[Hit]) -> str:
    """Return the digest of an outcome: which hits, until when, under which marks. No moment goes into it."""
    parts = sorted(
        f"{hit.kind}|{hit.record}|{hit.measure}|{hit.until}|{hit.disputed}|{hit.under_repair}|{hit.statement}"
        for hit in hits
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _compare(watches: Sequence[ScreeningWatch], purpose: Purpose, now: datetime, today: date) -> int:
    standing = forwarding.standing_ids(each.subject_id for each in watches)
    found = screen(set(standing.values()), watches[0].matter, today)
    # A watch on a file that was merged goes on with the one that stands for it.
    hits = {watched: found[now_at] for watched, now_at in standing.items() if now_at in found}
    changed = [each for each in watches if state_of(hits.get(each.subject_id, ())) != each.state]
    groups: dict[tuple[UUID, str, str], list[ScreeningWatch]] = defaultdict(list)
    for each in changed:
        groups[each.actor_id, each.matter_no, each.statute].append(each)
    return sum(_tell(some, hits, purpose, now, today) for some in groups.values())


def _found(subjects: set[UUID], matter: str, today: date) -> dict[UUID, tuple[Hit, ...]]:
    """Return the hits of watched files; what stands about a merged one stands in the file it was merged into."""
    standing = forwarding.standing_ids(subjects)
    hits = screen(set(standing.values()), matter, today)
    return {each: hits[stands] for each, stands in standing.items() if stands in hits}


def _tell(
    watches: Sequence[ScreeningWatch],
    hits: dict[UUID, tuple[Hit, ...]],
    purpose: Purpose,
    now: datetime,
    today: date,
) -> int:
    """Write one leaf and the events of one unit's changes, or close the watches of whoever may no longer ask."""
    actor, first = watches[0].actor, watches[0]
    roles = accounts.roles_of(actor)
    try:
        policies.check_may_ask(actor, roles)
        policies.purpose_for(purpose.code, roles, first.actor.agency or Agency(), today)
    except Refused:
        ScreeningWatch.objects.filter(pk__in=[each.pk for each in watches]).update(closed_at=now)
        return 0
    lines = tuple(_line(hits.get(each.subject_id, ()), each.subject_id) for each in watches)
    batch = trace.Batch(
        actor, min(roles & set(purpose.roles)), purpose.code, purpose.ground.value, first.statute, first.matter,
        first.matter_no, Outcome.ANSWERED, lines=lines,
    )  # fmt: skip
    with transaction.atomic(durable=True):
        list(Agency.objects.select_for_update().filter(pk=first.agency_id))  # One at a time numbers a unit's events.
        accesses, _entry = trace.write(batch, now)
        last = ScreeningEvent.objects.filter(agency_id=first.agency_id).aggregate(last=Max("number"))["last"] or 0
        rows = []
        for place, (watch, access) in enumerate(zip(watches, accesses, strict=True), start=1):
            ours = hits.get(watch.subject_id, ())
            rows.append(
                ScreeningEvent(
                    agency_id=watch.agency_id, number=last + place, watch=watch, access_id=access,
                    kind=_kind(watch.state, bool(ours)), at=now,
                )
            )  # fmt: skip
            watch.state = state_of(ours)
        ScreeningEvent.objects.bulk_create(rows)
        ScreeningWatch.objects.bulk_update(watches, ["state"], batch_size=500)
        body = _("持续监测的主体中有 %(count)d 个的比对结果有变化。请就具体事项重新比对后处理。") % {"count": len(rows)}
        inbox.deliver(first.agency_id, NOTICE, _("持续监测有变化"), body, now=now, link="/console/screening/")
    return len(rows)


def _line(hits: Sequence[Hit], subject: UUID) -> trace.Line:
    codes = tuple(sorted({hit.code for hit in hits}))
    return trace.Line(subject, Outcome.ANSWERED.value, "", codes, len({hit.record for hit in hits}))


def _kind(before: str, struck: bool) -> str:
    if not struck:
        return ScreeningEvent.FILED if before == UNTOLD else ScreeningEvent.CLEARED
    return ScreeningEvent.STRUCK if before in (CLEAR, UNTOLD) else ScreeningEvent.CHANGED
