"""Looking a name up: candidates by shared keys, the likeliest of them compared in full, the best returned with why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chengxin.engines.names.columns import Columns, Words, mark
from chengxin.engines.names.keys import Probes, almost, pair_keys, same, slips
from chengxin.rules.names_matching import LIKELY, SHOWN, Asked, Match, compare
from chengxin.rules.names_parts import SHORTEST

# How many names under one key are looked at; one key of a common trade alone tells too little to look at all.
_UNDER_KEY, _UNDER_PAIR, _ENOUGH, _RARE = 400, 20_000, 500, 4
_SPARE, _ONE_SLIP = 4, 62
_ALIKE = np.float32(60)
_SHORT = 4
Under = list[tuple[Words, int]]
"""Names found under keys, with what such a find is worth."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that may be meant: the caller's number of it, how near it is (0 to 100) and why."""

    ref: int
    match: Match


def search(pieces: Sequence[Columns], text: str, limit: int = 10, least: int = SHOWN) -> list[Candidate]:
    """Return at most ``limit`` names of some columns that may be meant by a text, best first, none below ``least``."""
    asked = Asked(text)
    if len(asked.parts.stem) < SHORTEST:
        return []
    found: list[Candidate] = []
    for piece in pieces:
        matches = _search(piece, asked, limit + _SPARE)
        found += [Candidate(int(piece.refs[at]), each) for at, each in matches.items() if each.points >= least]
    found.sort(key=lambda each: (-each.match.points, each.ref))
    return found[:limit]


def _search(columns: Columns, asked: Asked, most: int) -> dict[int, Match]:
    """Look in steps, and take the next one only while no name is probably the one that was meant."""
    found: dict[int, Match] = {}
    short = len(asked.parts.stem) <= _SHORT
    best = _compare(columns, asked, _under(columns, same(asked)), most, found)
    if asked.letters and best < SHOWN:
        best = _compare(columns, asked, _under(columns, dict.fromkeys(slips(asked.letters), 40)), most, found)
    if best < LIKELY and not (asked.letters and best >= SHOWN):
        best = _compare(columns, asked, _under(columns, almost(asked)), most, found)
    if short or best < _ONE_SLIP:
        _compare(columns, asked, _by_pairs(columns, asked), most, found)
    return found


def _best(found: dict[int, Match]) -> int:
    return max((each.points for each in found.values()), default=0)


def _under(columns: Columns, keys: Probes) -> Under:
    """Return the first names filed under each of the keys."""
    spans = _spans(columns, list(keys), list(keys.values()))
    return [(columns.filed[low : min(high, low + _UNDER_KEY)], worth) for low, high, worth in spans]


def _spans(columns: Columns, keys: list[int], worths: list[int]) -> list[tuple[int, int, int]]:
    """Return where the names of each key that there is begin and end, with what the key is worth."""
    if not len(columns.keys):
        return []
    wanted = np.array(keys, np.uint32)
    lows = columns.keys.searchsorted(wanted)
    there = (columns.keys[np.minimum(lows, len(columns.keys) - 1)] == wanted).nonzero()[0]
    highs = columns.keys.searchsorted(wanted[there], "right").tolist()
    return [(low, high, worths[at]) for low, high, at in zip(lows[there].tolist(), highs, there.tolist(), strict=True)]


def _by_pairs(columns: Columns, asked: Asked) -> Under:
    """Return the names that hold all pairs of characters, and those that hold one of the rarer ones."""
    keys = pair_keys(asked)
    spans = _spans(columns, keys, [0] * len(keys))
    under = sorted((columns.filed[low:high] for low, high, _ in spans), key=len)
    rare: Under = [(names, 0) for names in under[:_RARE] if len(names) <= _ENOUGH]
    return [(_in_all(under), 10), *rare] if under and len(under) == len(keys) else rare


def _in_all(under: list[Words]) -> Words:
    """Return the names of the rarest pair that stand under the others too, until few enough are left."""
    left = under[0][:_UNDER_PAIR]
    for others in under[1:]:
        if len(left) <= _ENOUGH:
            break
        at = others.searchsorted(left)
        left = left[others[np.minimum(at, len(others) - 1)] == left]
    return left[: 4 * _ENOUGH]


def _compare(columns: Columns, asked: Asked, under: Under, most: int, found: dict[int, Match]) -> int:
    """Compare in full the likeliest of the names, note what comes of it and return the most points so far."""
    for number in _likeliest(columns, asked, under, most):
        if number not in found:
            found[number] = compare(asked, columns.name(number))
    return _best(found)


def _likeliest(columns: Columns, asked: Asked, under: Under, most: int) -> list[int]:
    """Return the most likely names, by what their key is worth and by the characters they share with what was typed."""
    if not under:
        return []
    numbers = np.concatenate([names for names, _worth in under])
    if len(numbers) > most:
        worth = np.repeat(np.array([worth for _, worth in under], np.float32), [len(names) for names, _ in under])
        ours, theirs = np.uint64(mark(asked.parts.stem)), columns.marks[numbers]
        worth += _ALIKE * np.bitwise_count(theirs & ours) / np.bitwise_count(theirs | ours)
        numbers = numbers[(-worth).argsort(kind="stable")[: 2 * most]]
    return list(dict.fromkeys(numbers.tolist()))[:most]
