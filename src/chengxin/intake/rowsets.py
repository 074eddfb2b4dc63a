"""Rows that come as values instead of a file: written down as the file they would have been, then treated alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

Cell = str | int | float | None


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return headings and rows as CSV in UTF-8; the same rows always give the same bytes."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([headings, *rows])
    return out.getvalue().encode()


def of_mappings(rows: Sequence[Mapping[str, Cell]]) -> bytes:
    """Return rows given by heading as CSV; headings stand in the order in which they first occur."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    return as_csv(headings, ([_text(row.get(heading)) for heading in headings] for row in rows))


def _text(value: Cell) -> str:
    return "" if value is None else str(value)
