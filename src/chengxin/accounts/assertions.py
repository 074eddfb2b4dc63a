"""Signed client assertions (RFC 7523): who they are from, whether they are meant for us, and whether they are new.

Header and claims are read by our own strict reader before any signature is looked at, and only a registered key
verifies, under the one algorithm it was registered for. Until then every refusal reads the same.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from chengxin.accounts import client_keys, clients
from chengxin.accounts.models import ApiClient, ClientKey, UsedAssertion
from chengxin.rules import strict_json
from chengxin.rules.errors import Refusal

ALGORITHMS = frozenset({"ES256", "EdDSA", "PS256"})
LONGEST = 8192
LONGEST_LIFE = timedelta(minutes=5)
LEEWAY = timedelta(seconds=30)  # For the clock of the other system running ahead of ours.
_TYPES = frozenset({"JWT", "client-authentication+jwt"})
_PART = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_JTI = re.compile(r"[\x21-\x7e]{1,128}", re.ASCII)


class AssertionRefused(Refusal):
    """A client assertion does not open the door; the code says which step it failed."""

    code = "client_not_recognised"


@dataclass(frozen=True, slots=True)
class _Read:
    header: dict[str, Any]
    claims: dict[str, Any]


def authenticate(assertion: str, audience: str, now: datetime) -> ApiClient:
    """Return the client that signed an assertion for this audience, which is thereby used up.

    Raises AssertionRefused.
    """
    read = _read(assertion)
    client, key = _client_and_key(read, now)
    if key is None or client is None or not _signed(assertion, key):
        raise _unrecognised()
    expires = _check_times(read.claims, now)
    if read.claims.get("aud") not in (audience, [audience]):
        raise _wrong_audience()
    _use_up(client, read.claims.get("jti"), expires)
    return client


def forget(now: datetime) -> int:
    """Forget assertions that are too old to be used again; return how many there were."""
    return UsedAssertion.objects.filter(expires_at__lt=now - LONGEST_LIFE).delete()[0]


def _read(assertion: str) -> _Read:
    parts = assertion.split(".")
    if len(assertion) > LONGEST or len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise _malformed()
    header, claims = (_object(part) for part in parts[:2])
    if header.get("alg") not in ALGORITHMS or "crit" in header or "b64" in header:
        raise _malformed()
    if header.get("typ", "JWT") not in _TYPES or not isinstance(header.get("kid"), str):
        raise _malformed()
    return _Read(header, claims)


def _object(part: str) -> dict[str, Any]:
    try:
        content = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        value = strict_json.loads(content)
    except (ValueError, strict_json.NotStrict):
        raise _malformed() from None
    # The alphabet leaves room for several spellings of the same octets; only the shortest is taken.
    if not isinstance(value, dict) or base64.urlsafe_b64encode(content).decode().rstrip("=") != part:
        raise _malformed()
    return value


def _client_and_key(read: _Read, now: datetime) -> tuple[ApiClient | None, ClientKey | None]:
    issuer, subject = read.claims.get("iss"), read.claims.get("sub")
    if not isinstance(issuer, str) or issuer != subject:
        raise _unrecognised()
    try:
        line = UUID(issuer)
    except ValueError:
        raise _unrecognised() from None
    known = client_keys.standing_keys(line, now).filter(kid=read.header["kid"], algorithm=read.header["alg"])
    return clients.newest_of(line, now), known.first()


def _signed(assertion: str, key: ClientKey) -> bool:
    try:
        jws.deserialize_compact(assertion, import_key(key.jwk), algorithms=[key.algorithm])
    except (JoseError, ValueError, TypeError):
        return False
    return True


def _check_times(claims: dict[str, Any], now: datetime) -> datetime:
    """Return when an assertion expires; raises AssertionRefused for one that is late, early, or long."""
    expires, issued = _moment(claims.get("exp")), _moment(claims.get("iat"))
    begins = _moment(claims["nbf"]) if "nbf" in claims else issued
    if expires <= now or expires - issued > LONGEST_LIFE or max(issued, begins) > now + LEEWAY:
        raise AssertionRefused(
            "签名断言的时间不符：exp 须在将来，exp 减 iat 不超过 5 分钟，iat 不得晚于现在。请校准时钟后重新签发。",
            "The times of the assertion are wrong: exp lies ahead, exp minus iat is at most 5 minutes, and iat is not "
            "in the future. Set the clock and sign a new one.",
            code="assertion_time",
        )
    return expires


def _moment(value: Any) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**11:
        raise AssertionRefused(
            "签名断言缺少 exp 或 iat，或者它们不是秒数。",
            "The assertion has no exp or no iat, or they are no number of seconds.",
            code="assertion_time",
        )
    return datetime.fromtimestamp(value, UTC)


def _use_up(client: ApiClient, jti: Any, expires: datetime) -> None:
    if not isinstance(jti, str) or not _JTI.fullmatch(jti):
        raise _malformed()
    digest = hashlib.sha256(jti.encode()).hexdigest()
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(line=client.line, jti=digest, expires_at=expires)
    except IntegrityError:
        raise AssertionRefused(
            "这个签名断言（jti）已用过。每次请求须签发新的断言。",
            "This assertion (its jti) was used before. Sign a new one for every request.",
            code="assertion_replayed",
        ) from None


def _malformed() -> AssertionRefused:
    return AssertionRefused(
        "签名断言的格式不符：须为 ES256、EdDSA 或 PS256 签名的 JWT，含 kid、iss、sub、aud、iat、exp、jti。",
        "The assertion is not well-formed: a JWT signed with ES256, EdDSA or PS256, with kid, iss, sub, aud, iat, exp "
        "and jti.",
        code="assertion_malformed",
    )


def _unrecognised() -> AssertionRefused:
    return AssertionRefused(
        "客户端或签名未获认可：客户端不存在或已停用，公钥未登记或已停用，或签名不符。请与信用中心核对。",
        "Client or signature are not recognised: the client is unknown or disabled, the key is not registered or has "
        "ended, or the signature does not verify. Check with the credit centre.",
    )


def _wrong_audience() -> AssertionRefused:
    return AssertionRefused(
        "签名断言的 aud 不是本平台的令牌地址。该地址见接口文档，须逐字相同。",
        "The aud of the assertion is not this platform's token address. It stands in the documentation of the API and "
        "must be the same letter by letter.",
        code="assertion_audience",
    )
