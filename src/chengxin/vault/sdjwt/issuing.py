"""Making SD-JWTs (RFC 9901 §4): what is marked as hidden leaves a digest behind and travels beside the token."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from chengxin.vault.sdjwt import jose

HASH: Final = "sha-256"
BINDING_TYPE: Final = "kb+jwt"
SALT_BYTES: Final = 16
DIGEST_BYTES: Final = 32

Chance = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Hidden:
    """A value that its holder may show or keep back: a member of an object or an element of a list."""

    value: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Decoy:
    """An element of a list that stands for nothing, so that nobody can count what is kept back."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A token and everything that may be shown with it; the order of ``disclosures`` is that of the claims given."""

    token: str = field(repr=False)
    disclosures: tuple[str, ...] = field(repr=False)


def digest(text: str) -> str:
    """Return the digest of a disclosure, or of a presentation, as it stands in tokens."""
    return jose.encode(hashlib.sha256(text.encode("ascii")).digest())


def issue(
    claims: Mapping[str, Any], key: ec.EllipticCurvePrivateKey, *, typ: str, chance: Chance, kid: str | None = None
) -> Issued:
    """Sign claims of which every :class:`Hidden` one can be shown or kept back by its holder."""
    maker = _Maker(chance)
    payload = {**maker.folded(claims), "_sd_alg": HASH}
    header = {"typ": typ} if kid is None else {"typ": typ, "kid": kid}
    return Issued(jose.sign(header, payload, key), tuple(maker.disclosures))


def present(token: str, disclosures: Iterable[str]) -> str:
    """Return the token with the disclosures that are to be shown, without the holder's signature."""
    return "~".join([token, *disclosures, ""])


def bind(presentation: str, key: ec.EllipticCurvePrivateKey, *, audience: str, nonce: str, now: int, until: int) -> str:
    """Return a presentation signed by its holder for one reader and one request, until a moment (RFC 9901 §4.3)."""
    claims = {"aud": audience, "nonce": nonce, "iat": now, "exp": until, "sd_hash": digest(presentation)}
    return presentation + jose.sign({"typ": BINDING_TYPE}, claims, key)


class _Maker:
    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self.disclosures: list[str] = []

    def folded(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self._object(value)
        if isinstance(value, list | tuple):
            return [self._element(each) for each in value]
        return value

    def _object(self, value: Mapping[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        hidden: list[str] = []
        for name, each in value.items():
            if isinstance(each, Hidden):
                hidden.append(self._told([name, each.value]))
            else:
                kept[name] = self.folded(each)
        return {**kept, "_sd": sorted(hidden)} if hidden else kept  # Sorted, so that the order tells nothing.

    def _element(self, each: Any) -> Any:
        if isinstance(each, Decoy):
            return {"...": jose.encode(self._chance(DIGEST_BYTES))}
        if isinstance(each, Hidden):
            return {"...": self._told([each.value])}
        return self.folded(each)

    def _told(self, parts: list[Any]) -> str:
        """Write one disclosure down and return its digest; what is inside may be hidden once more."""
        whole = [jose.encode(self._chance(SALT_BYTES)), *parts[:-1], self.folded(parts[-1])]
        text = jose.encode(json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode())
        self.disclosures.append(text)
        return digest(text)
