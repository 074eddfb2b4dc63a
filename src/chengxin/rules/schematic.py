"""示意图: cells around points, so that a province can be drawn without anybody's boundary data. Pure.

A cell is what lies nearer to its point than to any other (Voronoi) and no further from it than a radius. Neighbours
share straight edges, the outside is round: where each city lies can be seen, and nobody takes it for a survey.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, pi, radians, sin

KM_OF_A_DEGREE = 111.2
CORNERS = 36
Point = tuple[float, float]
Cell = tuple[Point, ...]


def flat(places: Sequence[Point]) -> list[Point]:
    """Return places (longitude, latitude in degrees) on a plane in kilometres, east to the right and north up there.

    An equirectangular projection about their own middle; within a province it is off by less than the width of a line.
    """
    if not places:
        return []
    across = KM_OF_A_DEGREE * cos(radians(sum(north for _east, north in places) / len(places)))
    return [(east * across, -north * KM_OF_A_DEGREE) for east, north in places]


def cells(points: Sequence[Point], radius: float) -> list[Cell]:
    """Return the cell of each point, its corners in order; two points at one place have none between them."""
    return [_cell(point, [other for other in points if other != point], radius) for point in points]


def _cell(point: Point, others: Sequence[Point], radius: float) -> Cell:
    x, y = point
    turns = (2 * pi * corner / CORNERS for corner in range(CORNERS))
    cell: Cell = tuple((x + radius * cos(turn), y + radius * sin(turn)) for turn in turns)
    for other in others:
        if hypot(other[0] - x, other[1] - y) < 2 * radius:
            cell = _nearer(cell, point, other)
    return cell


def _nearer(cell: Cell, point: Point, other: Point) -> Cell:
    """Cut off what of a cell is nearer to the other point."""
    kept: list[Point] = []
    for start, end in zip(cell, (*cell[1:], cell[0]), strict=True):
        here, there = _beyond(start, point, other), _beyond(end, point, other)
        if here <= 0:
            kept.append(start)
        if here * there < 0:
            share = here / (here - there)
            kept.append((start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])))
    return tuple(kept)


def _beyond(place: Point, point: Point, other: Point) -> float:
    """Return how far a place lies beyond the line halfway between two points; negative on the first one's side."""
    middle = ((point[0] + other[0]) / 2, (point[1] + other[1]) / 2)
    return (place[0] - middle[0]) * (other[0] - point[0]) + (place[1] - middle[1]) * (other[1] - point[1])
