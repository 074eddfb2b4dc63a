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
from chengxin.intake.exchange import envelope, message, peers
from chengxin.intake.exchange.envelope import Envelope, NotAuthentic
from chengxin.intake.exchange.message import Filing
from chengxin.intake.models import ExchangeNonce, ExchangePeer, Submission
from chengxin.rules.errors import Refusal
from chengxin.rules.strict_json import NotStrict
from chengxin.vault.exchange_keys import exchange_keys

FILENAME = "exchange.csv"


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
    """Take in one sealed filing and answer it; every refusal is an answer, and only a known caller is told details."""
    peer = peers.standing(sealed.public_key)
    if peer is None:
        return _refused(NotAccepted(), now)
    try:
        plain = envelope.open_envelope(sealed, exchange_keys(), bytes.fromhex(peer.public_key))
    except NotAuthentic:
        return _refused(NotAccepted(), now)
    try:
        return _answer(peer, _taken(peer, plain, now, today), now)
    except Refusal as refusal:
        return _refused(refusal, now)


def forget_nonces(now: datetime) -> int:
    """Forget the nonces of messages whose time could not pass any more; return how many there were."""
    old = ExchangeNonce.objects.filter(used_at__lt=now - 2 * message.WINDOW)
    return old.delete()[0]


def _taken(peer: ExchangePeer, plain: bytes, now: datetime, today: date) -> dict[str, Any]:
    filing = message.read(plain)
    _check_parties(peer, filing)
    message.check_time(filing, now)
    _use_nonce(peer, filing.nonce, now)
    stream = io.BytesIO(filing.table())
    sending: dict[str, Any] = {"actor": peer.user, "now": now, "today": today}
    if filing.dry_run:
        submission = services.rehearse(peer.agency, filing.item, FILENAME, stream, **sending).submission
    else:
        submission = services.submit(peer.agency, filing.item, FILENAME, stream, **sending)
    return _outcome(filing, submission)


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


def _outcome(filing: Filing, submission: Submission) -> dict[str, Any]:
    return {
        "nonce": filing.nonce,
        "submission": None if filing.dry_run else str(submission.id),
        "dryRun": filing.dry_run,
        "sha256": submission.sha256,
        "counts": submission.counts,
    }


def _answer(peer: ExchangePeer, outcome: dict[str, Any], now: datetime) -> Reply:
    plain = json.dumps(outcome, ensure_ascii=False, sort_keys=True).encode()
    sealed = envelope.seal(plain, exchange_keys(), bytes.fromhex(peer.public_key))
    return Reply(True, "0", "成功 · Accepted", now, sealed)


def _refused(refusal: Refusal, now: datetime) -> Reply:
    code = "exchange_message" if isinstance(refusal, NotStrict) else refusal.code
    return Reply(False, code, f"{refusal.zh} {refusal.en}", now, None)
