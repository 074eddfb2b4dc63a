"""Sealing of personal content under per-subject keys, keyed blind indexes, and signatures."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from chengxin.rules.errors import Refusal
from chengxin.vault.keyfiles import KEY_BYTES, create_keys, read_keys
from chengxin.vault.models import DataKey
from chengxin.vault.provider import Cipher, CryptoProvider, SoftwareProvider, Tampered

__all__ = [
    "AnyKey",
    "DataKey",
    "Erased",
    "HeldKey",
    "Place",
    "Sealer",
    "Tampered",
    "blind_index",
    "blind_indexer",
    "create_keys",
    "destroy",
    "destroy_many",
    "new_key",
    "new_keys",
    "open_sealed",
    "platform_sealer",
    "provider",
    "public_key",
    "seal",
    "sealer_for",
    "sealers_for",
    "sign",
]


class Erased(Refusal):
    """The key was destroyed, so the content is gone for good (Personal Information Protection Law, article 47)."""

    code = "erased"

    def __init__(self) -> None:
        super().__init__(
            "内容已依法删除，密钥已销毁，无法恢复。", "The content was erased: its key is destroyed for good."
        )


class Place(NamedTuple):
    """Where a sealed value lives; a value sealed for one place cannot be opened in another."""

    table: str
    column: str
    row: str

    def associated(self) -> bytes:
        """Return the place as bytes, each part with its length, so that no two places read alike."""
        return _column(self.table, self.column) + _measured(self.row)


@lru_cache(maxsize=256)
def _column(table: str, column: str) -> bytes:
    return _measured(table) + _measured(column)


def _measured(part: str) -> bytes:
    encoded = part.encode()
    return len(encoded).to_bytes(4, "big") + encoded


class HeldKey(NamedTuple):
    """A data key as it stands in its table, for bulk work that builds no model objects."""

    pk: uuid.UUID
    wrapped: bytes | None


AnyKey = DataKey | HeldKey


class Sealer:
    """An unwrapped key for bulk work within one job; do not keep it, or destruction would come late."""

    __slots__ = ("_cipher",)

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    def seal(self, plaintext: bytes, place: Place) -> bytes:
        """Return the sealed blob for this place."""
        return self._cipher.seal(plaintext, place.associated())

    def open(self, blob: bytes, place: Place) -> bytes:
        """Return the plaintext; raise Tampered."""
        return self._cipher.open(bytes(blob), place.associated())


def provider() -> CryptoProvider:
    """Return the provider over the installation's keys; raise KeysMissing, KeysExposed or KeysDamaged."""
    return _provider(str(settings.CHENGXIN_KEYS_DIR), getattr(settings, "CHENGXIN_CRYPTO", "aes"))


@lru_cache(maxsize=4)
def _provider(directory: str, suite: str) -> CryptoProvider:
    return SoftwareProvider(read_keys(Path(directory)), suite)


def new_key(now: datetime) -> DataKey:
    """Make and store one data key."""
    return new_keys(1, now)[0]


def new_keys(count: int, now: datetime) -> list[DataKey]:
    """Make and store many data keys in one statement."""
    keys = [_fresh(uuid.uuid4(), now) for _ in range(count)]
    return DataKey.objects.bulk_create(keys)


def sealer_for(key: AnyKey) -> Sealer:
    """Unwrap a key once for many values; raise Erased if it is destroyed."""
    return _unwrapped(provider(), key)


def _unwrapped(suite: CryptoProvider, key: AnyKey) -> Sealer:
    if key.wrapped is None:
        raise Erased
    return Sealer(suite.cipher(suite.unwrap(bytes(key.wrapped), _wrapping_place(key.pk).associated())))


def sealers_for(keys: Iterable[AnyKey]) -> dict[uuid.UUID, Sealer]:
    """Unwrap many keys; destroyed keys are left out."""
    suite = provider()
    return {key.pk: _unwrapped(suite, key) for key in keys if key.wrapped is not None}


def platform_sealer(purpose: str) -> Sealer:
    """Return the sealer for content that belongs to no single subject; its key is derived from the master key."""
    return Sealer(provider().cipher(provider().derive("platform:" + purpose)))


def seal(key: DataKey, plaintext: bytes, place: Place) -> bytes:
    """Seal one value; raise Erased if the key is destroyed."""
    return sealer_for(key).seal(plaintext, place)


def open_sealed(key: DataKey, blob: bytes, place: Place) -> bytes:
    """Open one value; raise Erased if the key is destroyed, Tampered if the value was changed or moved."""
    return sealer_for(key).open(blob, place)


def destroy(key: DataKey, now: datetime) -> None:
    """Destroy a key for good; everything sealed under it becomes unreadable. Doing it twice changes nothing."""
    destroy_many([key], now)


def destroy_many(keys: Sequence[DataKey], now: datetime) -> int:
    """Destroy keys in one statement and return how many were still whole."""
    with transaction.atomic():
        whole = DataKey.objects.filter(pk__in=[key.pk for key in keys], wrapped__isnull=False)
        count = whole.update(wrapped=None, destroyed_at=now)
    for key in keys:
        key.refresh_from_db(fields=["wrapped", "destroyed_at"])
    return count


def blind_index(scope: str, value: str) -> str:
    """Return the keyed digest, 64 hexadecimal characters, by which a value can be found but not read.

    The same value has unrelated digests in different scopes. The caller normalises the value first.
    """
    return blind_indexer(scope)(value)


def blind_indexer(scope: str) -> Callable[[str], str]:
    """Return ``blind_index`` for one scope, for many values of one job."""
    name = scope.encode()
    prefix, mac = len(name).to_bytes(2, "big") + name, provider().mac
    return lambda value: mac(prefix + value.encode()).hex()


def sign(message: bytes) -> bytes:
    """Return the installation's Ed25519 signature, 64 bytes."""
    return provider().sign(message)


def public_key() -> bytes:
    """Return the installation's Ed25519 public key, 32 bytes."""
    return provider().public_key()


def _fresh(identifier: uuid.UUID, now: datetime) -> DataKey:
    wrapped = provider().wrap(secrets.token_bytes(KEY_BYTES), _wrapping_place(identifier).associated())
    return DataKey(id=identifier, wrapped=wrapped, created_at=now)


def _wrapping_place(identifier: uuid.UUID) -> Place:
    return Place("vault_datakey", "wrapped", str(identifier))
