"""交换报送: the signed and encrypted message of a department's system, answered in the same shape."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from chengxin.api.fields import Given, answers
from chengxin.intake.exchange import filings
from chengxin.intake.exchange.envelope import Envelope
from chengxin.ui import clock
from chengxin.vault.exchange_keys import exchange_keys

router = Router(tags=["exchange"])

Hex = r"^[0-9A-Fa-f]*$"


class Sealed(Given):
    """A sealed message: keys and signature in hexadecimal, the body in Base64."""

    publicKey: Annotated[str, Field(pattern=Hex, min_length=128, max_length=130)]  # noqa: N815 - Names on the wire.
    key: Annotated[str, Field(pattern=Hex, max_length=400)]
    signatureData: Annotated[str, Field(pattern=Hex, max_length=200)]  # noqa: N815 - Names on the wire.
    requestData: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=]*$")]  # noqa: N815 - Names on the wire.


class Reply(Given):
    """The platform's answer; ``data`` opens for the sender only and is empty when the message did not verify."""

    success: bool
    errorCode: str  # noqa: N815 - Names on the wire.
    errorMessage: str  # noqa: N815 - Names on the wire.
    timestamp: datetime
    publicKey: str  # noqa: N815 - Names on the wire.
    key: str
    signatureData: str  # noqa: N815 - Names on the wire.
    data: str


@router.post(
    "/exchange/filings",
    auth=None,
    response=answers(Reply, 400, 415, 422),
    operation_id="exchange_filing",
    summary="加密报送 · File by a signed and encrypted message",
)
def file(request: HttpRequest, sealed: Sealed) -> dict[str, Any]:
    """发送方公钥须事先登记；报文须含 nonce 和时间，五分钟内有效，只收一次。验签只用登记的公钥。

    The sender's key must be pinned beforehand. A message carries a nonce and its time, holds for five minutes and is
    taken once. Only the pinned key verifies.
    """
    given = Envelope(sealed.publicKey, sealed.key, sealed.signatureData, sealed.requestData)
    reply = filings.receive(given, now=clock.now(), today=clock.today())
    answer = reply.envelope or Envelope("", "", "", "")
    return {
        "success": reply.success,
        "errorCode": reply.code,
        "errorMessage": reply.text,
        "timestamp": reply.at,
        "publicKey": f"04{exchange_keys().public.hex()}",
        "key": answer.key,
        "signatureData": answer.signature,
        "data": answer.body,
    }
