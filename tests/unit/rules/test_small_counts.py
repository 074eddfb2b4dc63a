"""Small counts: what is hidden, what goes with it, and that nobody can subtract their way to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chengxin.rules.small_counts import published, quantile

COUNTS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 60), min_size=1, max_size=8)


def test_one_small_count_takes_its_smallest_neighbour_with_it():
    found = published({"a": 3, "b": 20, "c": 50})
    assert (found.cells, found.total) == ({"a": None, "b": None, "c": 50}, 73)


def test_two_small_counts_whose_sum_is_small_take_a_third():
    assert published({"a": 1, "b": 2, "c": 50}).cells == {"a": None, "b": None, "c": None}


def test_zero_is_shown_and_a_lone_small_count_hides_the_total():
    found = published({"a": 0, "b": 4})
    assert (found.cells, found.total) == ({"a": 0, "b": None}, None)


def test_large_counts_are_shown_as_they_are():
    found = published({"a": 10, "b": 11})
    assert (found.cells, found.total) == ({"a": 10, "b": 11}, 21)


@given(COUNTS)
def test_no_small_count_can_be_read_or_subtracted(counts):
    found = published(counts)
    hidden = [name for name, shown in found.cells.items() if shown is None]
    assert all(found.cells[n] in (None, counts[n]) for n in counts)
    assert not any(found.cells[n] is not None and 0 < counts[n] < 10 for n in counts)
    if found.total is not None and hidden:
        rest = found.total - sum(shown for shown in found.cells.values() if shown is not None)
        assert len(hidden) >= 2
        assert rest >= 10


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60), st.sampled_from([0.5, 0.9]))
def test_a_quantile_is_a_value_that_its_share_does_not_exceed(values, share):
    found = quantile(values, share)
    assert found in values
    assert sum(v <= found for v in values) >= share * len(values) - 1e-9
    assert sum(v < found for v in values) < share * len(values)


def test_of_nothing_there_is_no_quantile():
    assert quantile([], 0.5) is None
