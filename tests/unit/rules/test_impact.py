"""When a look at an impact holds no more: other items, a figure that moved, or too long ago."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chengxin.rules import impact

SEEN = {"items": ["JS-CF-01"], "records": 5000, "published": 4000} | dict.fromkeys(impact.GUARDED, 1000)


@pytest.mark.parametrize(("changed", "moved"), [
    ({}, ()),
    ({"records": 9000, "published": 9000}, ()),
    ({"hidden": 1010, "filled": 990}, ()),
    ({"hidden": 1011}, ("hidden",)),
    ({"periods": 989, "blanked": 0}, ("blanked", "periods")),
    ({"items": ["JS-CF-01", "JS-CF-02"]}, ("items",)),
])  # fmt: skip
def test_what_moved(changed, moved) -> None:
    assert impact.moved(SEEN, SEEN | changed) == moved


def test_where_there_was_nothing_one_is_a_move() -> None:
    nothing = SEEN | dict.fromkeys(impact.GUARDED, 0)
    assert impact.moved(nothing, nothing) == ()
    assert impact.moved(nothing, nothing | {"reopened": 1}) == ("reopened",)


def test_a_look_holds_for_an_hour() -> None:
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert not impact.too_old(at, at + timedelta(hours=1))
    assert impact.too_old(at, at + timedelta(hours=1, seconds=1))
