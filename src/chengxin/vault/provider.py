"""The cryptographic operations the platform asks for, and a software provider of them.

A hardware module or a key-management service takes the place of ``SoftwareProvider`` by offering the same methods.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chengxin.rules.errors import Refusal
from chengxin.vault.keyfiles import KeyMaterial

FORMAT: Final = 1
AES_256_GCM: Final = 1
SM4_GCM: Final = 2
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


class Tampered(Refusal):
    """A sealed value was changed, or moved to another table, column or row."""

    code = "tampered"

    def __init__(self) -> None:
        super().__init__(
            "封存内容校验失败：内容被改动，或被移到别的位置。请从备份恢复，并报告安全负责人。",
            "The sealed content failed its check: it was changed or moved. Restore it from a backup and tell the "
            "person in charge of security.",
        )


class Cipher(Protocol):
    """One unwrapped key, ready to seal and open many values."""

    def seal(self, plaintext: bytes, associated: bytes) -> bytes:
        """Return version byte, algorithm byte, nonce, ciphertext and tag."""
        ...

    def open(self, blob: bytes, associated: bytes) -> bytes:
        """Return the plaintext; raise Tampered if any byte or the associated data differ."""
        ...


class CryptoProvider(Protocol):
    """What a provider of cryptography must offer; keys of the installation never leave it."""

    def cipher(self, data_key: bytes) -> Cipher:
        """Return a cipher under a data key of 32 bytes."""
        ...

    def wrap(self, data_key: bytes, associated: bytes) -> bytes:
        """Seal a data key under the master key."""
        ...

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        """Open a data key sealed under the master key; raise Tampered."""
        ...

    def derive(self, label: str) -> bytes:
        """Return 32 bytes that only this installation can derive for this label."""
        ...

    def mac(self, message: bytes) -> bytes:
        """Return the keyed digest of a message under the index key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return an Ed25519 signature of 64 bytes."""
        ...

    def public_key(self) -> bytes:
        """Return the Ed25519 public key, 32 bytes."""
        ...


class AesCipher:
    """AES-256 in Galois/counter mode."""

    algorithm: Final = AES_256_GCM

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, plaintext: bytes, associated: bytes) -> bytes:
        """Seal under a fresh random nonce."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return (
            bytes((FORMAT, self.algorithm)) + nonce + self._aead.encrypt(nonce, plaintext, _header(self) + associated)
        )

    def open(self, blob: bytes, associated: bytes) -> bytes:
        """Open; raise Tampered."""
        try:
            return self._aead.decrypt(blob[2 : 2 + NONCE_BYTES], blob[2 + NONCE_BYTES :], _header(self) + associated)
        except (InvalidTag, ValueError) as error:
            raise Tampered from error


class Sm4Cipher:
    """SM4 in Galois/counter mode (GB/T 32907, GB/T 36624), under a key derived from the data key."""

    algorithm: Final = SM4_GCM

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(hmac.digest(key, b"chengxin sm4-gcm", "sha256")[:16])

    def seal(self, plaintext: bytes, associated: bytes) -> bytes:
        """Seal under a fresh random nonce."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        work = BlockCipher(self._key, modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(_header(self) + associated)
        return bytes((FORMAT, self.algorithm)) + nonce + work.update(plaintext) + work.finalize() + work.tag

    def open(self, blob: bytes, associated: bytes) -> bytes:
        """Open; raise Tampered."""
        nonce, body, tag = blob[2 : 2 + NONCE_BYTES], blob[2 + NONCE_BYTES : -TAG_BYTES], blob[-TAG_BYTES:]
        try:
            work = BlockCipher(self._key, modes.GCM(nonce, tag)).decryptor()
            work.authenticate_additional_data(_header(self) + associated)
            return work.update(body) + work.finalize()
        except (InvalidTag, ValueError) as error:
            raise Tampered from error


CIPHERS: Final[dict[int, type[AesCipher] | type[Sm4Cipher]]] = {AES_256_GCM: AesCipher, SM4_GCM: Sm4Cipher}


class _AnyCipher:
    """Seals with the chosen algorithm and opens with the one a blob names, so that a change of algorithm is soft."""

    def __init__(self, key: bytes, algorithm: int) -> None:
        self._key = key
        self._sealing = CIPHERS[algorithm](key)

    def seal(self, plaintext: bytes, associated: bytes) -> bytes:
        return self._sealing.seal(plaintext, associated)

    def open(self, blob: bytes, associated: bytes) -> bytes:
        if len(blob) < 2 + NONCE_BYTES + TAG_BYTES or blob[0] != FORMAT or blob[1] not in CIPHERS:
            raise Tampered
        if blob[1] == self._sealing.algorithm:
            return self._sealing.open(blob, associated)
        return CIPHERS[blob[1]](self._key).open(blob, associated)


class SoftwareProvider:
    """Keys from files, arithmetic by the ``cryptography`` library.

    ``suite`` is "aes" (AES-256-GCM, HMAC-SHA256) or "sm" (SM4-GCM, HMAC-SM3). A change of suite keeps old sealed
    values readable; blind indexes must be rebuilt, because their digests change.
    """

    def __init__(self, keys: KeyMaterial, suite: str = "aes") -> None:
        self._algorithm = {"aes": AES_256_GCM, "sm": SM4_GCM}[suite]
        self._digest = {"aes": "sha256", "sm": "sm3"}[suite]
        self._master = _AnyCipher(keys.master, self._algorithm)
        self._deriving, self._index = keys.master, keys.index
        self._signer = Ed25519PrivateKey.from_private_bytes(keys.signing)

    def cipher(self, data_key: bytes) -> Cipher:
        """Return a cipher under a data key."""
        return _AnyCipher(data_key, self._algorithm)

    def wrap(self, data_key: bytes, associated: bytes) -> bytes:
        """Seal a data key under the master key."""
        return self._master.seal(data_key, associated)

    def unwrap(self, wrapped: bytes, associated: bytes) -> bytes:
        """Open a wrapped data key; raise Tampered."""
        return self._master.open(wrapped, associated)

    def derive(self, label: str) -> bytes:
        """Derive 32 bytes from the master key for one label."""
        return hmac.digest(self._deriving, b"chengxin derive\x00" + label.encode(), "sha256")

    def mac(self, message: bytes) -> bytes:
        """Return the digest of a message under the index key."""
        if self._digest == "sha256":
            return hmac.digest(self._index, message, "sha256")
        return hmac.new(self._index, message, "sm3").digest()

    def sign(self, message: bytes) -> bytes:
        """Sign with the installation's Ed25519 key."""
        return self._signer.sign(message)

    def public_key(self) -> bytes:
        """Return the 32 bytes of the Ed25519 public key."""
        return self._signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _header(cipher: AesCipher | Sm4Cipher) -> bytes:
    """Bind version and algorithm to the tag as well, so that neither byte can be changed unnoticed."""
    return bytes((FORMAT, cipher.algorithm))
