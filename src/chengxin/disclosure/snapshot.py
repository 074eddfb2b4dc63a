"""全量: everything a recipient should hold at one number of the feed, page by page, signed like the deltas.

A recipient that begins, or lost its way, takes this instead of replaying every step from the first. Each page is read
at its own moment under the rules of the feed, so what ended meanwhile is in none; what the recipient holds and finds in
no page must be deleted, and from the number on it follows the deltas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.disclosure import feed
from chengxin.disclosure.models import Delta, Recipient, SnapshotPage
from chengxin.rules import held_sets
from chengxin.rules.errors import Refusal
from chengxin.vault import services as vault


class NoSuchNumber(Refusal):
    """The feed has not come to this number."""

    code = "no_such_number"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the signed text, the number it is true at, where the next begins (None: it was the last), its count."""

    body: str
    signature: str
    number: int
    next_cursor: int | None
    count: int


def newest() -> int:
    """Return the last number of the feed, 0 before the first."""
    return Delta.objects.aggregate(last=Max("number"))["last"] or 0


def checked(number: int | None) -> int:
    """Return a number the feed has come to, the last one for none; raises NoSuchNumber."""
    last = newest()
    if number is not None and number > last:
        raise NoSuchNumber(
            "增量还没有到这个编号。请用已经领到的最后编号，或者不填。",
            "The feed has not come to this number. Give the last one you were given, or none.",
        )
    return last if number is None else number


def latest(number: int, after: int = 0, bucket: str = "") -> QuerySet[Delta]:
    """Return the step that says how each record stood at a number, those that were withdrawn left out, in order."""
    later = Delta.objects.filter(record=OuterRef("record"), number__gt=OuterRef("number"), number__lte=number)
    found = Delta.objects.filter(number__gt=after, number__lte=number).exclude(kind=Delta.WITHDRAW)
    if bucket:
        first, last = held_sets.ends_of(bucket)
        found = found.filter(record_id__gte=first, record_id__lte=last)
    return found.exclude(Exists(later)).order_by("number")


def page(
    recipient: Recipient, number: int | None, cursor: int = 0, *, bucket: str = "", now: datetime, today: date
) -> Page:
    """Return one page of the whole set, or of one bucket; that it is given is written down before.

    Raises NoContract, NoSuchNumber. Nothing but what may be given today is in it (charter C13).
    """
    if not feed.in_force(recipient, today):
        raise feed.NoContract("共享合同不在有效期内。", "The contract is not in force today.")
    number = checked(number)
    deltas = list(latest(number, cursor, bucket)[: feed.BATCH])
    content = feed.contents(deltas, recipient, today)
    given = [delta for delta in deltas if delta.pk in content]
    last, more = (deltas[-1].number, True) if len(deltas) == feed.BATCH else (number, False)
    body = _body(recipient, number, bucket, cursor, last, more, [_entry(each, content) for each in given], now)
    with transaction.atomic(durable=True):
        feed.give(recipient, given, content, now)
        entry = feed.commit_giving(recipient, cursor + 1, last, len(given), now, snapshot=number)
        SnapshotPage.objects.create(
            recipient=recipient, at=now, number=number, bucket=bucket, after=cursor, last=last, count=len(given),
            entry=entry,
        )  # fmt: skip
    return Page(body, vault.sign(body.encode()).hex(), number, last if more else None, len(given))


def handed_over(recipient: Recipient, *, actor: User, clock: Callable[[], datetime], today: date) -> Iterator[Page]:
    """Yield every page for a recipient that is given the set on a medium; each is written down as it is made.

    For the centre. Raises NotPermitted, NoContract.
    """
    check_may(actor, Permission.MANAGE_RECIPIENTS, recipient.agency.region)
    number, cursor = newest(), 0
    while True:
        made = page(recipient, number, cursor, now=clock(), today=today)
        yield made
        if made.next_cursor is None:
            return
        cursor = made.next_cursor


def _entry(delta: Delta, content: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {"number": delta.number, "record": str(delta.record_id), "content": content[delta.pk]}


def _body(
    recipient: Recipient,
    number: int,
    bucket: str,
    cursor: int,
    last: int,
    more: bool,
    records: list[dict[str, Any]],
    now: datetime,
) -> str:
    said = {
        "snapshot": number, "bucket": bucket, "after": cursor, "next": last, "complete": not more, "given_at": now,
        "records": records,
    }  # fmt: skip
    return feed.signable(recipient, said)
