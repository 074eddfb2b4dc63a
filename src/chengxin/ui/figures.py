"""The arithmetic behind drawn components, kept out of their templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# The picture is as wide as a phone's column, so that its letters keep their size there and on a desk alike.
WIDTH = 340
ROW_HEIGHT = 50
BAR_HEIGHT = 12
TEXT_BASELINE = 18
BAR_TOP = 26


@dataclass(frozen=True)
class Bar:
    """One drawn bar; all lengths are in the units of the picture's view box."""

    label: str
    value: Any
    text_y: int
    y: int
    width: float


@dataclass(frozen=True)
class BarFigure:
    """A horizontal bar chart laid out, ready to be written as SVG."""

    width: int
    height: int
    bar_height: int
    bars: tuple[Bar, ...]


def bar_figure(bars: Sequence[Mapping[str, Any]]) -> BarFigure:
    """Lay out a horizontal bar chart from ``{label, value, shown?}`` mappings; the longest bar fills the width."""
    largest = max((float(bar["value"]) for bar in bars), default=0.0) or 1.0
    drawn = tuple(_bar(index, bar, largest) for index, bar in enumerate(bars))
    return BarFigure(WIDTH, ROW_HEIGHT * len(drawn), BAR_HEIGHT, drawn)


def _bar(index: int, bar: Mapping[str, Any], largest: float) -> Bar:
    top = index * ROW_HEIGHT
    return Bar(
        label=str(bar["label"]),
        value=bar.get("shown", bar["value"]),
        text_y=top + TEXT_BASELINE,
        y=top + BAR_TOP,
        width=round(max(float(bar["value"]), 0.0) / largest * WIDTH, 1),
    )


def page_links(current: int, last: int) -> list[int | None]:
    """Return the page numbers to offer: both ends and the neighbours of the current page, None for a gap."""
    wanted = sorted({1, last, current - 1, current, current + 1} & set(range(1, last + 1)))
    shown: list[int | None] = []
    for number in wanted:
        if shown and shown[-1] is not None and number - shown[-1] > 1:
            shown.append(None)
        shown.append(number)
    return shown
