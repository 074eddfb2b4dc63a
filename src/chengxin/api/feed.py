"""共享: the signed deltas a recipient takes under its contract, and its receipts for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from chengxin.accounts import clients
from chengxin.accounts.clients import FEED, ApiClient
from chengxin.api.fields import LARGEST, NO_CONTROLS, Cursor, Given, answers
from chengxin.api.repeats import answered_once
from chengxin.api.results import IdempotencyKey
from chengxin.api.security import client_of
from chengxin.disclosure import feed as deltas
from chengxin.disclosure import holdings, retention, snapshot
from chengxin.disclosure.recipients import Recipient, holder_of, recipient_of
from chengxin.ledger import services as ledger
from chengxin.rules.held_sets import Total
from chengxin.ui import clock

router = Router(tags=["feed"])
CONTRACT: dict[str, Any] = {"max_length": 80, "pattern": NO_CONTROLS, "description": "合同编号 · Contract"}


class Batch(Schema):
    """``body`` is the exact JSON text under the Ed25519 ``signature`` (hexadecimal); ``vkey`` names the key."""

    body: str
    signature: str
    vkey: str
    next_cursor: str
    count: int


class Whole(Schema):
    """A page of the whole set: ``body`` is the exact JSON text under the ``signature``; ``number`` is where it stands.

    ``next_cursor`` is empty on the last page. Ask for every page with the same ``number``, then for deltas after it.
    """

    body: str
    signature: str
    vkey: str
    number: int
    next_cursor: str
    count: int


class Held(Given):
    """What a recipient holds after all steps up to ``number``: how many records, and the SHA-256 over their lines."""

    number: Annotated[int, Field(ge=0, le=LARGEST, description="领到的最后编号 · The last number taken")]
    count: Annotated[int, Field(ge=0, le=LARGEST, description="持有条数 · Records held")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="清单摘要 · Digest of the lines")]
    contract_no: Annotated[str, Field(**CONTRACT)] = ""


class BucketTotal(Schema):
    """How many records of one bucket should be held, and the digest over their lines."""

    bucket: str
    count: int
    sha256: str


class Compared(Schema):
    """Whether the two sets are equal. Different: ``buckets`` are compared with one's own, and taken anew by bucket."""

    number: int
    agrees: bool
    at: datetime
    should_count: int
    buckets: list[BucketTotal]
    ledger_entry: int


class ToDelete(Schema):
    """What is kept past its time: how many, how many of them late, since when, within how many days to confirm."""

    count: int
    late: int
    since: date | None
    confirm_days: int


class Deleted(Given):
    """That everything that had to be deleted by a day is deleted."""

    through: Annotated[date, Field(description="到期日截至 · Due by")]
    contract_no: Annotated[str, Field(**CONTRACT)] = ""


class DeletionTaken(Schema):
    """What stands in the books; ``count`` records were due by that day."""

    through: date
    count: int
    at: datetime
    ledger_entry: int


class Confirmed(Given):
    """Which deltas were received, and whether their effect is in place."""

    numbers: Annotated[
        list[Annotated[int, Field(ge=1, le=LARGEST)]], Field(min_length=1, max_length=500, description="编号 · Numbers")
    ]
    applied: bool = False
    contract_no: Annotated[str, Field(**CONTRACT)] = ""


class Receipt(Schema):
    """What stands in the books after confirming. ``verified``: a set that was compared and is right has it in."""

    number: int
    received: bool
    applied: bool
    verified: bool


class Receipts(Schema):
    """All receipts just written."""

    receipts: list[Receipt]


@router.get(
    "/feed",
    response=answers(Batch, 401, 403, 422),
    operation_id="feed",
    summary="取增量 · Take the next deltas",
)
def feed(
    request: HttpRequest,
    cursor: Cursor = "",
    contract_no: Annotated[str, Query(**CONTRACT)] = "",
) -> dict[str, Any]:
    """先记发出，再给内容；已过期的记录不再给出。 Giving is written down first; what has ended is not given."""
    client, today = client_of(request), clock.today()
    clients.check_covers(client, FEED)
    recipient = recipient_of(client.agency, contract_no, today)
    batch = deltas.pull(recipient, int(cursor or 0), now=clock.now(), today=today)
    return {
        "body": batch.body,
        "signature": batch.signature,
        "vkey": ledger.vkey(),
        "next_cursor": str(batch.next_cursor),
        "count": batch.count,
    }


