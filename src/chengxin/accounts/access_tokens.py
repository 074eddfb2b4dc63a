"""Access tokens: opaque, alive for minutes, for some of a client's purposes, and for one certificate where asked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chengxin.accounts import clients
from chengxin.accounts.models import AccessToken, ApiClient
from chengxin.rules.errors import Refusal
from chengxin.vault.services import blind_index

LIFE = timedelta(minutes=10)
PREFIX = "cxa_"


class ScopeNotCovered(Refusal):
    """A scope was asked for that the client was not issued for."""

    code = "scope_not_covered"


@dataclass(frozen=True, slots=True)
class Granted:
    """A new access token, which cannot be shown again; ``seconds`` is its life."""

    token: str = field(repr=False)
    seconds: int
    purposes: tuple[str, ...]


def grant(client: ApiClient, wanted: Iterable[str], certificate: str, now: datetime) -> Granted:
    """Return a token for the wanted purposes, all of the client's when none is named; raises ScopeNotCovered."""
    asked = sorted(set(wanted)) or sorted(client.purposes)
    if set(asked) - set(client.purposes):
        raise ScopeNotCovered(
            f"客户端不含所请求的 scope。可请求：{'、'.join(sorted(client.purposes))}。",
            f"The client was not issued for this scope. It may ask for: {', '.join(sorted(client.purposes))}.",
        )
    token = PREFIX + secrets.token_urlsafe(32)
    expires = min(now + LIFE, client.expires_at)
    AccessToken.objects.create(
        digest=_digest(token),
        client=client,
        purposes=asked,
        certificate=certificate,
        issued_at=now,
        expires_at=expires,
    )
    return Granted(token, int((expires - now).total_seconds()), tuple(asked))


def authenticate(token: str, certificate: str, now: datetime) -> ApiClient | None:
    """Return the client a token stands for now, cut to the purposes of the token, or None."""
    digest = _digest(token)
    found = AccessToken.objects.select_related("client__user__agency", "client__agency").filter(digest=digest).first()
    if found is None or found.revoked_at or not found.issued_at <= now < found.expires_at:
        return None
    if found.certificate and not hmac.compare_digest(found.certificate, certificate):
        return None
    client = found.client
    if clients.state(client, now) != "standing" or not client.user.is_active:
        return None
    client.purposes = found.purposes
    return client


def revoke(token: str, client: ApiClient, now: datetime) -> None:
    """End a token of this client at once; a token that is unknown or somebody else's is left as it is (RFC 7009)."""
    own = AccessToken.objects.filter(digest=_digest(token), client__line=client.line, revoked_at=None)
    own.update(revoked_at=now)


def forget(now: datetime) -> int:
    """Forget tokens that ended; return how many there were."""
    return AccessToken.objects.filter(expires_at__lt=now - LIFE).delete()[0]


def _digest(token: str) -> str:
    return blind_index("access_token", hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest())
