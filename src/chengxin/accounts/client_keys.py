"""Public keys of API clients: a system signs its assertions, so no secret of it ever reaches the platform."""

from __future__ import annotations

import warnings
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from chengxin.accounts import clients
from chengxin.accounts.models import ApiClient, ClientKey, User
from chengxin.ledger import services as ledger
from chengxin.rules import strict_json
from chengxin.rules.errors import Refusal

MOST_STANDING = 2
LONGEST_JWK = 4096
WEAKEST_RSA_BITS = 2048
LONGEST_KID = 64
# Ed25519 goes by its older name on the wire, which every library knows; joserfc remarks on that with each use.
warnings.filterwarnings("ignore", message="EdDSA is deprecated")


class KeyNotAccepted(Refusal):
    """The text is not a public key that the platform takes."""

    code = "client_key_not_accepted"


def add(client_id: UUID, text: str, user: User, now: datetime, *, key_only: bool = True) -> ClientKey:
    """Register a public key (a JWK, RFC 7517) for a client; at most two stand at once.

    ``key_only`` ends the long-lived token: from then on only assertions open the door. Raises NotPermitted,
    ClientNotStanding, KeyNotAccepted.
    """
    clients.check_may_issue(user)
    jwk, algorithm, thumbprint = read(text)
    with transaction.atomic():
        client = clients.standing(client_id, user, now)
        if of(client, now).count() >= MOST_STANDING:
            raise _two_stand()
        key = _pinned(client, jwk, algorithm, thumbprint, user, now)
        if key_only:
            ApiClient.objects.filter(line=client.line).update(key_only=True)
        public = {"agency": client.agency.uscc, "client": client.pk, "key": thumbprint}
        ledger.append("client.key_registered", {"client": client.pk, "by": user.pk}, now=now, public=public)
    return key


def end(key_id: UUID, user: User, now: datetime) -> None:
    """End a key at once; doing it twice changes nothing. Raises NotPermitted."""
    with transaction.atomic():
        key = ClientKey.objects.get(pk=key_id)
        clients.check_may_issue(user, clients.agency_of(key.line))
        if ClientKey.objects.filter(pk=key_id, ended_at=None).update(ended_at=now):
            public = {"line": key.line, "key": key.thumbprint}
            ledger.append("client.key_ended", {"by": user.pk}, now=now, public=public)


def of(client: ApiClient, now: datetime) -> QuerySet[ClientKey]:
    """Return the keys under which a client's assertions are accepted now, newest first."""
    return standing_keys(client.line, now).order_by("-registered_at", "id")


def standing_keys(line: UUID, now: datetime) -> QuerySet[ClientKey]:
    """Return the keys of a line that stand now."""
    return ClientKey.objects.filter(Q(ended_at=None) | Q(ended_at__gt=now), line=line)


def read(text: str) -> tuple[dict[str, Any], str, str]:
    """Return the public JWK, the algorithm it is used with, and its RFC 7638 thumbprint; raises KeyNotAccepted."""
    jwk = _parsed(text)
    try:
        key = import_key(jwk)
        if key.is_private:
            raise _private()
        algorithm = _algorithm(key)
        thumbprint = key.thumbprint()
        public = key.as_dict(private=False)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise _not_a_key() from None
    kid = jwk.get("kid", thumbprint)
    if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID or not (kid.isascii() and kid.isprintable()):
        raise _not_a_key()
    return {**public, "kid": kid}, algorithm, thumbprint


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_JWK:
        raise _not_a_key()
    try:
        jwk = strict_json.loads(text.encode("utf-8", "surrogatepass"))
    except strict_json.NotStrict:
        raise _not_a_key() from None
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kty"), str) or jwk["kty"] == "oct":
        raise _not_a_key()
    return jwk


def _algorithm(key: Any) -> str:
    """Return the one algorithm a key is used with, which no assertion can choose; raises KeyNotAccepted."""
    if key.key_type == "EC" and key.curve_name == "P-256":
        return "ES256"
    if key.key_type == "OKP" and key.curve_name == "Ed25519":
        return "EdDSA"
    if key.key_type == "RSA" and key.public_key.key_size >= WEAKEST_RSA_BITS:
        return "PS256"
    raise _not_a_key()


def _pinned(
    client: ApiClient, jwk: dict[str, Any], algorithm: str, thumbprint: str, user: User, now: datetime
) -> ClientKey:
    try:
        with transaction.atomic():
            return ClientKey.objects.create(
                line=client.line,
                kid=jwk["kid"],
                algorithm=algorithm,
                jwk=jwk,
                thumbprint=thumbprint,
                registered_by=user,
                registered_at=now,
            )
    except IntegrityError:
        raise KeyNotAccepted(
            "这把公钥或者它的 kid 已登记过。每次更换须用新的密钥。",
            "This key, or its kid, was registered before. Every change needs a new key.",
        ) from None


def _not_a_key() -> KeyNotAccepted:
    return KeyNotAccepted(
        "不是可接受的公钥。须为 JWK（JSON）：EC P-256、OKP Ed25519，或者不短于 2048 位的 RSA。",
        "This is no key that is accepted. It must be a JWK: EC P-256, OKP Ed25519, or RSA of at least 2048 bits.",
    )


def _private() -> KeyNotAccepted:
    return KeyNotAccepted(
        "这是私钥，请勿发送：这把密钥视为已泄露，请对方重新生成，只交公钥。",
        "This is a private key and counts as leaked: ask for a new pair, and for its public part only.",
    )


def _two_stand() -> KeyNotAccepted:
    return KeyNotAccepted(
        "已有两把公钥有效。请先停用旧的一把，再登记新的。",
        "Two keys stand already. End the older one before registering another.",
    )
