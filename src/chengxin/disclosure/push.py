"""The feed, pushed: at least once, in order for every recipient, none held up by another.

For a recipient at most one batch is under way, and it stays the same batch until it is acknowledged: so nothing is
overtaken and nothing is lost when this process dies. Content is read anew for every attempt; a record that ended
meanwhile is left out, and its withdrawal goes to whoever may have been given it.
"""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from chengxin.disclosure import feed, wire
from chengxin.disclosure.models import Delta, Endpoint, Receipt, Recipient
from chengxin.vault import services as vault

BATCH = 100
WORKERS = 16
DOMAIN = "chengxin-push-v1"
"""First line of what is signed, so that a signature on a push can never pass for one on anything else."""


class Random(Protocol):
    """Whatever spreads the next attempts, so that recipients are not tried all at once."""

    def uniform(self, low: float, high: float, /) -> float:
        """Return a number between two others."""


CHANCE: Random = random.SystemRandom()
Send = Callable[[str, bytes, Mapping[str, str]], wire.Reply]


@dataclass(frozen=True, slots=True)
class Pace:
    """How failures slow the attempts down, in seconds: doubling, then a pause for those that keep failing."""

    first: float = 1.0
    break_after: int = 5
    pause: float = 300.0
    lease: float = 60.0
    slow_ms: int = 1000

    def wait(self, failures: int, chance: Random) -> timedelta:
        """Return how long to wait after so many failures in a row; from ``break_after`` on the circuit is open."""
        whole = self.pause if failures >= self.break_after else min(self.first * 2 ** (failures - 1), self.pause)
        return timedelta(seconds=chance.uniform(whole / 2, whole))


