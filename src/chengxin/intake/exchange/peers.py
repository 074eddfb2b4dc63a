"""Whose messages are taken: the public key of a department's system is checked by the centre and pinned once."""

from __future__ import annotations

import uuid
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from chengxin.accounts import clients
from chengxin.accounts.models import Agency, User
from chengxin.intake.models import ExchangePeer
from chengxin.intake.policies import check_is_source
from chengxin.ledger import services as ledger
from chengxin.rules.errors import Refusal
from chengxin.vault import sm2


class KeyPinned(Refusal):
    """The key stands already, for this agency or another one, now or formerly."""

    code = "exchange_key_pinned"


def pin(agency: Agency, public_key: str, user: User, now: datetime) -> ExchangePeer:
    """Pin a system's public key (hexadecimal) for an agency; a key is never pinned twice, not even after removal.

    Raises NotPermitted, NotASource, NotAPublicKey, KeyPinned.
    """
    clients.check_may_issue(user, agency)
    check_is_source(agency)
    key = sm2.public_key(public_key).hex()
    try:
        with transaction.atomic():
            return _pin(agency, key, user, now)
    except IntegrityError:
        if not ExchangePeer.objects.filter(public_key=key).exists():  # Nothing could be written down.
            raise
        raise KeyPinned(
            "这把公钥已经登记过，不能再次登记。请由对方系统生成新的密钥对。",
            "This public key was pinned before and cannot be pinned again. Let the other system make a new pair.",
        ) from None


def remove(peer_id: UUID, user: User, now: datetime) -> None:
    """Stop taking messages signed with a key; doing it twice changes nothing. Raises NotPermitted."""
    with transaction.atomic():
        peer = ExchangePeer.objects.select_related("agency").get(pk=peer_id)
        clients.check_may_issue(user, peer.agency)
        if ExchangePeer.objects.filter(pk=peer_id, removed_at=None).update(removed_at=now):
            User.objects.filter(pk=peer.user_id).update(is_active=False)
            _write("exchange.removed", peer, user, now)


def standing(public_key: str) -> ExchangePeer | None:
    """Return the peer whose pinned key this is, written with or without ``04``; None when nobody's."""
    key = public_key.lower().removeprefix("04") if len(public_key) > 2 * sm2.PUBLIC_BYTES else public_key.lower()
    return ExchangePeer.objects.select_related("agency", "user").filter(public_key=key, removed_at=None).first()


def all_peers() -> list[ExchangePeer]:
    """Return every peer there is or was, newest first, to whoever runs the machine."""
    return list(ExchangePeer.objects.select_related("agency").order_by("-pinned_at"))


def peers_of(user: User) -> list[ExchangePeer]:
    """Return every peer there is or was in an operator's region, newest first; raises NotPermitted."""
    clients.check_may_issue(user)
    found = ExchangePeer.objects.select_related("agency").filter(clients.within(user))
    return list(found.order_by("-pinned_at"))


def _pin(agency: Agency, key: str, user: User, now: datetime) -> ExchangePeer:
    identifier = uuid.uuid4()
    account = clients.service_user(agency, identifier, [clients.SUBMISSION])
    peer = ExchangePeer.objects.create(
        id=identifier, agency=agency, user=account, public_key=key, pinned_by=user, pinned_at=now
    )
    _write("exchange.pinned", peer, user, now)
    return peer


def _write(kind: str, peer: ExchangePeer, user: User, now: datetime) -> None:
    public = {"agency": peer.agency.uscc, "peer": peer.pk, "key": peer.public_key}
    ledger.append(kind, {"peer": peer.pk, "by": user.pk}, now=now, public=public)
