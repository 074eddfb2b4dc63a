"""A table as it stood in the file: headings, texts, and the row numbers a clerk sees in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from chengxin.engines.cellcolumns import shared
from chengxin.intake.readers import faults, limits
from chengxin.intake.readers.headings import TOP, Knows, Place, Row, headed

ROW = "__row__"
# The columns that an annotated copy adds; when it comes back mended they are passed over in silence.
RESULT_HEADINGS = {
    "zh": ("报送结果", "问题与改法", "原报送行（请保留）"),
    "en": ("Filing result", "What to mend", "Filed as row (leave as it is)"),
}
_RESULTS = frozenset(heading for each in RESULT_HEADINGS.values() for heading in each)
_REFERENCES = frozenset(each[-1] for each in RESULT_HEADINGS.values())
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

    Row numbers count from 1 with the heading, as a spreadsheet shows them; the objects of a JSON file are counted from
    1. Blank rows are left out. ``uneven`` rows are not in the frame. ``how`` says in Chinese and English how a text was
    taken apart, "" where there was no choice. ``place`` is where the heading stood. ``kind`` is csv, xlsx, xls, json or
    ndjson. ``replaces`` are the rows of an annotated copy with the reference of the row that each was before, as it
    stands in the file: it may be anything.
    """

    kind: str
    encoding: str
    headings: tuple[str, ...]
    frame: pl.DataFrame
    uneven: tuple[Uneven, ...]
    how: tuple[str, str] = ("", "")
    place: Place = TOP
    replaces: tuple[tuple[int, str], ...] = ()

    @property
    def received(self) -> int:
        """Number of rows in the file that hold anything, the heading left out."""
        return self.frame.height + len(self.uneven)


def build(
    kind: str,
    encoding: str,
    rows: Iterator[Row],
    how: tuple[str, str] = ("", ""),
    knows: Knows | None = None,
    sheet: Place = TOP,
) -> Table:
    """Put numbered rows together, the first being the heading unless ``knows`` finds its names in a later one.

    Raises FileEmpty when there are no rows below it. ``sheet`` is where the rows stand in a workbook.
    """
    first, rows, titled = headed(rows, knows)
    if first is None:
        raise faults.empty()
    headings = headings_of(first[1])
    uneven: list[Uneven] = []
    frames = list(_frames(rows, len(headings), uneven))
    if not frames and not uneven:
        raise faults.header_only()
    schema = {str(i): pl.String for i in range(len(headings))} | {ROW: pl.UInt32}
    frame = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    place = Place(sheet.sheet, first[0], sheet.passed or titled)
    return Table(kind, encoding, headings, frame, tuple(uneven), how, place)


def build_keyed(kind: str, encoding: str, rows: Iterator[tuple[int, dict[str, str]]]) -> Table:
    """Put numbered objects together; headings are the keys in the order in which they first occur."""
    known: dict[str, int] = {}
    frames: list[pl.DataFrame] = []
    numbers: list[int] = []
    held: list[list[str]] = []
    for number, cells in rows:
        if any(cells.values()):
            numbers.append(number)
            held.append(_laid_out(cells, known))
        if len(held) == _CHUNK:
            frames.append(_ragged(numbers, held, len(known)))
            numbers, held = [], []
    if held:
        frames.append(_ragged(numbers, held, len(known)))
    if not frames:
        raise faults.empty()
    frame = pl.concat(frames, how="diagonal").with_columns(pl.col(pl.String).fill_null(""))
    return Table(kind, encoding, tuple(known), frame.select(*map(str, range(len(known))), ROW), ())


def _laid_out(cells: dict[str, str], known: dict[str, int]) -> list[str]:
    for key in cells:
        known.setdefault(key, len(known))
    if len(known) > limits.COLUMNS:
        raise _too_wide()
    return [cells.get(key, "") for key in known]


def _ragged(numbers: list[int], rows: list[list[str]], width: int) -> pl.DataFrame:
    return _frame(numbers, [row + [""] * (width - len(row)) for row in rows], width)


def without_results(table: Table) -> Table:
    """Return the table without the columns that only say what became of it the last time."""
    kept = [at for at, heading in enumerate(table.headings) if heading not in _RESULTS]
    if len(kept) == len(table.headings):
        return table
    renamed = [pl.col(str(at)).alias(str(new)) for new, at in enumerate(kept)]
    headings = tuple(table.headings[at] for at in kept)
    uneven = tuple(_without(each, frozenset(range(len(table.headings))) - set(kept)) for each in table.uneven)
    frame = table.frame.select(*renamed, ROW)
    return replace(table, headings=headings, frame=frame, uneven=uneven, replaces=_references(table))


def is_result(heading: str) -> bool:
    """Tell whether a column was added by an annotated copy."""
    return heading in _RESULTS


def _references(table: Table) -> tuple[tuple[int, str], ...]:
    found = [str(at) for at, heading in enumerate(table.headings) if heading in _REFERENCES]
    if not found:
        return ()
    named = table.frame.filter(pl.col(found[0]).fill_null("") != "")
    return tuple(zip(named[ROW].to_list(), named[found[0]].to_list(), strict=True))


def _without(uneven: Uneven, dropped: frozenset[int]) -> Uneven:
    cells = tuple(cell for at, cell in enumerate(uneven.cells) if at not in dropped)
    return Uneven(uneven.row, len(cells), cells)


def _too_wide() -> faults.FileTooLarge:
    return faults.unsafe_archive(f"的列数超过 {limits.COLUMNS}", f"has more than {limits.COLUMNS} columns")


def headings_of(cells: Sequence[str]) -> tuple[str, ...]:
    """Return headings without spaces around them and without blank ones at the end; raise when there are too many."""
    kept = [cell.replace("\0", "").strip() for cell in cells]
    while kept and not kept[-1]:
        kept.pop()
    if len(kept) > limits.COLUMNS:
        raise _too_wide()
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
    data = {str(i): shared(pl.Series(str(i), columns[i], dtype=pl.String)) for i in range(width)}
    return pl.DataFrame(data | {ROW: pl.Series(ROW, numbers, dtype=pl.UInt32)})
