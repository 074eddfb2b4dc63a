"""Rows held back: what a batch will write is made ready outside any transaction and then written in one go.

A database with one writer at a time keeps everybody waiting for as long as a transaction is open. Inside ``held()``
rows are prepared and kept instead of written, and automatic keys are drawn as placeholders; ``Held.write`` draws the
true keys and writes everything in the order in which it was given, in the caller's transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import transaction

Row = Sequence[Any]
Insert = Callable[[str, Sequence[str], Iterable[Row]], int]
Draw = Callable[[str, int], list[int]]


@dataclass(frozen=True, slots=True)
class _Piece:
    table: str
    columns: tuple[str, ...]
    rows: list[Row]


class Held:
    """What is to be written, in order, and how many automatic keys of which table it needs."""

    def __init__(self) -> None:
        self._pieces: list[_Piece] = []
        self._drawn = Counter[str]()

    def add(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        """Keep prepared rows of a table and return how many."""
        kept = list(rows)
        if kept:
            self._pieces.append(_Piece(table, tuple(columns), kept))
        return len(kept)

    def draw(self, table: str, count: int) -> list[int]:
        """Return placeholders for automatic keys: below zero, where no true key is."""
        first = -1 - self._drawn[table]
        self._drawn[table] += count
        return list(range(first, first - count, -1))

    def write(self, insert: Insert, draw: Draw) -> None:
        """Write everything in the caller's transaction, true keys in place of the placeholders."""
        keys = {table: draw(table, count) for table, count in self._drawn.items() if count}
        for piece in self._pieces:
            insert(piece.table, piece.columns, _placed(piece, keys))


_held: ContextVar[Held | None] = ContextVar("held", default=None)


@contextmanager
def held() -> Iterator[Held]:
    """Hold back what is inserted in this block."""
    kept = Held()
    token = _held.set(kept)
    try:
        yield kept
    finally:
        _held.reset(token)


def holding() -> Held | None:
    """Return what holds rows back at this moment, or None when they are written at once."""
    return _held.get()


def together() -> AbstractContextManager[Any]:
    """Return a block whose rows stand or fall together: a transaction, or what is held back, which does so anyway."""
    kept = _held.get()
    return _already(kept) if kept else transaction.atomic()


@contextmanager
def _already(kept: Held) -> Iterator[Held]:
    yield kept


def _placed(piece: _Piece, keys: dict[str, list[int]]) -> Iterable[Row]:
    """Return the rows of a piece with true keys, changing only the columns that hold keys drawn here."""
    places = [(at, keys[to]) for at, to in enumerate(_targets(piece.table, piece.columns)) if to in keys]
    if not places:
        return piece.rows
    columns: list[Sequence[Any]] = list(zip(*piece.rows, strict=True))
    for at, true in places:
        columns[at] = [true[-1 - key] if key is not None and key < 0 else key for key in columns[at]]
    return zip(*columns, strict=True)


@lru_cache(maxsize=64)
def _targets(table: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return for each column the table whose key it holds, "" for none."""
    model = next(each for each in apps.get_models() if each._meta.db_table == table)
    fields = {field.column: field for field in model._meta.concrete_fields}
    return tuple(_target(table, fields[name]) for name in columns)


def _target(table: str, field: Any) -> str:
    if field.remote_field:
        return str(field.remote_field.model._meta.db_table)
    return table if field.primary_key else ""
