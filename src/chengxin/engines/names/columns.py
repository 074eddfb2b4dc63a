"""The index as plain columns: built once from names, kept in files that every process of a machine maps and shares."""

from __future__ import annotations

import os
import shutil
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chengxin.engines.names.keys import filed_under
from chengxin.rules.names_parts import Parts, parts

_SEPARATOR = "|"  # No part of a name holds it: signs are gone from the parts.
_STAMP = "stamp.txt"
_SPREAD = 2654435761
Words = NDArray[np.uint32]
Longs = NDArray[np.uint64]


@dataclass(frozen=True)
class Columns:
    """Names by number, in the order they were given, and the keys they are filed under.

    ``keys`` is sorted and beside each key stands the name filed under it (``filed``). ``marks`` holds 64 bits of the
    characters of each name, ``refs`` the number by which the caller knows it, ``text`` the parts of all names, one
    after the other, from ``starts[i]`` to ``starts[i + 1]``.
    """

    keys: Words
    filed: Words
    marks: Longs
    refs: Longs
    starts: Longs
    text: NDArray[np.uint8]

    def __len__(self) -> int:
        """Return how many names there are."""
        return len(self.refs)

    @property
    def size(self) -> int:
        """Return the bytes of all columns."""
        return sum(getattr(self, each.name).nbytes for each in fields(self))

    def name(self, number: int) -> Parts:
        """Return the parts of a name."""
        held = self.text[int(self.starts[number]) : int(self.starts[number + 1])].tobytes()
        return Parts(*held.decode().split(_SEPARATOR))


def mark(text: str) -> int:
    """Return 64 bits that tell roughly which characters a text holds."""
    found = 0
    for char in text:
        found |= 1 << ((ord(char) * _SPREAD & 0xFFFFFFFF) >> 26)
    return found


def build(names: Iterable[tuple[int, str]]) -> Columns:
    """Return the columns of names, each given with the number by which the caller knows it (0 to 2⁶⁴ - 1)."""
    keys, filed, marks, refs, starts, text = (
        array("I"), array("I"), array("Q"), array("Q"), array("Q", [0]), bytearray(),
    )  # fmt: skip
    for number, (ref, name) in enumerate(names):
        cut = parts(name)
        under = filed_under(cut)
        keys.extend(under)
        filed.extend([number] * len(under))
        marks.append(mark(cut.stem))
        refs.append(ref)
        text += _SEPARATOR.join(cut).encode()
        starts.append(len(text))
    return Columns(*_sorted(keys, filed), _longs(marks), _longs(refs), _longs(starts), np.frombuffer(text, np.uint8))


def save(columns: Columns, folder: Path, stamp: str) -> None:
    """Write the columns to a folder, whole or not at all; ``stamp`` tells what they were built from.

    A process that has the old ones mapped goes on reading them.
    """
    new = folder.with_name(f"{folder.name}.{os.getpid()}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for each in fields(columns):
        np.save(new / f"{each.name}.npy", getattr(columns, each.name))
    (new / _STAMP).write_text(stamp, encoding="utf-8")
    old = folder.with_name(f"{folder.name}.{os.getpid()}.old")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def stamp_of(folder: Path) -> str:
    """Return the stamp of the columns in a folder, empty when there are none."""
    try:
        return (folder / _STAMP).read_text(encoding="utf-8")
    except OSError:
        return ""


def load(folder: Path) -> Columns | None:
    """Return the columns of a folder, mapped and not read, or nothing when there are none or they are not whole."""
    try:
        found: list[Any] = [np.asarray(np.load(folder / f"{each.name}.npy", mmap_mode="r")) for each in fields(Columns)]
    except (OSError, ValueError):
        return None
    columns = Columns(*found)
    whole = len(columns.keys) == len(columns.filed) and len(columns.marks) == len(columns.refs)
    return columns if whole and len(columns.starts) == len(columns.refs) + 1 else None


def _sorted(keys: array[int], filed: array[int]) -> tuple[Words, Words]:
    """Sort by key and, under one key, by number: both fit in one word of 64 bits, so that one sort does it."""
    both = np.frombuffer(keys, np.uint32).astype(np.uint64) if keys else np.empty(0, np.uint64)
    both <<= np.uint64(32)
    if filed:
        both |= np.frombuffer(filed, np.uint32)
    both.sort()
    return (both >> np.uint64(32)).astype(np.uint32), both.astype(np.uint32)


def _longs(values: array[int]) -> Longs:
    return np.frombuffer(values, np.uint64) if values else np.empty(0, np.uint64)
