"""共享: the signed deltas a recipient takes under its contract, and its receipts for them."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from chengxin.accounts import clients
from chengxin.accounts.clients import FEED
from chengxin.api.fields import LARGEST, NO_CONTROLS, Cursor, Given, answers
from chengxin.api.security import client_of
from chengxin.disclosure import feed as deltas
from chengxin.disclosure.recipients import recipient_of
from chengxin.ledger import services as ledger
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


class Confirmed(Given):
    """Which deltas were received, and whether their effect is in place."""

    numbers: Annotated[
        list[Annotated[int, Field(ge=1, le=LARGEST)]], Field(min_length=1, max_length=500, description="编号 · Numbers")
    ]
    applied: bool = False
    contract_no: Annotated[str, Field(**CONTRACT)] = ""


class Receipt(Schema):
    """What stands in the books after confirming."""

    number: int
    received: bool
    applied: bool


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


@router.post(
    "/feed/receipts",
    response=answers(Receipts, 400, 401, 403, 404, 415, 422),
    operation_id="confirm",
    summary="确认收到或已生效 · Confirm what was received or applied",
)
def confirm(request: HttpRequest, confirmed: Confirmed) -> dict[str, Any]:
    """重复确认不改变记录。 Confirming twice changes nothing."""
    client, now = client_of(request), clock.now()
    clients.check_covers(client, FEED)
    recipient = recipient_of(client.agency, confirmed.contract_no, clock.today())
    receipts = [
        deltas.acknowledge(recipient, number, now=now, applied=confirmed.applied) for number in confirmed.numbers
    ]
    return {"receipts": [_shown(each) for each in receipts]}


def _shown(receipt: Any) -> dict[str, Any]:
    return {
        "number": receipt.delta_id,
        "received": receipt.received_at is not None,
        "applied": receipt.applied_at is not None,
    }
