"""Taking an upload in: counted, hashed and put into an unnamed temporary file, before anything looks inside."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from chengxin.intake.readers import faults, limits

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload at rest: its file, its size in bytes and its SHA-256 in hexadecimal."""

    file: IO[bytes]
    size: int
    sha256: str


@contextmanager
def spooled(stream: IO[bytes]) -> Iterator[Upload]:
    """Copy a stream of bytes to an unnamed file; raises FileTooLarge and FileEmpty. The copy is gone afterwards."""
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as file:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > limits.FILE_BYTES:
                raise faults.too_large(limits.FILE_BYTES // limits.MIB)
            digest.update(piece)
            file.write(piece)
        if not size:
            raise faults.empty()
        file.seek(0)
        yield Upload(file, size, digest.hexdigest())
