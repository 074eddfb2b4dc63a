"""The guard in front of old workbooks (.xls): the container is followed and its records are counted before opening.

The library that opens them trusts what the file says about itself: a chain that bites its own tail or a sheet that
claims four thousand million rows would take the whole machine. Source: [MS-CFB] and [MS-XLS].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from chengxin.intake.readers import faults, limits

_HEADER, _ENTRY = 512, 128
_LAST_SECTOR = 0xFFFFFFFA
_MINI_CUTOFF = 4096
_MINI_SHIFT = 6
_SHIFTS = (9, 12)
_STREAM, _ROOT = 2, 5
_BEGIN, _DIMENSIONS, _TEXTS, _PASSWORD = 0x0809, 0x0200, 0x00FC, 0x002F
# Records that begin with a row and a column; the last two end with the last column.
_CELLS = frozenset(
    {0x0006, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x0001, 0x0002, 0x0003, 0x0004, 0x0005}
)
_RUNS = frozenset({0x00BD, 0x00BE})
# A text takes three bytes at least, however short it is.
_SHORTEST_TEXT = 3


def check_old_workbook(file: IO[bytes], size: int) -> None:
    """Raise FileTooLarge, FileEncrypted, FileDamaged or FileKindUnknown unless the old workbook is safe to open."""
    if size > limits.WORKBOOK_BYTES:
        raise faults.too_large(limits.WORKBOOK_BYTES // limits.MIB)
    file.seek(0)
    try:
        stream = _workbook(_Container(file.read()))
        _check_records(stream)
    except (struct.error, IndexError) as fault:
        raise faults.broken_workbook() from fault
    file.seek(0)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


class _Container:
    """The streams of a compound file; every chain is followed no further than the file is long."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in _SHIFTS or mini_shift != _MINI_SHIFT:
            raise faults.broken_workbook()
        self._sector = 1 << shift
        self._most = len(content) // self._sector + 1
        directory, cutoff, mini, minis = struct.unpack_from("<I4xIII", content, 48)
        if cutoff != _MINI_CUTOFF or minis > self._most:
            raise faults.broken_workbook()
        self._next = self._table(self._places())
        self._mini_next = self._table(list(self._chain(mini, self._next, self._most))) if minis else []
        self.entries = [e for e in self._entries(directory) if e.kind]
        if any(e.size > len(content) for e in self.entries):
            raise faults.broken_workbook()

    def _places(self) -> list[int]:
        """Return the sectors of the allocation table; those beyond 109 are listed in a chain of their own."""
        (count,) = struct.unpack_from("<I", self._content, 44)
        following, _more = struct.unpack_from("<II", self._content, 68)
        places = list(struct.unpack_from("<109I", self._content, 76))
        per_sector = self._sector // 4
        for _ in range(self._most):
            if following >= _LAST_SECTOR:
                break
            *listed, following = struct.unpack(f"<{per_sector}I", self._read(following))
            places += listed
        else:
            raise faults.broken_workbook()
        if count > self._most:
            raise faults.broken_workbook()
        return [place for place in places if place < _LAST_SECTOR]

    def _table(self, places: Sequence[int]) -> list[int]:
        if len(places) > self._most:
            raise faults.broken_workbook()
        form = f"<{self._sector // 4}I"
        return [number for place in places for number in struct.unpack(form, self._read(place))]

    def _read(self, place: int) -> bytes:
        start = _HEADER if self._sector == _HEADER else self._sector
        found = self._content[start + place * self._sector :][: self._sector] if place < self._most else b""
        return found.ljust(self._sector, b"\0") if found else b""

    def _chain(self, start: int, following: Sequence[int], most: int) -> Iterator[int]:
        """Yield the sectors of a chain; one that is longer than the file runs in a circle."""
        for _ in range(most + 1):
            if start >= _LAST_SECTOR:
                return
            yield start
            start = following[start]
        raise faults.broken_workbook()

    def _entries(self, directory: int) -> Iterator[_Entry]:
        for place in self._chain(directory, self._next, self._most):
            sector = self._read(place)
            for at in range(0, len(sector), _ENTRY):
                length, kind = struct.unpack_from("<HB", sector, at + 64)
                start, size = struct.unpack_from("<II", sector, at + 116)
                name = sector[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
                yield _Entry(name, kind, start, size)

    def stream(self, entry: _Entry) -> bytes:
        """Return the content of a stream; short ones stand inside the root's own stream."""
        if entry.size >= _MINI_CUTOFF or entry.kind == _ROOT:
            return b"".join(map(self._read, self._chain(entry.start, self._next, self._most)))[: entry.size]
        root = self.stream(next((e for e in self.entries if e.kind == _ROOT), entry))
        most = len(root) >> _MINI_SHIFT
        chain = self._chain(entry.start, self._mini_next, most)
        return b"".join(root[place << _MINI_SHIFT :][: 1 << _MINI_SHIFT] for place in chain)[: entry.size]


def _workbook(container: _Container) -> bytes:
    roots = [e for e in container.entries if e.kind == _ROOT]
    if len(roots) != 1:
        raise faults.broken_workbook()
    container.stream(roots[0])
    streams = {e.name: e for e in container.entries if e.kind == _STREAM}
    if "EncryptedPackage" in streams:
        raise faults.encrypted()
    found = streams.get("Workbook") or streams.get("Book")
    if found is None:
        raise faults.unknown_kind()
    return container.stream(found)


def _check_records(stream: bytes) -> None:
    """Walk over the records; refuse passwords, counts that cannot be true, and more cells than are opened."""
    cells, rows, columns, at = 0, 0, 0, 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        body = at + 4
        if kind in _CELLS or kind in _RUNS:
            if length >= 4 and body + length <= len(stream):
                row, column = struct.unpack_from("<HH", stream, body)
                last = struct.unpack_from("<H", stream, body + length - 2)[0] if kind in _RUNS else column
                rows, columns = max(rows, row + 1), max(columns, column + 1, last + 1)
        elif kind == _BEGIN:
            cells, rows, columns = cells + rows * columns, 0, 0
        elif kind == _PASSWORD:
            raise faults.encrypted()
        elif kind in (_DIMENSIONS, _TEXTS):
            _check_claim(kind, stream[body : body + length], len(stream))
        if cells + rows * columns > limits.OLD_WORKBOOK_CELLS:
            raise faults.unsafe_archive("的数据区域过大（可能在很远的角落有内容）", "spans far too many cells")
        at = body + length


def _check_claim(kind: int, body: bytes, size: int) -> None:
    """Check what the file says about its own size, for room is made for it before anything is read."""
    if kind == _TEXTS:
        if len(body) < 8 or struct.unpack_from("<i", body, 4)[0] not in range(size // _SHORTEST_TEXT + 1):
            raise faults.broken_workbook()
        return
    if len(body) not in (10, 14):
        raise faults.broken_workbook()
    first, last, left, right = struct.unpack_from("<IIHH" if len(body) == 14 else "<HHHH", body)
    if (last - first + 1) * (right - left + 1) > limits.OLD_WORKBOOK_CELLS or last < first or right < left:
        raise faults.unsafe_archive("的数据区域过大（可能在很远的角落有内容）", "spans far too many cells")
