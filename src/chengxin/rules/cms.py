"""电子签名: the certificate of an Ed25519 key and a detached CMS signature, as DER. Pure: whoever holds the key signs.

RFC 5280 (certificates), RFC 5652 and RFC 8419 (CMS with Ed25519), ETSI EN 319 122-1 (the attribute that names the
certificate). Ed25519 draws no chance, so the same bytes are signed the same way every time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

Sign = Callable[[bytes], bytes]
INTEGER, BITS, OCTETS, OID, UTF8, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x06, 0x0C, 0x30, 0x31
UTC_TIME, GENERALIZED_TIME, BOOLEAN = 0x17, 0x18, 0x01
ED25519, SHA512 = "1.3.101.112", "2.16.840.1.101.3.4.2.3"
DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
COMMON_NAME, BASIC_CONSTRAINTS, KEY_USAGE, KEY_IDENTIFIER = "2.5.4.3", "2.5.29.19", "2.5.29.15", "2.5.29.14"
VERSION_OF_CMS = VERSION_OF_SIGNER = 1
VERSION_3 = 2
SIGNS = bytes([6, 0xC0])
"""Digital signature and content commitment, with six bits unused."""


class Malformed(ValueError):
    """The bytes are no DER that this module writes."""


def certificate(public_key: bytes, name: str, sign: Sign) -> bytes:
    """Return the self-signed certificate of an Ed25519 key under a name; the same key and name give the same bytes.

    It has no last day that means anything (RFC 5280, 4.1.2.5): whether the key still holds, the platform says.
    """
    body = tlv(
        SEQUENCE,
        tlv(0xA0, integer(VERSION_3)),
        _serial(public_key),
        algorithm(ED25519),
        _named(name),
        tlv(SEQUENCE, tlv(UTC_TIME, b"240101000000Z"), tlv(GENERALIZED_TIME, b"99991231235959Z")),
        _named(name),
        tlv(SEQUENCE, algorithm(ED25519), tlv(BITS, b"\0" + public_key)),
        tlv(0xA3, tlv(SEQUENCE, *_extensions(public_key))),
    )
    return tlv(SEQUENCE, body, algorithm(ED25519), tlv(BITS, b"\0" + sign(body)))


def signature(digest: bytes, public_key: bytes, name: str, sign: Sign) -> bytes:
    """Return a detached signature over content of which ``digest`` is the SHA-512, with its certificate."""
    own = certificate(public_key, name, sign)
    attributes = _attributes(digest, own)
    return _assembled(own, attributes, sign(tlv(SET, attributes)))


def to_be_held(made: bytes, digest: bytes) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    """Return two pairs of message and signature, by the signer and by its certificate, which must both hold.

    Raises Malformed unless ``made`` is, byte for byte, a signature over content with this SHA-512 as this module writes
    it: nothing in it can be changed unnoticed.
    """
    try:
        _oid, (_tag, wrapped) = members(made)
        parts = members(wrapped)
        own, value = parts[3][1], members(parts[4][1])[5][1]
        body, _algorithm, issued = members(own)
        attributes = _attributes(digest, own)
        same = _assembled(own, attributes, value) == made
    except (IndexError, ValueError) as fault:
        raise Malformed from fault
    if not same:
        raise Malformed
    return (tlv(SET, attributes), value), (tlv(*body), issued[1][1:])


def _assembled(own: bytes, attributes: bytes, value: bytes) -> bytes:
    """Return the signature with its parts in place; who issued the certificate is read from it."""
    body = members(tlv(*members(own)[0]))
    issuer, serial = tlv(*body[3]), tlv(*body[1])
    signer = tlv(
        SEQUENCE,
        integer(VERSION_OF_SIGNER),
        tlv(SEQUENCE, issuer, serial),
        algorithm(SHA512),
        tlv(0xA0, attributes),
        algorithm(ED25519),
        tlv(OCTETS, value),
    )
    content = tlv(SEQUENCE, oid(DATA))
    parts = (integer(VERSION_OF_CMS), tlv(SET, algorithm(SHA512)), content, tlv(0xA0, own), tlv(SET, signer))
    return tlv(SEQUENCE, oid(SIGNED_DATA), tlv(0xA0, tlv(SEQUENCE, *parts)))


def _attributes(digest: bytes, own: bytes) -> bytes:
    named = tlv(SEQUENCE, tlv(SEQUENCE, tlv(SEQUENCE, tlv(OCTETS, hashlib.sha256(own).digest()))))
    found = (
        _attribute(CONTENT_TYPE, oid(DATA)),
        _attribute(MESSAGE_DIGEST, tlv(OCTETS, digest)),
        _attribute(SIGNING_CERTIFICATE, named),
    )
    return b"".join(sorted(found))  # DER orders the members of a set by their bytes.


def _attribute(kind: str, value: bytes) -> bytes:
    return tlv(SEQUENCE, oid(kind), tlv(SET, value))


def _extensions(public_key: bytes) -> Iterator[bytes]:
    critical = tlv(BOOLEAN, b"\xff")
    yield tlv(SEQUENCE, oid(BASIC_CONSTRAINTS), critical, tlv(OCTETS, tlv(SEQUENCE)))
    yield tlv(SEQUENCE, oid(KEY_USAGE), critical, tlv(OCTETS, tlv(BITS, SIGNS)))
    identifier = hashlib.sha1(public_key, usedforsecurity=False).digest()
    yield tlv(SEQUENCE, oid(KEY_IDENTIFIER), tlv(OCTETS, tlv(OCTETS, identifier)))


def _named(name: str) -> bytes:
    return tlv(SEQUENCE, tlv(SET, tlv(SEQUENCE, oid(COMMON_NAME), tlv(UTF8, name.encode()))))


def _serial(public_key: bytes) -> bytes:
    return integer(int.from_bytes(hashlib.sha256(public_key).digest()[:16], "big") | 1)


def algorithm(identifier: str) -> bytes:
    """Return an algorithm identifier without parameters."""
    return tlv(SEQUENCE, oid(identifier))


def integer(value: int) -> bytes:
    """Return a whole number that is not negative."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """Return an object identifier."""
    head, second, *rest = (int(part) for part in dotted.split("."))
    return tlv(OID, b"".join(_base128(each) for each in (head * 40 + second, *rest)))


def _base128(value: int) -> bytes:
    parts = [value & 0x7F]
    while value := value >> 7:
        parts.append(value & 0x7F | 0x80)
    return bytes(reversed(parts))


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return tag, length and content."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def members(data: bytes) -> list[tuple[int, bytes]]:
    """Return tag and content of each value inside the one value that ``data`` is; raises Malformed."""
    _tag, start, end = _span(data, 0)
    found, at = [], start
    if end != len(data):
        raise Malformed
    while at < end:
        tag, inner, at = _span(data, at)
        found.append((tag, data[inner:at]))
    return found


def _span(data: bytes, at: int) -> tuple[int, int, int]:
    if at + 2 > len(data):
        raise Malformed
    tag, length, start = data[at], data[at + 1], at + 2
    if length & 0x80:
        more = length & 0x7F
        length, start = int.from_bytes(data[start : start + more], "big"), start + more
    if start + length > len(data):
        raise Malformed
    return tag, start, start + length
