"""辖区: how far a role reaches. A province serves itself and its cities, a city itself and its counties. Pure.

A scope and a region are codes of divisions (GB/T 2260), whose trailing pairs of zeros name the larger division. The
empty scope is the whole platform. What belongs to no division is handled by the whole platform's people only: were it
open to every region, each of them could read all of it.
"""

from __future__ import annotations

WHOLE = ""
"""The scope, and the region, of the platform as a whole."""
_PAIR = 2


def stem(scope: str) -> str:
    """Return how the code of every division within a scope begins: 320000 gives 32, 320100 gives 3201."""
    while scope.endswith("0" * _PAIR):
        scope = scope[:-_PAIR]
    return scope


def reaches(scope: str, region: str) -> bool:
    """Tell whether a role held for a scope reaches what belongs to a region."""
    return region.startswith(stem(scope))
