"""Texts that come again and again in a long file stand in memory once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from chengxin.engines.cellcolumns import shared

LONG = "示例省交通运输厅直属机关"


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([LONG, "", f"{LONG}二"] * 700, id="long texts again and again"),
        pytest.param(["罚款", ""] * 900, id="short texts"),
        pytest.param([f"{LONG}{n}" for n in range(900)], id="every text another"),
        pytest.param([], id="no row"),
    ],
)
def test_the_texts_stay_as_they_are(texts: list[str]) -> None:
    column = pl.Series("3", texts, dtype=pl.String)
    assert shared(column).equals(column, check_names=True, check_dtypes=True)


def test_a_text_that_comes_again_stands_once() -> None:
    text = LONG * 10
    took, kept = _memory_of(lambda: [shared(pl.Series("3", [text] * PART)) for _ in range(PARTS)])
    assert len(kept) == PARTS
    assert took < PARTS * PART * len(text.encode()) / 4


PART, PARTS = 20_000, 20


def _memory_of(made: Callable[[], list[pl.Series]]) -> tuple[int, list[pl.Series]]:
    """Return how many bytes this process grew by, and what it made."""
    before = _resident()
    kept = made()
    return _resident() - before, kept


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
