"""表头: which row names the columns, when a title stands above it or a cover page before it.

Nothing is guessed from contents: a row is taken for the heading because it holds names that the layout knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

Knows = Callable[[str], bool]
"""Tells whether a text is a name that the layout knows."""
Row = tuple[int, Sequence[str]]
LOOKED_AT = 10
"""Rows of a sheet that may be titles."""
# A single known word may stand in any row; three of them stand in a heading.
_ENOUGH = 3
_WIDE = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where the heading was taken from; ``passed`` tells whether something written was passed over for it.

    ``sheet`` counts the tabs of a workbook from 1, 0 where there are none.
    """

    sheet: int = 0
    row: int = 1
    passed: bool = False


TOP = Place()


def sure(cells: Sequence[str], knows: Knows) -> bool:
    """Tell whether a row is a heading beyond doubt: at least half of what is written in it are known names."""
    written = [cell for cell in cells if cell]
    return bool(written) and sum(map(knows, written)) * 2 >= len(written)


def known_names(cells: Iterable[str], knows: Knows) -> int:
    """Return how many different known names a row holds."""
    return sum(map(knows, {cell for cell in cells if cell}))


def most_known(rows: Sequence[Sequence[str]], knows: Knows) -> int:
    """Return the most known names that one of these rows holds, 0 when too few to tell."""
    most = max((known_names(cells, knows) for cells in rows), default=0)
    return most if most >= _ENOUGH else 0


def place_in(rows: Sequence[Sequence[str]], knows: Knows) -> int:
    """Return the place of the heading among the first rows of a table, the first of equals.

    Without known names the first row is it, except that single cells above a wider table are titles.
    """
    if not rows or sure(rows[0], knows):
        return 0
    counts = [known_names(cells, knows) for cells in rows]
    if max(counts) >= _ENOUGH:
        return counts.index(max(counts))
    widths = [sum(1 for cell in cells if cell) for cells in rows]
    wide = next((at for at, width in enumerate(widths) if width > 1), 0)
    return wide if widths[wide] >= _WIDE else 0


def headed(rows: Iterator[Row], knows: Knows | None) -> tuple[Row | None, Iterator[Row], bool]:
    """Return the heading, the rows below it, and whether rows were passed over for it."""
    first = next(rows, None)
    if first is None or knows is None or sure(first[1], knows):
        return first, rows, False
    looked = [first, *islice(rows, LOOKED_AT - 1)]
    at = place_in([cells for _, cells in looked], knows)
    return looked[at], chain(looked[at + 1 :], rows), at > 0
