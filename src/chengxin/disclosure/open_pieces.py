"""An edition of the open data in pieces: neighbouring records, packed apart, so that only what changed is made anew.

A file of many pieces is one ordinary gzip file: members one after the other. Beside the full file and the table an
index of ids and digests is kept, never content, and the list of pieces: where each begins in the three files, and the
digest of its part of the index. Two editions whose pieces have the same digest say the same there.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from chengxin.disclosure.open_files import PUT, WITHDRAW, Row, canonical, line_of, table_head, table_of
from chengxin.disclosure.open_rows import Stretch

LEVEL = 6
_PACKERS = ThreadPoolExecutor(2, thread_name_prefix="packing")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """The records behind ``after`` up to ``last``: how many rows, until which day all of them may be shown.

    ``full``, ``table`` and ``index`` are where the piece begins in each file, and how many bytes of it there are.
    """

    after: str
    last: str
    rows: int
    ends: str | None
    full: Span
    table: Span
    index: Span
    digest: str

    @property
    def same_as(self) -> tuple[str, str, str]:
        """Return what two pieces of the same records with the same content have in common."""
        return self.after, self.last, self.digest

    def ended(self, today: date) -> bool:
        """Tell whether a row of it may be shown no longer."""
        return self.ends is not None and self.ends < today.isoformat()


@dataclass(frozen=True, slots=True)
class Places:
    """The three files of an edition in pieces, and the list of them."""

    full: Path
    table: Path
    index: Path
    listed: Path

    def pieces(self) -> list[Piece]:
        """Return the pieces that are whole, as far as the list was written; an index without a list is one piece."""
        if self.listed.exists():
            return list(_read(self.listed))
        size = self.index.stat().st_size if self.index.exists() else 0
        return [Piece("", "", 0, None, (0, 0), (0, 0), (0, size), "")] if size else []


class Writer:
    """Writes pieces one after the other; opened again on what is there, it goes on behind the last whole piece."""

    def __init__(self, places: Places) -> None:
        self.places, self.pieces = places, list(_read(places.listed)) if places.listed.exists() else []
        last = self.pieces[-1] if self.pieces else None
        ends = [sum(span) for span in (last.full, last.table, last.index)] if last else [0, 0, 0]
        paths = (places.full, places.table, places.index)
        self._files = [_opened(path, end) for path, end in zip(paths, ends, strict=True)]
        self._list = _opened(places.listed, sum(len(_line(each)) for each in self.pieces))
        if last is None:
            self._files[1].write(_packed(table_head()))

    @property
    def last(self) -> str:
        """Return behind which record it goes on."""
        return self.pieces[-1].last if self.pieces else ""

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return sum(each.rows for each in self.pieces)

    def add(self, found: Stretch, last: str = "") -> None:
        """Write a piece that was read; ``last`` is how far it reaches when its last row lies before that."""
        lines = [line_of(row) for row in found.rows]
        index = _index(found.rows, lines)
        table = _PACKERS.submit(_packed, table_of(found.rows))
        packed = _packed(b"".join(lines)), table.result(), _packed(index)
        ends = found.ends.isoformat() if found.ends else None
        reach = last or str(found.rows[-1]["record"])
        self._append(packed, reach, len(lines), ends, hashlib.sha256(index).hexdigest())

    def copy(self, source: Places, piece: Piece) -> None:
        """Take a piece over from another edition as it is."""
        spans = ((source.full, piece.full), (source.table, piece.table), (source.index, piece.index))
        self._append([_bytes(path, span) for path, span in spans], piece.last, piece.rows, piece.ends, piece.digest)

    def close(self) -> None:
        """Write down what is still in memory and close the files."""
        for file in (*self._files, self._list):
            file.close()

    def _append(self, packed: Sequence[bytes], last: str, rows: int, ends: str | None, digest: str) -> None:
        full, table, index = ((file.tell(), len(data)) for file, data in zip(self._files, packed, strict=True))
        for file, data in zip(self._files, packed, strict=True):
            file.write(data)
            file.flush()
        piece = Piece(self.last, last, rows, ends, full, table, index, digest)
        self._list.write(_line(piece))
        self._list.flush()
        self.pieces.append(piece)


def touched(pieces: Sequence[Piece], records: Iterable[str]) -> set[int]:
    """Return the numbers of the pieces in which these records lie or would lie; those behind the last are in none."""
    begins = [each.after for each in pieces]
    return {bisect_left(begins, record) - 1 for record in records if pieces and record <= pieces[-1].last}


def write_differences(path: Path, new: Places, old: Places) -> int:
    """Write what turns one edition into the next, in the order of the records' ids; return how many lines."""
    after, before = new.pieces(), old.pieces()
    same = {each.same_as for each in after} & {each.same_as for each in before}
    count = 0
    with path.open("wb") as raw, gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as out:
        for change in _changes(_entries(old, before, same), _lines(new, after, same)):
            out.write(change)
            count += 1
    return count


