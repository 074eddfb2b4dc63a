"""A table as it stood in the file: headings, texts, and the row numbers a clerk sees in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from chengxin.intake.readers import faults, limits

ROW = "__row__"
_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Uneven:
    """A row whose number of cells is not that of the heading; its cells cannot be told apart."""

    row: int
    found: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Headings in order; ``frame`` has one text column per heading, named by position ("0", "1", …), and ``ROW``.

    Row numbers count from 1 with the heading, as a spreadsheet shows them. Blank rows are left out. ``uneven`` rows are
    not in the frame.
    """

    kind: str
    encoding: str
    headings: tuple[str, ...]
    frame: pl.DataFrame
    uneven: tuple[Uneven, ...]

    @property
    def received(self) -> int:
        """Number of rows in the file that hold anything, the heading left out."""
        return self.frame.height + len(self.uneven)


def build(kind: str, encoding: str, rows: Iterator[tuple[int, Sequence[str]]]) -> Table:
    """Put numbered rows together, the first being the heading; raises FileEmpty when there are none below it."""
    first = next(rows, None)
    if first is None:
        raise faults.empty()
    headings = _headings(first[1])
    uneven: list[Uneven] = []
    frames = list(_frames(rows, len(headings), uneven))
    if not frames and not uneven:
        raise faults.header_only()
    schema = {str(i): pl.String for i in range(len(headings))} | {ROW: pl.UInt32}
    frame = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    return Table(kind, encoding, headings, frame, tuple(uneven))


def _headings(cells: Sequence[str]) -> tuple[str, ...]:
    kept = [cell.strip() for cell in cells]
    while kept and not kept[-1]:
        kept.pop()
    if len(kept) > limits.COLUMNS:
        raise faults.unsafe_archive(f"的列数超过 {limits.COLUMNS}", f"has more than {limits.COLUMNS} columns")
    return tuple(kept)


def _frames(rows: Iterator[tuple[int, Sequence[str]]], width: int, uneven: list[Uneven]) -> Iterator[pl.DataFrame]:
    """Gather rows into frames piece by piece, so that a long file never stands in memory as Python texts."""
    numbers: list[int] = []
    held: list[Sequence[str]] = []
    for number, cells in rows:
        even = _fitted(cells, width)
        if even is None:
            uneven.append(Uneven(number, len(cells), tuple(cells)))
            continue
        numbers.append(number)
        held.append(even)
        if len(held) == _CHUNK:
            yield _frame(numbers, held, width)
            numbers, held = [], []
    if held:
        yield _frame(numbers, held, width)


def _fitted(cells: Sequence[str], width: int) -> Sequence[str] | None:
    """Return exactly ``width`` cells; blank cells beyond the heading are what spreadsheets add, more is an error."""
    if len(cells) == width:
        return cells
    return cells[:width] if len(cells) > width and not any(cells[width:]) else None


def _frame(numbers: list[int], rows: list[Sequence[str]], width: int) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True))
    data = {str(i): pl.Series(str(i), columns[i], dtype=pl.String) for i in range(width)}
    return pl.DataFrame(data | {ROW: pl.Series(ROW, numbers, dtype=pl.UInt32)})