@router.get(
    "/feed/snapshot",
    response=answers(Whole, 401, 403, 404, 422),
    operation_id="snapshot",
    summary="取全量 · Take the whole set",
)
def whole(
    request: HttpRequest,
    number: Annotated[int | None, Query(ge=0, le=LARGEST, description="截至编号 · As of this number")] = None,
    cursor: Cursor = "",
    bucket: Annotated[str, Query(pattern=r"^([0-9a-f]{2})?$", description="只取一段 · One bucket only")] = "",
    contract_no: Annotated[str, Query(**CONTRACT)] = "",
) -> dict[str, Any]:
    """截至某一编号应当持有的全部记录，逐页签名；没有出现在任何一页的，应当删除。

    All that should be held as of a number, signed page by page; what is on no page is to be deleted.
    """
    client, today = client_of(request), clock.today()
    clients.check_covers(client, FEED)
    recipient = recipient_of(client.agency, contract_no, today)
    page = snapshot.page(recipient, number, int(cursor or 0), bucket=bucket, now=clock.now(), today=today)
    return {
        "body": page.body,
        "signature": page.signature,
        "vkey": ledger.vkey(),
        "number": page.number,
        "next_cursor": "" if page.next_cursor is None else str(page.next_cursor),
        "count": page.count,
    }


@router.post(
    "/feed/verified",
    response=answers(Compared, 400, 401, 403, 404, 409, 415, 422),
    operation_id="verify_held",
    summary="核对持有的全部记录 · Compare what is held",
)
def compare(request: HttpRequest, held: Held, idempotency_key: IdempotencyKey = "") -> HttpResponse | dict[str, Any]:
    """报送条数和摘要，平台重新计算后答复是否一致；不一致的给出各段摘要，不猜测是哪一条。

    Count and digest against what the platform computes. Where they differ it gives every bucket's digest and guesses
    at no record.
    """
    client, today = client_of(request), clock.today()
    clients.check_covers(client, FEED)
    recipient = recipient_of(client.agency, held.contract_no, today)
    return answered_once(request, idempotency_key, lambda: _compared(recipient, held))


def _compared(recipient: Recipient, held: Held) -> dict[str, Any]:
    today = clock.today()
    verdict = holdings.verify(recipient, held.number, Total(held.count, held.sha256), now=clock.now(), today=today)
    return {
        "number": verdict.statement.number,
        "agrees": verdict.statement.agrees,
        "at": verdict.statement.at,
        "should_count": verdict.should.count,
        "buckets": [
            {"bucket": bucket, "count": total.count, "sha256": total.sha256}
            for bucket, total in verdict.buckets.items()
        ],
        "ledger_entry": verdict.statement.entry_id,
    }


@router.get(
    "/feed/deletions",
    response=answers(ToDelete, 401, 403, 422),
    operation_id="deletions_due",
    summary="到期应当删除的 · What is kept past its time",
)
def to_delete(request: HttpRequest, contract_no: Annotated[str, Query(**CONTRACT)] = "") -> dict[str, Any]:
    """保存期满或者合同终止后应当删除而未确认的条数。 What must be deleted and was not confirmed."""
    today = clock.today()
    owed = retention.owed(_holder(request, contract_no), today)
    count, late = len(owed.until), len(owed.late)
    return {"count": count, "late": late, "since": owed.since, "confirm_days": retention.rule(today).value}


@router.post(
    "/feed/deletions",
    response=answers(DeletionTaken, 400, 401, 403, 409, 415, 422),
    operation_id="confirm_deletion",
    summary="确认到期删除 · Confirm a deletion",
)
def delete(
    request: HttpRequest, deleted: Deleted, idempotency_key: IdempotencyKey = ""
) -> HttpResponse | dict[str, Any]:
    """确认截至某日到期的记录都已删除；合同终止后也可以确认。 Also after the contract has ended."""
    recipient, client = _holder(request, deleted.contract_no), client_of(request)
    return answered_once(request, idempotency_key, lambda: _deleted(recipient, deleted, client))


def _deleted(recipient: Recipient, deleted: Deleted, client: ApiClient) -> dict[str, Any]:
    done = retention.deleted(recipient, deleted.through, actor=client.user, now=clock.now(), today=clock.today())
    return {"through": done.through, "count": done.count, "at": done.at, "ledger_entry": done.entry_id}


@router.post(
    "/feed/receipts",
    response=answers(Receipts, 400, 401, 403, 404, 409, 415, 422),
    operation_id="confirm",
    summary="确认收到或已生效 · Confirm what was received or applied",
)
def confirm(
    request: HttpRequest, confirmed: Confirmed, idempotency_key: IdempotencyKey = ""
) -> HttpResponse | dict[str, Any]:
    """重复确认不改变记录。 Confirming twice changes nothing."""
    recipient = _holder(request, confirmed.contract_no)
    return answered_once(request, idempotency_key, lambda: _confirmed(recipient, confirmed))


def _confirmed(recipient: Recipient, confirmed: Confirmed) -> dict[str, Any]:
    now = clock.now()
    receipts = [
        deltas.acknowledge(recipient, number, now=now, applied=confirmed.applied) for number in confirmed.numbers
    ]
    return {"receipts": [_shown(each) for each in receipts]}


def _shown(receipt: Any) -> dict[str, Any]:
    return {
        "number": receipt.delta_id,
        "received": receipt.received_at is not None,
        "applied": receipt.applied_at is not None,
        "verified": receipt.verified_at is not None,
    }


def _holder(request: HttpRequest, contract_no: str) -> Recipient:
    client = client_of(request)
    clients.check_covers(client, FEED)
    return holder_of(client.agency, contract_no)
