"""The envelope of the Jiangsu exchange: SM3 digest, SM2 signature, SM4-CBC body, and the SM4 key wrapped by SM2.

Wire shape as the province's departments speak it (2022): ``publicKey``, ``key``, ``signatureData`` and the body, all as
text. Two things are fixed here which that protocol leaves open: the initial vector goes before the ciphertext, and
the wrapped key is written C1 C3 C2 (GB/T 35276). The key that verifies is always the pinned one, never the one sent.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from chengxin.vault import sm2
from chengxin.vault.sm2 import KeyPair, NotForUs

SIGNER: Final = b"xmsme"
"""The user identifier of this exchange; it is not the one the standard proposes."""

_KEY: Final = 16
_BLOCK: Final = 16


class NotAuthentic(Exception):
    """An envelope that does not open or whose signature is not the pinned key's; never says which."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The four texts of a message; ``body`` travels as ``requestData`` or ``data``."""

    public_key: str
    key: str
    signature: str
    body: str


def seal(plain: bytes, sender: KeyPair, receiver: bytes) -> Envelope:
    """Sign a message as ``sender`` and encrypt it so that only ``receiver`` (a public key of 64 bytes) can read it."""
    session = secrets.token_bytes(_KEY)
    signature = sm2.sign(sender, digest(plain), SIGNER)
    return Envelope(
        public_key=f"04{sender.public.hex()}",
        key=sm2.wrap(receiver, session).hex(),
        signature=signature.hex(),
        body=base64.b64encode(_encrypt(session, plain)).decode(),
    )


def open_envelope(envelope: Envelope, receiver: KeyPair, pinned: bytes) -> bytes:
    """Return the message if it opens for ``receiver`` and is signed by the ``pinned`` key; else raise NotAuthentic.

    The signature is checked even when decryption failed, so that neither the answer nor its time tells a stranger
    which of the two it was.
    """
    plain, opened = _opened(envelope, receiver)
    if not sm2.verifies(pinned, digest(plain), _hex(envelope.signature), SIGNER) or not opened:
        raise NotAuthentic
    return plain


def digest(plain: bytes) -> bytes:
    """Return the SM3 digest of a message (GB/T 32905), 32 bytes."""
    work = hashes.Hash(hashes.SM3())
    work.update(plain)
    return work.finalize()


def _opened(envelope: Envelope, receiver: KeyPair) -> tuple[bytes, bool]:
    try:
        session = sm2.unwrap(receiver, _hex(envelope.key))
        return _decrypt(session, base64.b64decode(envelope.body, validate=True)), True
    except (NotForUs, ValueError, binascii.Error):
        return b"", False


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _encrypt(session: bytes, plain: bytes) -> bytes:
    vector, pad = secrets.token_bytes(_BLOCK), padding.PKCS7(8 * _BLOCK).padder()
    work = Cipher(algorithms.SM4(session), modes.CBC(vector)).encryptor()
    return vector + work.update(pad.update(plain) + pad.finalize()) + work.finalize()


def _decrypt(session: bytes, body: bytes) -> bytes:
    work = Cipher(algorithms.SM4(session), modes.CBC(body[:_BLOCK])).decryptor()
    padded = work.update(body[_BLOCK:]) + work.finalize()
    strip = padding.PKCS7(8 * _BLOCK).unpadder()
    return strip.update(padded) + strip.finalize()
