"""The key pair with which the platform takes part in signed exchange, in two files of the key folder."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from chengxin.vault import sm2
from chengxin.vault.keyfiles import read_key_file, write_once
from chengxin.vault.sm2 import KeyPair

PRIVATE, PUBLIC = "exchange.key", "exchange.pub"


def create_exchange_keys(directory: Path | str) -> bool:
    """Make the pair where there is none and tell whether it was made; an existing one stays untouched."""
    folder, pair = Path(directory), sm2.generate()
    if not write_once(folder / PRIVATE, pair.private.hex()):
        return False
    (folder / PUBLIC).unlink(missing_ok=True)  # It belonged to a private key that is no longer there.
    return write_once(folder / PUBLIC, pair.public.hex())


def exchange_keys() -> KeyPair:
    """Return the platform's pair; raise KeysMissing, KeysExposed or KeysDamaged."""
    return _read(os.fspath(settings.CHENGXIN_KEYS_DIR))


@lru_cache(maxsize=4)
def _read(directory: str) -> KeyPair:
    folder = Path(directory)
    public = read_key_file(folder / PUBLIC, sm2.PUBLIC_BYTES)
    return KeyPair(public, read_key_file(folder / PRIVATE, sm2.PRIVATE_BYTES))
