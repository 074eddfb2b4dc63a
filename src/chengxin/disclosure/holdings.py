"""核对: whether what a recipient says it holds is what it should hold, compared by count and digest, never by content.

Equal, every step up to the number counts as received, applied and verified, and what was owed is settled. Different,
the answer is the digest of each bucket: the recipient compares them with its own and takes those that differ anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.cases.services import serve_notice
from chengxin.disclosure import feed, snapshot
from chengxin.disclosure.models import Delta, HeldSet, Receipt, Recipient
from chengxin.ledger import services as ledger
from chengxin.rules import held_sets
from chengxin.rules.held_sets import Total

LEAF, NOTICE = "feed_verified", "feed_compare"
PIECE = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a comparison. Where the two agree ``buckets`` is empty: there is nothing to look for."""

    statement: HeldSet
    should: Total
    buckets: dict[str, Total]


def verify(recipient: Recipient, number: int, said: Total, *, now: datetime, today: date) -> Verdict:
    """Compare what a recipient says it holds after all steps up to a number; raises NoContract, NoSuchNumber."""
    if not feed.in_force(recipient, today):
        raise feed.NoContract("共享合同不在有效期内。", "The contract is not in force today.")
    snapshot.checked(number)
    held = should_hold(recipient, number, today)
    should = held_sets.total(held)
    agrees = said == should
    with transaction.atomic():
        statement = _write(recipient, number, said, agrees, now)
        if agrees:
            _settle(recipient, number, now)
    return Verdict(statement, should, {} if agrees else held_sets.by_bucket(held))


def ask(recipient: Recipient, *, actor: User, now: datetime) -> None:
    """Ask a recipient, in its inbox, to take the whole set anew and to say what it holds; raises NotPermitted."""
    check_may(actor, Permission.MANAGE_RECIPIENTS, recipient.agency.region)
    body = _(
        "请贵单位（合同 %(contract)s）重新领取全量（GET /api/v1/feed/snapshot），删除全量中没有的记录，"
        "再报送持有清单的条数和摘要核对（POST /api/v1/feed/verified）。"
    )
    given = {"contract": recipient.contract_no}
    serve_notice(recipient.agency_id, NOTICE, _("请重新领取全量并核对"), body % given, now=now)


def should_hold(recipient: Recipient, number: int, today: date) -> dict[UUID, int]:
    """Return the records a recipient holds that took every step up to a number, each with the step of its content.

    That is what may be given to it today; and what was given and has changed since, whose change comes with a later
    step. Past its period nothing is held, whoever was told of it or not.
    """
    held: dict[UUID, int] = {}
    for deltas in _pieces(number):
        standing = feed.standing(deltas, recipient, today)
        rest = [delta for delta in deltas if delta.pk not in standing and _within(delta, today)]
        moving = _given(recipient, rest) & _moved(rest, number)
        held.update((delta.record_id, delta.number) for delta in deltas if delta.pk in standing or delta.pk in moving)
    return held


def last_statements() -> dict[int, HeldSet]:
    """Return the newest statement of every recipient that made one."""
    return {each.recipient_id: each for each in HeldSet.objects.order_by("at", "pk")}


def _pieces(number: int) -> Iterator[list[Delta]]:
    after = 0
    while deltas := list(_light(number, after)):
        yield deltas
        after = deltas[-1].number


def _light(number: int, after: int) -> list[Delta]:
    found = snapshot.latest(number, after).select_related("version").defer("version__content", "version__sealed")
    return list(found[:PIECE])


def _within(delta: Delta, today: date) -> bool:
    until = delta.version.public_until
    return until is None or until >= today


def _given(recipient: Recipient, deltas: list[Delta]) -> set[int]:
    """Return the steps whose content went to the recipient."""
    receipts = Receipt.objects.filter(recipient=recipient, delta__in=[delta.pk for delta in deltas])
    return set(receipts.exclude(with_content=False).values_list("delta_id", flat=True))


def _moved(deltas: list[Delta], number: int) -> set[int]:
    """Return the steps whose record has changed since, whether the feed has come to that already or not."""
    records = {delta.record_id for delta in deltas if delta.version.known_until is None}
    later = set(Delta.objects.filter(record__in=records, number__gt=number).values_list("record_id", flat=True))
    return {delta.pk for delta in deltas if delta.version.known_until is not None or delta.record_id in later}


def _write(recipient: Recipient, number: int, said: Total, agrees: bool, now: datetime) -> HeldSet:
    public = {"agency": recipient.agency.uscc, "number": number, "count": said.count, "agrees": agrees}
    payload = {"recipient": recipient.pk, "sha256": said.sha256}
    entry = ledger.append(LEAF, payload, now=now, public=public)
    return HeldSet.objects.create(
        recipient=recipient, at=now, number=number, count=said.count, sha256=said.sha256, agrees=agrees, entry=entry
    )


def _settle(recipient: Recipient, number: int, now: datetime) -> None:
    """Close every receipt up to a number; a set without a withdrawn record is that record's withdrawal, applied."""
    owed = [each.number for each in feed.outstanding(now) if each.recipient == recipient.pk and each.number <= number]
    Receipt.objects.bulk_create(
        [Receipt(recipient=recipient, delta_id=each, given_at=now, with_content=False) for each in owed],
        ignore_conflicts=True,
    )
    feed.acknowledge_through(recipient, number, now=now)
    Receipt.objects.filter(recipient=recipient, delta_id__lte=number, verified_at=None).update(verified_at=now)
