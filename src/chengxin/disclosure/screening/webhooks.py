"""The events of watching, sent to a unit's address: signed, in order, at least once, and again when asked.

One batch is under way for a unit, under a lease; it is the same batch until it is taken, so nothing is overtaken.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from chengxin.accounts.models import Agency
from chengxin.disclosure import push, wire
from chengxin.disclosure.models import ScreeningEvent, ScreeningHook
from chengxin.disclosure.screening.watching import events
from chengxin.vault import services as vault

BATCH = 100
DOMAIN = "chengxin-screening-v1"
"""First line of what is signed, so that this signature can never pass for one on anything else."""

Send = Callable[[str, bytes, Mapping[str, str]], wire.Reply]


@dataclass(frozen=True, slots=True)
class _Job:
    agency: uuid.UUID
    lease: uuid.UUID
    url: str
    body: bytes
    headers: Mapping[str, str]
    last: int


def register(agency: Agency, url: str) -> None:
    """Send a unit's events to this address from now on; raises AddressNotAllowed."""
    wire.check_address(url)
    fresh = {"url": url, "failures": 0, "failure": "", "retry_at": None}
    ScreeningHook.objects.update_or_create(agency=agency, defaults=fresh)


def close(agency: Agency) -> None:
    """Send a unit's events nowhere any more; it can still fetch them by number."""
    ScreeningHook.objects.filter(agency=agency).delete()


def replay(agency: Agency, after: int) -> None:
    """Send again what came after a number; whoever receives it knows events by their numbers."""
    ScreeningHook.objects.filter(agency=agency, cursor__gt=after).update(
        cursor=after, retry_at=None, lease=None, leased_until=None
    )


def step(
    now: datetime, *, send: Send = wire.post, pace: push.Pace | None = None, chance: push.Random = push.CHANCE
) -> int:
    """Try every address that is due once and return how many events were taken."""
    pace, taken = pace or push.Pace(), 0
    ready = (Q(retry_at=None) | Q(retry_at__lte=now)) & (Q(leased_until=None) | Q(leased_until__lte=now))
    for pk in list(ScreeningHook.objects.filter(ready).order_by("failures", "pk").values_list("pk", flat=True)):
        job = _claim(pk, ready, now, pace)
        if job is not None:
            taken += _settle(job, send(job.url, job.body, job.headers), now, pace, chance)
    return taken


def signed_text(event: str, moment: str, body: bytes) -> bytes:
    """Return exactly what is signed; the unit puts it together from the headers and the body it got."""
    return "\n".join((DOMAIN, event, moment, "")).encode() + body


def as_line(event: ScreeningEvent) -> dict[str, object]:
    """Return an event as it is given: which watch, what kind of change, when. No code, no name, no content."""
    return {
        "number": event.number,
        "watch": str(event.watch_id),
        "matter": event.watch.matter,
        "matter_no": event.watch.matter_no,
        "kind": event.kind,
        "at": event.at.isoformat(),
    }


def _claim(pk: uuid.UUID, ready: Q, now: datetime, pace: push.Pace) -> _Job | None:
    with transaction.atomic(durable=True):
        locked = ScreeningHook.objects.select_for_update(of=("self",)).select_related("agency")
        hook = locked.filter(ready, pk=pk).first()
        found = events(hook.agency, hook.cursor, BATCH) if hook else []
        if hook is None or not found:
            return None
        hook.lease, hook.leased_until = uuid.uuid4(), now + timedelta(seconds=pace.lease)
        hook.save(update_fields=["lease", "leased_until"])
    lines = [as_line(each) for each in found]
    body = json.dumps({"after": hook.cursor, "events": lines}, ensure_ascii=False, sort_keys=True).encode()
    event, moment = f"{found[0].number}-{found[-1].number}", now.isoformat()
    headers = {
        "Content-Type": "application/json",
        "X-Chengxin-Event": event,
        "X-Chengxin-Time": moment,
        "X-Chengxin-Key": push.key_id(),
        "X-Chengxin-Signature": vault.sign(signed_text(event, moment, body)).hex(),
    }
    return _Job(pk, hook.lease, hook.url, body, headers, found[-1].number)


def _settle(job: _Job, reply: wire.Reply, now: datetime, pace: push.Pace, chance: push.Random) -> int:
    """Write down what came of an attempt; a lease that ran out meanwhile is somebody else's."""
    with transaction.atomic():
        hook = ScreeningHook.objects.select_for_update().filter(pk=job.agency, lease=job.lease).first()
        if hook is None:
            return 0
        before, hook.lease, hook.leased_until = hook.cursor, None, None
        if reply.failure:
            hook.failures, hook.failure = hook.failures + 1, reply.failure
            hook.retry_at = now + pace.wait(hook.failures, chance)
        else:
            hook.cursor, hook.failures, hook.failure, hook.retry_at = job.last, 0, "", None
        hook.save()
    return hook.cursor - before
