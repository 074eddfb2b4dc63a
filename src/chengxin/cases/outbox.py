"""The outbox: a notice's messages are rows of its own transaction; workers send them at least once, in their order.

A worker takes a lease, sends, and notes that it sent, each in a transaction of its own. Killed anywhere in between it
loses nothing: before the send the lease runs out and another takes over; after the send the same event id goes again.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from chengxin.cases import contacts
from chengxin.cases.channels import Parcel, channel
from chengxin.cases.models import Notice, OutboxMessage

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
DROP_AFTER = timedelta(days=7)
"""A message nobody could hand over for a week is dropped and shown as such; the inbox has had it all along."""


def enqueue(notice: Notice, *, link: str, now: datetime) -> int:
    """Write one row for every channel of the notice's mailbox, in the caller's transaction; return how many."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an outbox row needs the transaction of its notice")
    rows = [
        OutboxMessage(
            notice=notice,
            mailbox=notice.mailbox,
            channel=name,
            title=notice.title,
            link=link,
            written_at=now,
            due_at=now,
        )
        for name in contacts.channels_of(notice.mailbox)
    ]
    return len(OutboxMessage.objects.bulk_create(rows))


def drain(*, now: datetime, limit: int = 500) -> int:
    """Send what is due, oldest first, one at a time; return how many were handed over."""
    sent = 0
    for _turn in range(limit):
        message = _lease(now)
        if message is None:
            break
        sent += _send(message, now)
    return sent


def waiting(now: datetime) -> int:
    """Return how many messages are neither sent nor dropped."""
    return _open().filter(written_at__lte=now).count()


def _open() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(sent_at=None, dropped_at=None)


def _lease(now: datetime) -> OutboxMessage | None:
    """Take the oldest message that is due and has no unsent one before it in its mailbox and channel."""
    earlier = _open().filter(mailbox=OuterRef("mailbox"), channel=OuterRef("channel"), turn__lt=OuterRef("turn"))
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    due = _open().filter(free, ~Exists(earlier), due_at__lte=now).order_by("turn")
    if not due.exists():  # An idle round takes no write lock.
        return None
    locking = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        found = (due.select_for_update(skip_locked=True, of=("self",)) if locking else due).first()
        # Compare and set: two workers that saw one row cannot both hold it.
        if found is None or not _open().filter(free, pk=found.pk).update(
            leased_until=now + LEASE, tries=F("tries") + 1
        ):
            return None
    found.refresh_from_db()
    return found


def _send(message: OutboxMessage, now: datetime) -> int:
    address = contacts.address(message.mailbox, message.channel)
    if address is None:
        return _drop(message, "address_gone", now)
    try:
        channel(message.channel).send(_parcel(message, address))
    except Exception as fault:  # Whatever a gateway raises, the message waits; its words may hold the address.
        logger.error("a message was not handed over: %s", type(fault).__name__)
        return _postpone(message, type(fault).__name__, now)
    return OutboxMessage.objects.filter(pk=message.pk, sent_at=None).update(sent_at=now, leased_until=None, fault="")


def _parcel(message: OutboxMessage, address: str) -> Parcel:
    return Parcel(message.id, message.channel, address, message.title, message.link, message.written_at)


def _postpone(message: OutboxMessage, fault: str, now: datetime) -> int:
    if now - message.written_at >= DROP_AFTER:
        return _drop(message, fault, now)
    wait = backoff(message.tries)
    OutboxMessage.objects.filter(pk=message.pk).update(due_at=now + wait, leased_until=None, fault=fault[:80])
    return 0


def _drop(message: OutboxMessage, fault: str, now: datetime) -> int:
    OutboxMessage.objects.filter(pk=message.pk).update(dropped_at=now, leased_until=None, fault=fault[:80])
    return 0


def backoff(tries: int) -> timedelta:
    """Return how long to wait after so many tries: doubling from half a minute, at most six hours."""
    return min(FIRST_WAIT * 2 ** min(max(tries - 1, 0), 16), LONGEST_WAIT)


def state_of(notice_id: UUID) -> list[tuple[str, str]]:
    """Return channel and standing of every message of a notice: waiting, sent or dropped."""
    rows = OutboxMessage.objects.filter(notice_id=notice_id).order_by("turn")
    return [(row.channel, "sent" if row.sent_at else "dropped" if row.dropped_at else "waiting") for row in rows]
