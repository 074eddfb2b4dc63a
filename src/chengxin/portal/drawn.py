"""The arithmetic behind the pictures of the open site; templates write the SVG, nothing is drawn by script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from chengxin.disclosure.publication import PublicRecord
from chengxin.rules.divisions import Division

# As wide as a phone's column, so that letters keep their size there.
WIDTH = 340
LANE, LANE_TEXT, LANE_BAR, LANE_HEIGHT, AXIS = 40, 14, 20, 10, 22
TILE, GAP = 64, 4
LEVELS = 4


@dataclass(frozen=True, slots=True)
class Span:
    """One record drawn over its time; ``marked`` when it is disputed or under repair."""

    x: float
    width: float
    marked: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """All records of one heading, one above the axis line."""

    name: str
    count: int
    text_y: int
    y: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Lanes:
    """The picture of an organisation's published records over time."""

    height: int
    lanes: tuple[Lane, ...]
    years: tuple[tuple[float, str], ...]
    today_x: float
    width: int = WIDTH
    bar: int = LANE_HEIGHT

    @property
    def foot(self) -> int:
        """Return where the years stand."""
        return self.height - 6


@dataclass(frozen=True, slots=True)
class Tile:
    """One city of the sketch: its place, what is written on it, and how dark it is (0 to 3)."""

    name: str
    shown: str
    x: int
    y: int
    level: int

    @property
    def middle(self) -> int:
        """Return where its words stand."""
        return self.x + TILE // 2


@dataclass(frozen=True, slots=True)
class TileMap:
    """The sketch of a province."""

    width: int
    height: int
    tiles: tuple[Tile, ...]
    side: int = TILE


def lanes(groups: Iterable[tuple[str, Iterable[PublicRecord]]], today: date) -> Lanes | None:
    """Lay out records over the time for which they are published, one lane a heading; None where there are none."""
    filled = [(name, list(rows)) for name, rows in groups if rows]
    rows = [row for _, each in filled for row in each]
    if not rows:
        return None
    first = min(row.document_date for row in rows).replace(month=1, day=1)
    last = max([row.until or today + timedelta(days=365) for row in rows] + [today])
    last = date(last.year, 12, 31)

    def x(day: date) -> float:
        return round((day - first).days / max(1, (last - first).days) * WIDTH, 1)

    drawn = tuple(
        Lane(name, len(each), at * LANE + LANE_TEXT, at * LANE + LANE_BAR, tuple(_span(row, x, last) for row in each))
        for at, (name, each) in enumerate(filled)
    )
    years = range(first.year, last.year + 1)
    step = -(-len(years) // 6)
    marked = tuple((x(date(year, 1, 1)), str(year)) for year in years[::step])
    return Lanes(len(filled) * LANE + AXIS, drawn, marked, x(today))


def _span(row: PublicRecord, x: Callable[[date], float], last: date) -> Span:
    start = x(row.document_date)
    return Span(start, round(max(3.0, x(row.until or last) - start), 1), row.disputed or row.under_repair)


def tile_map(
    divisions: Iterable[Division],
    values: Mapping[str, float | None],
    told: Mapping[str, str],
    names: Mapping[str, str],
) -> TileMap:
    """Lay out the cities in their grid, darker where the value is higher; ``told`` is what is written on each."""
    placed = list(divisions)
    known = [value for value in values.values() if value]
    most = max(known, default=0.0)
    tiles = tuple(_tile(each, values.get(each.code), most, (names[each.code], told[each.code])) for each in placed)
    columns = max((each.column for each in placed), default=0) + 1
    height = max((each.row for each in placed), default=0) + 1
    return TileMap(columns * (TILE + GAP), height * (TILE + GAP), tiles)


def _tile(division: Division, value: float | None, most: float, words: tuple[str, str]) -> Tile:
    level = min(LEVELS - 1, int(value / most * LEVELS)) if value and most else 0
    return Tile(*words, division.column * (TILE + GAP), division.row * (TILE + GAP), level)