def _changes(old: Iterator[tuple[str, str]], new: Iterator[tuple[str, str, bytes]]) -> Iterator[bytes]:
    """Merge two ordered lists: what only the old one has is withdrawn, what is new or different is put."""
    head = next(old, None)
    for key, digest, line in new:
        while head and head[0] < key:
            yield _withdrawn(head[0])
            head = next(old, None)
        was = head[1] if head and head[0] == key else None
        head = next(old, None) if was else head
        if was != digest:
            # A row is its own canonical text, so that it need not be read to be put.
            yield b'{"op":"' + PUT.encode() + b'","row":' + line.rstrip(b"\n") + b"}\n"
    while head:
        yield _withdrawn(head[0])
        head = next(old, None)


def _withdrawn(key: str) -> bytes:
    return line_of({"op": WITHDRAW, "record": key})


def _entries(places: Places, pieces: Iterable[Piece], same: set[Any]) -> Iterator[tuple[str, str]]:
    for piece in pieces:
        if piece.same_as not in same:
            for line in gzip.decompress(_bytes(places.index, piece.index)).decode("ascii").splitlines():
                key, digest = line.split()
                yield key, digest


def _lines(places: Places, pieces: Iterable[Piece], same: set[Any]) -> Iterator[tuple[str, str, bytes]]:
    for piece in pieces:
        if piece.same_as not in same:
            lines = gzip.decompress(_bytes(places.full, piece.full)).splitlines(keepends=True)
            for (key, digest), line in zip(_entries(places, [piece], set()), lines, strict=True):
                yield key, digest, line


def _index(rows: Sequence[Row], lines: Sequence[bytes]) -> bytes:
    pairs = zip(rows, lines, strict=True)
    return "".join(f"{row['record']} {hashlib.sha256(line).hexdigest()[:32]}\n" for row, line in pairs).encode()


def _packed(data: bytes) -> bytes:
    """Return a gzip member whose bytes depend on its content only."""
    return gzip.compress(data, LEVEL, mtime=0)


def _bytes(path: Path, span: Span) -> bytes:
    with path.open("rb") as stream:
        stream.seek(span[0])
        return stream.read(span[1])


def _opened(path: Path, size: int) -> Any:
    """Open a file for writing behind its first so many bytes; what stands behind them was not whole."""
    path.touch()
    os.truncate(path, size)
    return path.open("ab")


def _line(piece: Piece) -> bytes:
    return canonical(asdict(piece)).encode() + b"\n"


def _read(path: Path) -> Iterator[Piece]:
    """Yield the pieces of a list; its last line may have been cut off."""
    for line in path.read_bytes().splitlines(keepends=True):
        if not line.endswith(b"\n"):
            return
        told = json.loads(line)
        spans = {name: tuple(told[name]) for name in ("full", "table", "index")}
        yield Piece(**told | spans)
