"""Columns whose contents belong to a neighbour's heading: a slip of the programme that wrote the file.

Headings may be right while the values stand one or more columns to the side from some column on. Then every value is
read under a wrong name, so the file is refused before any row is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chengxin.rules.columns import Contents
from chengxin.rules.layouts import Field, FieldType, Layout, Must, Role

FURTHEST = 3
MISFIT, FITS = 0.5, 0.8
ENOUGH = 1.5
# Nearly anything can stand in these, so that they weigh less as evidence.
_LOOSE = frozenset({FieldType.TEXT, FieldType.PERSON_CODE, FieldType.ORG_CODE, FieldType.DOCUMENT_NO})
GOVERNMENT = "@government"  # pseudo-field: the share of codes that belong to an organ of state


@dataclass(frozen=True, slots=True)
class Slip:
    """From column ``field`` on, values stand ``by`` columns to the right (negative: left) of their heading."""

    field: str
    by: int


@dataclass(frozen=True, slots=True)
class Swap:
    """Two columns of which each reads as the other's field."""

    field: str
    other: str


def find_slip(codes: Sequence[str], layout: Layout, contents: Sequence[Contents]) -> Slip | None:
    """Return the slip that explains what does not fit, or None; ``codes`` are the fields by column, "" unknown."""
    misfits = [at for at, code in enumerate(codes) if code and _misfits(layout.get(code), contents[at])]
    distances = [by for far in range(1, FURTHEST + 1) for by in (far, -far)]
    scored = [(_explained(misfits, by, codes, layout, contents), by) for by in distances]
    best, by = max(scored, key=lambda pair: _weight(pair[0]))
    if _weight(best) < ENOUGH or len(best) * 2 < len(misfits):
        return None
    return Slip(codes[best[0][0]], by)


def _weight(explained: Sequence[tuple[int, float]]) -> float:
    return sum(weight for _, weight in explained)


def find_swap(codes: Sequence[str], layout: Layout, contents: Sequence[Contents]) -> Swap | None:
    """Return two columns that read as each other's field, or None."""
    places = {code: at for at, code in enumerate(codes) if code}
    misfits = [code for code, at in places.items() if contents[at].filled and _misfits(layout.get(code), contents[at])]
    for first, code in enumerate(misfits):
        for other in misfits[first + 1 :]:
            crossed = contents[places[code]].fits.get(other, 0), contents[places[other]].fits.get(code, 0)
            loose = {layout.get(code).type, layout.get(other).type} <= _LOOSE
            if min(crossed) >= FITS and not loose:
                return Swap(code, other)
    return _codes_swapped(places, layout, contents)


def _codes_swapped(places: Mapping[str, int], layout: Layout, contents: Sequence[Contents]) -> Swap | None:
    """The codes of party and authority look alike, but organs of state have codes of their own."""
    subject, authority = layout.role(Role.SUBJECT_USCC), layout.role(Role.AUTHORITY_CODE)
    if not subject or not authority or subject.code not in places or authority.code not in places:
        return None
    theirs, ours = contents[places[subject.code]], contents[places[authority.code]]
    if not theirs.filled or not ours.filled:
        return None
    if theirs.fits.get(GOVERNMENT, 0) >= FITS and ours.fits.get(GOVERNMENT, 0) <= 1 - FITS:
        return Swap(subject.code, authority.code)
    return None


def _misfits(field: Field, look: Contents) -> bool:
    if not look.filled:
        return field.must is Must.ALWAYS and look.rows > 0
    return look.fits.get(field.code, 1.0) < MISFIT


def _explained(
    misfits: Sequence[int], by: int, codes: Sequence[str], layout: Layout, contents: Sequence[Contents]
) -> list[tuple[int, float]]:
    """Return the misfitting columns whose field reads the column ``by`` further on, with the weight of each."""
    found = []
    for at in misfits:
        there = at + by
        if not 0 <= there < len(codes) or not contents[there].filled:
            continue
        field = layout.get(codes[at])
        if contents[there].fits.get(field.code, 0) >= FITS:
            loose = field.type in _LOOSE or not contents[at].filled
            found.append((at, 0.5 if loose else 1.0))
    return found
