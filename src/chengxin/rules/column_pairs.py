"""Two columns of one kind exchanged: nothing in either betrays it, only how the two stand to each other does.

Told by the order of two dates, by which of two names is a firm's, and by which of two codes or names is the filing
agency's own. Two running texts, two amounts, or two dates that no rule puts in order cannot be told apart by anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chengxin.rules.column_shifts import FITS, Swap
from chengxin.rules.layouts import Field, Layout, Role

ENOUGH_ROWS = 3
"""Rows that have to tell before a file is asked about: a single row may simply be wrong."""
_REPRESENTATIVE, _SOURCE_NAME = ("FRDB",), ("SJLY", "LYDW")


@dataclass(frozen=True, slots=True)
class Pair:
    """How many rows of a sample speak for two columns as they are headed, and how many for the other way round."""

    field: str
    other: str
    straight: int
    crossed: int


def exchanged(pairs: Iterable[Pair]) -> Swap | None:
    """Return two columns that most rows which tell read the other way round, or None."""
    for pair in pairs:
        telling = pair.straight + pair.crossed
        if pair.crossed >= ENOUGH_ROWS and pair.crossed >= FITS * telling:
            return Swap(pair.field, pair.other)
    return None


def representative(layout: Layout) -> Field | None:
    """Return the field of the representative's name."""
    return _ending(layout, _REPRESENTATIVE)


def source_name(layout: Layout) -> Field | None:
    """Return the field of the name of the agency that files, in a table that holds its code."""
    return _ending(layout, _SOURCE_NAME) if layout.role(Role.SOURCE_CODE) else None


def _ending(layout: Layout, endings: tuple[str, ...]) -> Field | None:
    return next((field for field in layout.fields if field.code.rpartition("_")[2] in endings), None)
