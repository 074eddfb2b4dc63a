"""Rows as the text that PostgreSQL's COPY reads, made a column at a time; the driver would ask about every value."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

Row = Sequence[Any]
_NULL: Final = r"\N"
_SPECIAL: Final = re.compile(r"[\\\n\r\t]")


def lines(rows: Sequence[Row]) -> str | None:
    """Return rows as COPY text, or None where a value is of a kind that only the driver can write."""
    columns = [_column(values) for values in zip(*rows, strict=True)]
    if not columns or any(column is None for column in columns):
        return None
    return "\n".join(map("\t".join, zip(*(column for column in columns if column is not None), strict=True))) + "\n"


def _column(values: Sequence[Any]) -> Sequence[str] | None:
    kinds = set(map(type, values))
    empty = type(None) in kinds
    kinds.discard(type(None))
    if not kinds:
        return [_NULL] * len(values)
    write = _WRITERS.get(kinds.pop()) if len(kinds) == 1 else None
    if write is None:
        return None
    return [_NULL if value is None else write(value) for value in values] if empty else [write(v) for v in values]


def _plain(text: str) -> str:
    return _escaped(text) if _SPECIAL.search(text) else text


def _escaped(text: str) -> str:
    # The backslash comes first; four searches of the whole text are far quicker than a look at every character.
    return text.replace("\\", r"\\").replace("\n", r"\n").replace("\r", r"\r").replace("\t", r"\t")


_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    str: _plain,
    int: str,
    bool: lambda value: "t" if value else "f",
    bytes: lambda value: rf"\\x{value.hex()}",
    UUID: lambda value: value.hex,
    date: date.isoformat,
    datetime: datetime.isoformat,
}
