"""Cells around points: each holds its own point, reaches no further than told, and never into a neighbour's."""

from __future__ import annotations

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.rules.schematic import cells, flat

PLACES = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=13, unique=True)


@given(places=PLACES)
def test_a_corner_is_nobodys_more_than_its_own_and_within_reach(places):
    points = [(float(x), float(y)) for x, y in places]
    for point, cell in zip(points, cells(points, 80), strict=True):
        for x, y in cell:
            own = hypot(x - point[0], y - point[1])
            assert own <= 80 + 1e-6
            assert all(own <= hypot(x - other[0], y - other[1]) + 1e-6 for other in points)


def test_neighbours_share_an_edge_and_a_lonely_one_is_round():
    left, right, far = cells([(0.0, 0.0), (50.0, 0.0), (1000.0, 0.0)], 80)
    shared = {(round(x, 6), round(y, 6)) for x, y in left} & {(round(x, 6), round(y, 6)) for x, y in right}
    assert len(shared) == 2
    assert {x for x, _y in shared} == {25.0}
    assert {round(hypot(x - 1000, y), 6) for x, y in far} == {80.0}


def test_a_degree_is_shorter_towards_the_pole_and_north_is_up():
    (west, east), (south, north) = flat([(118.0, 33.0), (119.0, 33.0)]), flat([(119.0, 32.0), (119.0, 33.0)])
    assert east[0] - west[0] == pytest.approx(93.26, abs=0.1)
    assert south[1] - north[1] == pytest.approx(111.2)
    assert flat([]) == []
