"""The arithmetic behind the pictures of the open site; templates write the SVG, nothing is drawn by script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chengxin.disclosure.publication import PublicRecord
from chengxin.rules.divisions import Division
from chengxin.rules.schematic import Point, cells, flat

# As wide as a phone's column, so that letters keep their size there.
WIDTH = 340
LANE, LANE_TEXT, LANE_BAR, LANE_HEIGHT, AXIS = 40, 14, 20, 10, 22
EDGE = 2
# How far a cell of the map reaches from the middle of its city; it only shows at the edge of the province.
REACH_KM = 82.0
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
class City:
    """One city of the map: its outline, where its words stand, what they are, and how dark it is (0 to 3)."""

    code: str
    name: str
    shown: str
    outline: str
    x: float
    y: float
    level: int


@dataclass(frozen=True, slots=True)
class Map:
    """The schematic map of a province, and up to which figure each shade reaches."""

    height: int
    cities: tuple[City, ...]
    shades: tuple[float, ...]
    width: int = WIDTH


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


def province_map(
    divisions: Sequence[Division],
    values: Mapping[str, float | None],
    told: Mapping[str, str],
    names: Mapping[str, str],
) -> Map:
    """Draw the cities as cells about their middles, darker where the value is higher; ``told`` is written on each."""
    points = flat([(each.longitude, each.latitude) for each in divisions])
    outlines = cells(points, REACH_KM)
    left, top, right, bottom = _frame([corner for outline in outlines for corner in outline])
    scale = (WIDTH - 2 * EDGE) / max(1.0, right - left)

    def on_paper(point: Point) -> Point:
        return round((point[0] - left) * scale + EDGE, 1), round((point[1] - top) * scale + EDGE, 1)

    most = max((value for value in values.values() if value), default=0.0)
    drawn = tuple(
        City(
            each.code,
            names[each.code],
            told[each.code],
            " ".join(f"{x},{y}" for x, y in map(on_paper, outline)),
            *on_paper(point),
            _level(values.get(each.code), most),
        )
        for each, point, outline in zip(divisions, points, outlines, strict=True)
    )
    shades = tuple(round(most * (each + 1) / LEVELS, 1) for each in range(LEVELS)) if most else ()
    return Map(round((bottom - top) * scale) + 2 * EDGE, drawn, shades)


def _frame(corners: Sequence[Point]) -> tuple[float, float, float, float]:
    across, down = [x for x, _y in corners] or [0.0], [y for _x, y in corners] or [0.0]
    return min(across), min(down), max(across), max(down)


def _level(value: float | None, most: float) -> int:
    return min(LEVELS - 1, int(value / most * LEVELS)) if value and most else 0
