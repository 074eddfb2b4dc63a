"""SM2 over one well-kept library: key pairs, signatures, and wrapping a session key for one receiver.

Standards: GB/T 32918 (SM2), GB/T 35276 (how keys, signatures and ciphertexts are written). The library complains on the
process's error stream about what strangers send; those lines are taken out, everything else passes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import gmssl_pyx
from cryptography.hazmat import asn1

from chengxin.rules.errors import Refusal

PUBLIC_BYTES: Final = 64
PRIVATE_BYTES: Final = 32
_UNCOMPRESSED: Final = b"\x04"
_COORDINATE: Final = 32
_HASH: Final = 32
_COMPLAINT: Final = b"/GmSSL/"
_one_at_a_time = threading.Lock()


class NotAPublicKey(Refusal):
    """A text that is not a point of the SM2 curve."""

    code = "sm2_public_key"


class NotForUs(Exception):
    """A wrapped key that does not open with our private key; says nothing more, so that nobody learns from trying."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Public key as 64 bytes (x, y), private key as 32 bytes. It has no repr of its content."""

    public: bytes
    private: bytes

    def __repr__(self) -> str:
        """Name the kind only."""
        return "KeyPair(…)"


@asn1.sequence
class _Wrapped:
    x: int
    y: int
    digest: bytes
    body: bytes


def generate() -> KeyPair:
    """Return a new key pair from the library's own random source."""
    return KeyPair(*gmssl_pyx.sm2_key_generate())


def public_key(text: str) -> bytes:
    """Return the 64 bytes of a public key given as hexadecimal text, with or without ``04``; raise NotAPublicKey."""
    try:
        with _complaints_left_out():
            return bytes(gmssl_pyx.normalize_sm2_public_key(bytes.fromhex(text)[-PUBLIC_BYTES:]))
    except (ValueError, gmssl_pyx.GmsslInnerError) as error:
        raise NotAPublicKey(
            "公钥应为 128 位十六进制字符（可带前缀 04），并且是 SM2 曲线上的点。请向对方重新索取。",
            "A public key is 128 hexadecimal characters (04 may go before them) and a point of the SM2 curve. Ask the "
            "other side for it again.",
        ) from error


def sign(pair: KeyPair, message: bytes, signer: bytes) -> bytes:
    """Return a signature in DER over ``message`` for a signer's identifier."""
    return bytes(gmssl_pyx.sm2_sign(pair.private, pair.public, message, signer))


def verifies(public: bytes, message: bytes, signature: bytes, signer: bytes) -> bool:
    """Tell whether a signature in DER is the key's; anything malformed is simply not."""
    try:
        with _complaints_left_out():
            return bool(gmssl_pyx.sm2_verify(public, message, signature, signer))
    except (ValueError, gmssl_pyx.GmsslInnerError):
        return False


def wrap(public: bytes, secret: bytes) -> bytes:
    """Encrypt a short secret for one receiver; returns ``04``, the point, the digest and the body (C1 C3 C2)."""
    found = asn1.decode_der(_Wrapped, gmssl_pyx.sm2_encrypt(public, secret))
    point = found.x.to_bytes(_COORDINATE, "big") + found.y.to_bytes(_COORDINATE, "big")
    return _UNCOMPRESSED + point + found.digest + found.body


def unwrap(pair: KeyPair, wrapped: bytes) -> bytes:
    """Open what ``wrap`` made for this pair; raise NotForUs."""
    try:
        with _complaints_left_out():
            return bytes(gmssl_pyx.sm2_decrypt(pair.private, _as_der(wrapped)))
    except (ValueError, gmssl_pyx.GmsslInnerError):
        raise NotForUs from None


def _as_der(wrapped: bytes) -> bytes:
    start = 1 + PUBLIC_BYTES
    if wrapped[:1] != _UNCOMPRESSED or len(wrapped) <= start + _HASH:
        raise NotForUs
    x, y = wrapped[1 : 1 + _COORDINATE], wrapped[1 + _COORDINATE : start]
    digest, body = wrapped[start : start + _HASH], wrapped[start + _HASH :]
    numbers = {"x": int.from_bytes(x, "big"), "y": int.from_bytes(y, "big")}
    return asn1.encode_der(_Wrapped(**numbers, digest=digest, body=body))


@contextmanager
def _complaints_left_out() -> Iterator[None]:
    """Hold back the error stream during one call, then pass on every line that is not the library's complaint."""
    with _one_at_a_time, tempfile.TemporaryFile() as held:
        sys.stderr.flush()
        real = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(real, 2)
            os.close(real)
            held.seek(0)
            _pass_on(held.read())


def _pass_on(lines: bytes) -> None:
    others = b"".join(line for line in lines.splitlines(keepends=True) if _COMPLAINT not in line)
    if others:
        os.write(2, others)
