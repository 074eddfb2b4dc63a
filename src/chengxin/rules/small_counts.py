"""Small counts in public figures: hidden below ten, with enough neighbours that no total gives a hidden one away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SMALLEST = 10


@dataclass(frozen=True)
class Published:
    """Counts as they may be published: ``None`` stands for a hidden one; so does a hidden ``total``."""

    cells: Mapping[str, int | None]
    total: int | None


def published(counts: Mapping[str, int], smallest: int = SMALLEST) -> Published:
    """Return the counts of one additive group as they may be published beside their total (charter C26).

    Counts from 1 to 9 are hidden. What the shown ones leave of the total must come from at least two hidden cells and
    be at least ``smallest``; the next smallest counts are hidden until it is; if none is left, the total is.
    """
    hidden = {name for name, count in counts.items() if 0 < count < smallest}
    if not hidden:
        return Published(dict(counts), sum(counts.values()))
    for name in sorted((n for n in counts if counts[n] >= smallest), key=lambda n: (counts[n], n)):
        if _covered(hidden, counts, smallest):
            break
        hidden.add(name)
    cells = {name: None if name in hidden else count for name, count in counts.items()}
    return Published(cells, sum(counts.values()) if _covered(hidden, counts, smallest) else None)


def _covered(hidden: set[str], counts: Mapping[str, int], smallest: int) -> bool:
    return len(hidden) >= 2 and sum(counts[name] for name in hidden) >= smallest


def quantile(values: list[int], share: float) -> int | None:
    """Return the nearest-rank quantile of day counts, the smallest value that ``share`` of them do not exceed."""
    if not values:
        return None
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * round(share * 100) // 100))
    return ordered[rank - 1]
