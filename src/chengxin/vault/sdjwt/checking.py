"""Checking SD-JWTs as RFC 9901 §7 asks: a presentation is believed as a whole or not at all.

Nothing is dropped in silence: a disclosure that was changed, repeated or put in from elsewhere refuses everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from chengxin.vault.sdjwt import jose
from chengxin.vault.sdjwt.issuing import BINDING_TYPE, HASH, digest
from chengxin.vault.sdjwt.jose import NotSound

LONGEST: Final = 512 * 1024
MOST_DISCLOSURES: Final = 4096
DEEPEST: Final = 32
LEEWAY: Final = 60
"""Seconds by which two clocks may differ."""
PLACEHOLDER: Final = "..."
RESERVED_NAMES: Final = frozenset({"_sd", "_sd_alg", PLACEHOLDER})
ALWAYS_OPEN: Final = frozenset({"iss", "iat", "nbf", "exp", "aud", "cnf", "vct", "vct#integrity", "status"})
"""Claims by which a token is judged; an issuer that could hide them could hide that it has ended."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the reader asks of a presentation. ``now`` is in seconds since 1970.

    ``audience`` and ``nonce`` are compared when they are given; ``bound`` refuses a presentation its holder did not
    sign. A holder's signature that is there is always checked, asked for or not.
    """

    now: int
    types: tuple[str | None, ...]
    issuer: str | None = None
    vct: str | None = None
    bound: bool = True
    audience: str | None = None
    nonce: str | None = None


@dataclass(frozen=True, slots=True)
class Sound:
    """A presentation that may be believed: what is shown, and what its holder signed (None when nothing)."""

    claims: dict[str, Any] = field(repr=False)
    shown: int
    binding: dict[str, Any] | None


def check(text: str, keys: jose.Keys, expected: Expected) -> Sound:
    """Return what a presentation shows; raise NotSound with the reason."""
    token, disclosures, binding = _parts(text)
    signed = jose.check(token, keys, expected.types).claims
    if signed.get("_sd_alg", HASH) != HASH:
        raise NotSound("hash")
    claims = _Reading(disclosures).whole(signed)
    _check_times(claims, expected.now)
    _check_issuer(claims, expected)
    return Sound(claims, len(disclosures), _check_binding(text, binding, claims, expected))


def _parts(text: str) -> tuple[str, list[str], str]:
    parts = text.split("~") if len(text) <= LONGEST and text.isascii() else []
    if not 2 <= len(parts) <= MOST_DISCLOSURES:
        raise NotSound("malformed")
    return parts[0], parts[1:-1], parts[-1]


class _Reading:
    """One pass through a token and its disclosures; every digest is met once, every disclosure is used once."""

    def __init__(self, disclosures: Sequence[str]) -> None:
        self._book = {digest(each): _parsed(each) for each in disclosures}
        if len(self._book) != len(disclosures):
            raise NotSound("repeated")
        self._met: set[str] = set()
        self._used: set[str] = set()

    def whole(self, signed: dict[str, Any]) -> dict[str, Any]:
        claims = self._object(signed, 0)
        if len(self._used) != len(self._book):
            raise NotSound("unreferenced")
        return claims

    def _value(self, value: Any, depth: int) -> Any:
        if depth > DEEPEST:
            raise NotSound("malformed")
        if isinstance(value, dict):
            return self._object(value, depth)
        return self._list(value, depth) if isinstance(value, list) else value

    def _object(self, value: dict[str, Any], depth: int) -> dict[str, Any]:
        if PLACEHOLDER in value or ("_sd_alg" in value and depth):
            raise NotSound("collision")
        plain = {n: self._value(each, depth + 1) for n, each in value.items() if n not in RESERVED_NAMES}
        digests = value.get("_sd", [])
        if not isinstance(digests, list):
            raise NotSound("malformed")
        for found in map(self._taken, digests):
            if found is not None:
                name = _name(found)
                if name in plain or name in RESERVED_NAMES:
                    raise NotSound("collision")
                if not depth and name in ALWAYS_OPEN:
                    raise NotSound("hidden_claim")
                plain[name] = self._value(found[2], depth + 1)
        return plain

    def _list(self, value: list[Any], depth: int) -> list[Any]:
        kept = []
        for each in value:
            if not isinstance(each, dict) or PLACEHOLDER not in each:
                kept.append(self._value(each, depth + 1))
                continue
            if len(each) != 1:
                raise NotSound("malformed")
            found = self._taken(each[PLACEHOLDER])
            if found is not None:
                if len(found) != 2:
                    raise NotSound("disclosure")
                kept.append(self._value(found[1], depth + 1))
        return kept

    def _taken(self, wanted: Any) -> list[Any] | None:
        """Return the disclosure of a digest, or None when it is kept back or stands for nothing."""
        if not isinstance(wanted, str):
            raise NotSound("malformed")
        if wanted in self._met:
            raise NotSound("repeated")
        self._met.add(wanted)
        found = self._book.get(wanted)
        if found is not None:
            self._used.add(wanted)
        return found


def _parsed(text: str) -> list[Any]:
    parts = jose.as_json(text, "disclosure")
    if not isinstance(parts, list) or len(parts) not in (2, 3) or not isinstance(parts[0], str):
        raise NotSound("disclosure")
    return parts


def _name(found: list[Any]) -> str:
    if len(found) != 3 or not isinstance(found[1], str):
        raise NotSound("disclosure")
    return found[1]


def moment(claims: dict[str, Any], name: str, *, needed: bool = False) -> int | None:
    """Return a time of a token in whole seconds; a missing one that is needed, and any other value, raise NotSound."""
    value = claims.get(name)
    if value is None and name not in claims and not needed:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise NotSound("time")
    return value


def _check_times(claims: dict[str, Any], now: int) -> None:
    for name in ("iat", "nbf"):
        since = moment(claims, name)
        if since is not None and since > now + LEEWAY:
            raise NotSound("time")
    ends = moment(claims, "exp", needed=True)
    if ends is None or ends <= now - LEEWAY:
        raise NotSound("expired")


def _check_issuer(claims: dict[str, Any], expected: Expected) -> None:
    if expected.issuer is not None and claims.get("iss") != expected.issuer:
        raise NotSound("issuer")
    if expected.vct is not None and claims.get("vct") != expected.vct:
        raise NotSound("type")


def _check_binding(text: str, binding: str, claims: dict[str, Any], expected: Expected) -> dict[str, Any] | None:
    if not binding:
        if expected.bound or expected.audience is not None or expected.nonce is not None:
            raise NotSound("binding")
        return None
    held = claims.get("cnf")
    if not isinstance(held, dict):
        raise NotSound("binding")
    signed = jose.check(binding, {"": jose.key_of(held.get("jwk"))}, (BINDING_TYPE,))
    said = signed.claims
    _check_said(said, text[: len(text) - len(binding)], expected)
    return said


def _check_said(said: dict[str, Any], presented: str, expected: Expected) -> None:
    if said.get("sd_hash") != digest(presented):
        raise NotSound("binding")
    if not all(isinstance(said.get(name), str) and said[name] for name in ("aud", "nonce")):
        raise NotSound("binding")
    made, ends = moment(said, "iat", needed=True), moment(said, "exp")
    if made is None or made > expected.now + LEEWAY:
        raise NotSound("time")
    if ends is not None and ends <= expected.now - LEEWAY:
        raise NotSound("expired")
    if expected.audience is not None and said["aud"] != expected.audience:
        raise NotSound("audience")
    if expected.nonce is not None and said["nonce"] != expected.nonce:
        raise NotSound("nonce")
