"""From pieces to a token and back: what is open, what the holder may choose, and what hides how much there is.

Schema ``urn:chengxin:credit-report:1``. Open: ``iss``, ``iat``, ``exp``, ``vct``, ``cnf``, ``status``, ``as_of``,
``subject_kind``, ``holder_key`` ("platform" or "own"). To be chosen: ``name``, ``code``, ``code_masked`` and every
element of ``contents``. The list is shuffled and filled up with decoys, so that its length tells nothing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec

from chengxin.disclosure.portable.contents import Contents
from chengxin.vault.sdjwt import issuing, jose
from chengxin.vault.sdjwt.issuing import Decoy, Hidden, Issued

TYPE: Final = "dc+sd-jwt"
VCT: Final = "urn:chengxin:credit-report:1"
STEP: Final = 16
"""Contents are filled up to a multiple of this number."""
KEY_BYTES: Final = 32


class Random(Protocol):
    """Whatever salts, shuffles and chooses places."""

    def randbytes(self, n: int, /) -> bytes:
        """Return random bytes."""

    def shuffle(self, x: list[Any], /) -> None:
        """Put a list into random order."""

    def randrange(self, stop: int, /) -> int:
        """Return a number below ``stop``."""


CHANCE: Random = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a token says besides its contents. Times are in seconds since 1970."""

    site: str
    now: int
    until: int
    list_uri: str
    position: int
    holder: ec.EllipticCurvePublicKey
    own_key: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What is sealed for the holder: the token, everything that may be shown with it, and the holder's key, if kept."""

    issued: Issued
    secret: bytes | None = field(repr=False)

    def to_bytes(self) -> bytes:
        """Return the text that is sealed."""
        whole = {"token": self.issued.token, "parts": self.issued.disclosures, "d": (self.secret or b"").hex()}
        return json.dumps(whole).encode()

    @classmethod
    def of(cls, plain: bytes) -> Kept:
        """Read what was sealed."""
        found = json.loads(plain)
        return cls(Issued(found["token"], tuple(found["parts"])), bytes.fromhex(found["d"]) or None)

    @property
    def key(self) -> ec.EllipticCurvePrivateKey | None:
        """Return the holder's key, if the platform keeps it."""
        if self.secret is None:
            return None
        return ec.derive_private_key(int.from_bytes(self.secret, "big"), ec.SECP256R1())


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to choose: ``key`` names it on the page, ``claim`` is empty for an element of the contents."""

    key: str
    claim: str
    value: Any = field(repr=False)
    text: str = field(repr=False)


def fresh_holder_key() -> bytes:
    """Return the secret of a new holder's key."""
    return ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(KEY_BYTES, "big")


def public_of(secret: bytes) -> ec.EllipticCurvePublicKey:
    """Return the public half of a holder's key."""
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1()).public_key()


def pack(contents: Contents, terms: Terms, key: ec.EllipticCurvePrivateKey, chance: Random) -> Issued:
    """Sign the contents; name, codes and every piece can be shown or kept back one by one."""
    elements: list[Hidden | Decoy] = [Hidden(piece.value) for piece in contents.pieces]
    elements += [Decoy()] * (-len(elements) % STEP)
    chance.shuffle(elements)
    claims = {
        "iss": terms.site,
        "iat": terms.now,
        "exp": terms.until,
        "vct": VCT,
        "cnf": {"jwk": jose.public_jwk(terms.holder)},
        "status": {"status_list": {"idx": terms.position, "uri": terms.list_uri}},
        "as_of": contents.as_of.isoformat(),
        "subject_kind": contents.kind,
        "holder_key": "own" if terms.own_key else "platform",
        "name": Hidden(contents.name),
        "code": Hidden(contents.code),
        "code_masked": Hidden(contents.masked_code),
        "contents": elements,
    }
    kid = jose.thumbprint(key.public_key())
    return issuing.issue(claims, key, typ=TYPE, chance=chance.randbytes, kid=kid)


def parts_of(kept: Kept) -> tuple[Part, ...]:
    """Return everything that can be chosen, each under the digest by which the token knows it."""
    return tuple(map(_part, kept.issued.disclosures))


def chosen(kept: Kept, keys: Iterable[str]) -> tuple[Part, ...]:
    """Return the parts of these keys, in the order of the token; unknown keys are left out."""
    wanted = set(keys)
    return tuple(part for part in parts_of(kept) if part.key in wanted)


def presented(kept: Kept, parts: Iterable[Part]) -> str:
    """Return the token with what is to be shown, not yet signed by its holder."""
    return issuing.present(kept.issued.token, (part.text for part in parts))


def _part(text: str) -> Part:
    found = jose.as_json(text)
    return Part(issuing.digest(text), found[1] if len(found) == 3 else "", found[-1], text)