@dataclass
class Reading:
    """What one round of claims reads once for all recipients; it is dropped with the round, nothing is kept."""

    deltas: dict[tuple[int, int | None], list[Delta]] = field(default_factory=dict)
    contents: feed.Read = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt: what to send where, which deltas it holds, and the lease under which it may be settled."""

    endpoint: int
    lease: uuid.UUID
    url: str
    body: bytes
    headers: Mapping[str, str]
    numbers: tuple[int, ...]
    last: int


def register(recipient: Recipient, url: str, *, now: datetime) -> Endpoint:
    """Push to a recipient at this address from now on; raises AddressNotAllowed. A known endpoint is moved."""
    wire.check_address(url)
    values = {"url": url, "closed_at": None, "failures": 0, "failure": "", "retry_at": None}
    fresh = {**values, "registered_at": now}
    return Endpoint.objects.update_or_create(recipient=recipient, defaults=values, create_defaults=fresh)[0]


def close(recipient: Recipient, *, now: datetime) -> None:
    """Push no more to a recipient; it can still pull, and what it has not confirmed stays on the list."""
    Endpoint.objects.filter(recipient=recipient, closed_at=None).update(closed_at=now)


def key_id() -> str:
    """Return the name of the signing key: the first 16 hexadecimal characters of the SHA-256 of the public key."""
    return hashlib.sha256(vault.public_key()).hexdigest()[:16]


def signed_text(event: str, moment: str, body: bytes) -> bytes:
    """Return exactly what is signed; the recipient puts it together from the headers and the body it got."""
    return "\n".join((DOMAIN, event, moment, "")).encode() + body


def due(now: datetime, today: date) -> QuerySet[Endpoint]:
    """Return the endpoints that have something ahead and may be tried now, the quick and healthy first."""
    newest = Delta.objects.aggregate(last=Max("number"))["last"] or 0
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    ready = Q(retry_at=None) | Q(retry_at__lte=now)
    found = Endpoint.objects.filter(free, ready, closed_at=None, cursor__lt=newest, recipient__since__lte=today)
    return found.order_by("failures", "took_ms", "pk")


def claim(
    endpoint_id: int, *, now: datetime, today: date, pace: Pace | None = None, reading: Reading | None = None
) -> Job | None:
    """Take the next batch of one recipient under a lease, written down and committed before anything leaves.

    Returns None when another process has it, or when nothing that lies ahead concerns this recipient.
    """
    pace = pace or Pace()
    with transaction.atomic(durable=True):
        endpoint = _locked(endpoint_id, now)
        if endpoint is None:
            return None
        found = _next(endpoint, today, reading or Reading())
        if found is None:
            endpoint.save(update_fields=["cursor", "in_flight"])
            return None
        deltas, content, last = found
        if endpoint.in_flight is None:
            feed.commit_giving(endpoint.recipient, endpoint.cursor + 1, last, len(deltas), now)
        feed.give(endpoint.recipient, deltas, content, now)
        endpoint.in_flight, endpoint.lease = last, uuid.uuid4()
        endpoint.leased_until = now + timedelta(seconds=pace.lease)
        endpoint.save(update_fields=["cursor", "in_flight", "lease", "leased_until"])
    return _job(endpoint, deltas, content, now)


def settle(job: Job, reply: wire.Reply, *, now: datetime, pace: Pace | None = None, chance: Random = CHANCE) -> int:
    """Write down what came of an attempt and return how many deltas it brought over."""
    with transaction.atomic():
        if not reply.failure:
            _acknowledge(job, reply.applied, now)
        mine = Endpoint.objects.select_for_update().filter(pk=job.endpoint, lease=job.lease)
        endpoint = mine.first()
        if endpoint is not None:
            _write_outcome(endpoint, job, reply, now, pace or Pace(), chance)
    return 0 if reply.failure else len(job.numbers)


@dataclass
class Pusher:
    """Pushes from one process: the network in a few threads, everything about the database in the caller's.

    Those that are slow or failing together get at most half of the threads, so the others always find one.
    """

    send: Send = wire.post
    pace: Pace = field(default_factory=Pace)
    workers: int = WORKERS
    chance: Random = CHANCE

    def __post_init__(self) -> None:
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="push")
        self._flying: dict[Future[wire.Reply], tuple[Job, bool]] = {}

    def step(self, now: datetime, today: date) -> int:
        """Settle what has come back, send what is due, wait for nothing; return how many deltas were taken over."""
        brought = self._settle(now)
        self._launch(now, today)
        return brought

    def wait(self, seconds: float) -> bool:
        """Wait until something comes back, at most so long; tell whether anything is still under way."""
        wait(self._flying, timeout=seconds, return_when=FIRST_COMPLETED)
        return bool(self._flying)

    def finish(self, clock: Callable[[], datetime]) -> int:
        """Wait for everything under way, settle it and send nothing more; return how many deltas were taken over."""
        self._threads.shutdown(wait=True)
        return self._settle(clock())

    def _settle(self, now: datetime) -> int:
        back = [future for future in self._flying if future.done()]
        jobs = [(self._flying.pop(future)[0], future.result()) for future in back]
        return sum(settle(job, reply, now=now, pace=self.pace, chance=self.chance) for job, reply in jobs)

    def _launch(self, now: datetime, today: date) -> None:
        reading = Reading()
        for endpoint in due(now, today):
            troubled = endpoint.failures > 0 or (endpoint.took_ms or 0) >= self.pace.slow_ms
            if len(self._flying) >= self.workers:
                return
            if troubled and sum(each for _job, each in self._flying.values()) >= max(1, self.workers // 2):
                continue
            job = claim(endpoint.pk, now=now, today=today, pace=self.pace, reading=reading)
            if job is not None:
                self._flying[self._threads.submit(self.send, job.url, job.body, job.headers)] = (job, troubled)


def _locked(endpoint_id: int, now: datetime) -> Endpoint | None:
    found = Endpoint.objects.select_for_update(of=("self",)).select_related("recipient__agency")
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    ready = Q(retry_at=None) | Q(retry_at__lte=now)
    return found.filter(free, ready, pk=endpoint_id, closed_at=None).first()


Found = tuple[list[Delta], dict[int, dict[str, Any]], int]


def _next(endpoint: Endpoint, today: date, reading: Reading) -> Found | None:
    """Return the next deltas that concern the recipient, what may be said of them, and how far this brings it.

    What does not concern it is passed over, and the cursor with it. A batch once begun keeps its end.
    """
    recipient = endpoint.recipient
    while True:
        deltas = _ahead(endpoint.cursor, endpoint.in_flight, reading)
        if not deltas:
            endpoint.cursor, endpoint.in_flight = endpoint.in_flight or endpoint.cursor, None
            return None
        given = feed.in_force(recipient, today)
        content = feed.contents(deltas, recipient, today, reading.contents) if given else {}
        wanted = _wanted(recipient, deltas, content)
        last = endpoint.in_flight or deltas[-1].number
        if wanted:
            return wanted, content, last
        endpoint.cursor, endpoint.in_flight = last, None


def _ahead(cursor: int, end: int | None, reading: Reading) -> list[Delta]:
    """Return the next deltas after a cursor, up to the end of a batch already begun."""
    if (cursor, end) not in reading.deltas:
        ahead = Delta.objects.filter(number__gt=cursor).select_related("version").order_by("number")
        ahead = ahead.filter(number__lte=end) if end else ahead
        plain = ahead.defer("version__content", "version__sealed")
        reading.deltas[cursor, end] = list(plain[:BATCH])
    return reading.deltas[cursor, end]


def _wanted(recipient: Recipient, deltas: list[Delta], content: Mapping[int, Any]) -> list[Delta]:
    """Keep what has content today, and the end of whatever the recipient may hold; leave out what it applied.

    A withdrawal outlives the contract: who was given a record must be told that it is gone.
    """
    records = {delta.record_id for delta in deltas}
    receipts = Receipt.objects.filter(recipient=recipient, delta__record_id__in=records)
    applied = set(receipts.exclude(applied_at=None).values_list("delta_id", flat=True))
    held = receipts.exclude(with_content=False).exclude(delta__kind=Delta.WITHDRAW)
    first = dict(held.order_by("-delta_id").values_list("delta__record_id", "delta_id"))
    # What goes out for the first time in this very batch is held, too, by the time a later line of it is read.
    for delta in reversed(deltas):
        if delta.pk in content:
            first[delta.record_id] = min(delta.number, first.get(delta.record_id, delta.number))
    return [
        delta
        for delta in deltas
        if delta.number not in applied
        and (delta.pk in content or (_ends(delta) and first.get(delta.record_id, delta.number) < delta.number))
    ]


def _ends(delta: Delta) -> bool:
    """Tell whether this delta means that a record may no longer be held; a change nobody may see any more does."""
    return delta.kind == Delta.WITHDRAW or (delta.kind == Delta.CHANGE and delta.version.known_until is None)


def _job(endpoint: Endpoint, deltas: list[Delta], content: Mapping[int, Any], now: datetime) -> Job:
    assert endpoint.in_flight is not None and endpoint.lease is not None
    event = f"{endpoint.recipient_id}-{endpoint.cursor + 1}-{endpoint.in_flight}"
    moment = now.isoformat()
    lines = [_line(delta, content) for delta in deltas]
    body = feed.canonical(endpoint.recipient, endpoint.cursor, endpoint.in_flight, lines, now).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Chengxin-Event": event,
        "X-Chengxin-Time": moment,
        "X-Chengxin-Key": key_id(),
        "X-Chengxin-Signature": vault.sign(signed_text(event, moment, body)).hex(),
    }
    numbers = tuple(delta.number for delta in deltas)
    return Job(endpoint.pk, endpoint.lease, endpoint.url, body, headers, numbers, endpoint.in_flight)


def _line(delta: Delta, content: Mapping[int, Any]) -> dict[str, Any]:
    said = content.get(delta.pk)
    kind = delta.kind if said else Delta.WITHDRAW
    return {"number": delta.number, "record": str(delta.record_id), "kind": kind, "at": delta.at, "content": said}


def _acknowledge(job: Job, applied: bool, now: datetime) -> None:
    """Write the acknowledgement down, also when the lease ran out meanwhile: the recipient has said so."""
    given = Receipt.objects.filter(recipient_id=job.endpoint, delta_id__in=job.numbers)
    given.filter(received_at=None).update(received_at=now)
    if applied:
        given.filter(applied_at=None).update(applied_at=now)


def _write_outcome(endpoint: Endpoint, job: Job, reply: wire.Reply, now: datetime, pace: Pace, chance: Random) -> None:
    endpoint.lease = endpoint.leased_until = None
    endpoint.took_ms = reply.took_ms
    if reply.failure:
        endpoint.failures, endpoint.failure = endpoint.failures + 1, reply.failure
        endpoint.retry_at = now + pace.wait(endpoint.failures, chance)
    else:
        endpoint.cursor, endpoint.in_flight = job.last, None
        endpoint.failures, endpoint.failure, endpoint.retry_at, endpoint.delivered_at = 0, "", None, now
    endpoint.save()
