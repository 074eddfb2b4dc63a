"""A sealed filing comes in, and a sealed answer goes out; nothing of either is ever written to a log."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from chengxin.accounts.models import Agency
from chengxin.intake import services
from chengxin.intake.exchange import envelope, message, outcomes, peers
from chengxin.intake.exchange.envelope import Envelope, NotAuthentic
from chengxin.intake.exchange.message import Filing
from chengxin.intake.models import ExchangeNonce, ExchangePeer
from chengxin.rules.errors import Refusal
from chengxin.vault.exchange_keys import exchange_keys

FILENAME = "exchange.csv"
REFUSED = "报文被退回，原因和改法见加密回复。 Refused; the sealed answer says why and what to do."


class NotAccepted(Refusal):
    """The message is not from a pinned key, or was changed, or is not for us; one answer for all of these."""

    code = "exchange_not_accepted"

    def __init__(self) -> None:
        super().__init__(
            "报文未通过验签或解密。请核对双方登记的公钥；公钥须事先由信用中心登记，报文内的公钥不作为验签依据。",
            "The message failed its check. Compare the public keys on both sides; a key must be pinned by the credit "
            "centre beforehand, the one inside the message proves nothing.",
        )


class Replayed(Refusal):
    """A message that was taken before came again."""

    code = "exchange_replayed"


class WrongParty(Refusal):
    """The message names another sender than its key, or another receiver than this platform."""

    code = "exchange_party"


@dataclass(frozen=True, slots=True)
class Reply:
    """The platform's answer in the shape of the exchange; ``envelope`` is None when the caller is not known."""

    success: bool
    code: str
    text: str
    at: datetime
    envelope: Envelope | None


def receive(sealed: Envelope, *, now: datetime, today: date) -> Reply:
    """Take in one sealed filing and answer it; every refusal is an answer.

    A sender whose message verified reads the reason sealed and signed; a stranger learns nothing.
    """
    peer = peers.standing(sealed.public_key)
    if peer is None:
        return _not_accepted(now)
    try:
        plain = envelope.open_envelope(sealed, exchange_keys(), bytes.fromhex(peer.public_key))
    except NotAuthentic:
        return _not_accepted(now)
    return _answered(peer, plain, now, today)


def forget_nonces(now: datetime) -> int:
    """Forget the nonces of messages whose time could not pass any more; return how many there were."""
    old = ExchangeNonce.objects.filter(used_at__lt=now - 2 * message.WINDOW)
    return old.delete()[0]


def _answered(peer: ExchangePeer, plain: bytes, now: datetime, today: date) -> Reply:
    nonce = ""
    try:
        filing = message.read(plain)
        nonce = filing.nonce
        outcome = _taken(peer, filing, now, today)
    except Refusal as refusal:
        sealed = _sealed(peer, outcomes.of_refusal(nonce, refusal))
        return Reply(False, outcomes.code_of(refusal), REFUSED, now, sealed)
    return Reply(True, "0", "成功 · Accepted", now, _sealed(peer, outcome))


def _taken(peer: ExchangePeer, filing: Filing, now: datetime, today: date) -> dict[str, Any]:
    _check_parties(peer, filing)
    message.check_time(filing, now)
    _use_nonce(peer, filing.nonce, now)
    stream = io.BytesIO(filing.table())
    sending: dict[str, Any] = {"actor": peer.user, "now": now, "today": today}
    if filing.dry_run:
        return outcomes.of_rehearsal(filing, services.rehearse(peer.agency, filing.item, FILENAME, stream, **sending))
    return outcomes.of_submission(filing, services.submit(peer.agency, filing.item, FILENAME, stream, **sending))


def _check_parties(peer: ExchangePeer, filing: Filing) -> None:
    centre = Agency.objects.filter(runs_platform=True, uscc=filing.receiver).exists()
    if filing.sender != peer.agency.uscc or not centre:
        raise WrongParty(
            "报文中的发送单位应是登记该公钥的单位，接收单位应是信用中心，均填统一社会信用代码。",
            "The sender must be the agency that pinned the key and the receiver the credit centre, both as unified "
            "social credit codes.",
        )


def _use_nonce(peer: ExchangePeer, nonce: str, now: datetime) -> None:
    """Remember a nonce durably before anything is done, so that even a crash does not let a message in twice."""
    try:
        with transaction.atomic(durable=True):
            ExchangeNonce.objects.create(peer=peer, nonce=nonce, used_at=now)
    except IntegrityError:
        raise Replayed(
            "这个报文已经收到过。要重发，请用新的 nonce 和时间重新生成；相同的内容不会重复入库。",
            "This message was received before. To send again, make a new message with a new nonce and time; the same "
            "content is never admitted twice.",
        ) from None


def _sealed(peer: ExchangePeer, outcome: dict[str, Any]) -> Envelope:
    plain = json.dumps(outcome, ensure_ascii=False, sort_keys=True).encode()
    return envelope.seal(plain, exchange_keys(), bytes.fromhex(peer.public_key))


def _not_accepted(now: datetime) -> Reply:
    refusal = NotAccepted()
    return Reply(False, refusal.code, f"{refusal.zh} {refusal.en}", now, None)
