"""Token Status List: two bits for each token in one signed, compressed list that anybody fetches whole.

Whoever fetches it says nothing about which token is meant, and can go on without a network until the list ends.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from chengxin.vault.sdjwt import jose
from chengxin.vault.sdjwt.checking import LEEWAY, moment
from chengxin.vault.sdjwt.jose import NotSound

TYPE: Final = "statuslist+jwt"
BITS: Final = 2
WIDTHS: Final = (1, 2, 4, 8)
LARGEST: Final = 4 * 1024 * 1024
"""Bytes that a list may unpack to."""


class Status(IntEnum):
    """What the two bits of a token say. 2 is kept for tokens that are suspended; 3 is ours to define."""

    VALID = 0
    WITHDRAWN = 1
    SUSPENDED = 2
    SUPERSEDED = 3


@dataclass(frozen=True, slots=True)
class Reference:
    """Where the status of a token stands."""

    uri: str
    index: int


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list whose signature holds. ``made`` and ``ends`` are in seconds since 1970; ``ends`` may be missing."""

    made: int
    ends: int | None
    ttl: int | None
    bits: int
    packed: bytes = field(repr=False)

    def at(self, index: int) -> int:
        """Return the value at an index; an index outside the list raises NotSound."""
        position = index * self.bits
        if index < 0 or position // 8 >= len(self.packed):
            raise NotSound("status")
        return (self.packed[position // 8] >> position % 8) & ((1 << self.bits) - 1)


def pack(values: Mapping[int, int], size: int, bits: int = BITS) -> str:
    """Return the compressed list of ``size`` values of which those not given are 0."""
    packed = bytearray(size * bits // 8)
    for index, value in values.items():
        packed[index * bits // 8] |= value << index * bits % 8
    return jose.encode(zlib.compress(bytes(packed), 9))


def make(
    values: Mapping[int, int],
    size: int,
    key: ec.EllipticCurvePrivateKey,
    *,
    kid: str,
    uri: str,
    now: int,
    ttl: int,
    until: int,
) -> str:
    """Return the signed list of an address."""
    body = {"bits": BITS, "lst": pack(values, size)}
    claims = {"sub": uri, "iat": now, "exp": until, "ttl": ttl, "status_list": body}
    return jose.sign({"typ": TYPE, "kid": kid}, claims, key)


def reference(claims: Mapping[str, Any]) -> Reference:
    """Return where the status of a checked token stands; raise NotSound when it names none."""
    found = claims.get("status")
    found = found.get("status_list") if isinstance(found, dict) else None
    uri, index = (found.get("uri"), found.get("idx")) if isinstance(found, dict) else (None, None)
    if not isinstance(uri, str) or not isinstance(index, int) or isinstance(index, bool) or index < 0:
        raise NotSound("status")
    return Reference(uri, index)


def check(text: str, keys: jose.Keys, *, uri: str, now: int) -> StatusList:
    """Return the list of an address that one of the keys signed; an ended one raises NotSound."""
    claims = jose.check(text, keys, (TYPE,)).claims
    if claims.get("sub") != uri:
        raise NotSound("status")
    made, ends, ttl = moment(claims, "iat", needed=True), moment(claims, "exp"), moment(claims, "ttl")
    if made is None or made > now + LEEWAY:
        raise NotSound("time")
    if ends is not None and ends <= now - LEEWAY:
        raise NotSound("expired")
    bits, packed = unpack(claims.get("status_list"))
    return StatusList(made, ends, ttl, bits, packed)


def unpack(body: Any) -> tuple[int, bytes]:
    """Return the width and the bytes of a list; one that would unpack to more than 4 MiB is refused."""
    bits, text = (body.get("bits"), body.get("lst")) if isinstance(body, dict) else (None, None)
    if not isinstance(bits, int) or isinstance(bits, bool) or bits not in WIDTHS or not isinstance(text, str):
        raise NotSound("status")
    work = zlib.decompressobj()
    try:
        packed = work.decompress(jose.decode(text, "status"), LARGEST)
    except zlib.error:
        raise NotSound("status") from None
    if not work.eof or work.unused_data:
        raise NotSound("status")
    return bits, packed
