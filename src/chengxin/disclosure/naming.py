"""Searching organisations by name or code: what the portal and the interface show, with the reason for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chengxin.registry import name_search
from chengxin.registry import selectors as registry
from chengxin.rules.names_matching import Reason, written
from chengxin.rules.text import compact

SHORTEST = 2
LONGEST = 100
MOST = 200
_SURE, _HOLDS = 100, 78


@dataclass(frozen=True, slots=True)
class Found:
    """One organisation in a list of search results: how near (0 to 100) and why, the main reason first.

    ``former`` tells that ``name`` is one it bore before.
    """

    name: str
    uscc: str
    former: bool
    points: int = _SURE
    reasons: tuple[Reason, ...] = (Reason.SAME,)


def search(text: str, limit: int = 50) -> list[Found]:
    """Return organisations whose code is the text or whose present or former name may be meant by it, best first.

    Each organisation comes once. A person is in no answer, whatever is typed (charter C11).
    """
    asked = text.strip()[:LONGEST]
    if len(asked) < SHORTEST:
        return []
    exact = _by_code(asked)
    if exact:
        return [exact]
    # Several names of one organisation may be found, so a few more are asked for than are shown.
    rows = name_search.find(asked, min(limit, MOST) * 2)
    found = _plainly(asked, limit) if rows is None else (_found(asked, row) for row in rows)
    return sorted(_once_each(found), key=_order)[:limit]


def _by_code(asked: str) -> Found | None:
    code = compact(asked).upper()
    subject = registry.find_organisation(code) if len(code) == 18 and code.isascii() else None
    if subject is None:
        return None
    return Found(registry.present_name(subject), subject.organisation.uscc, False, _SURE, (Reason.CODE,))


def _plainly(asked: str, limit: int) -> list[Found]:
    """Search for parts of names only: a large register whose index is still being made."""
    holding = [(row, row.until is not None) for row in registry.search_organisations(asked, limit)]
    return [
        Found(row.name, row.subject.organisation.uscc, former, _HOLDS, _reasons((Reason.CONTAINS,), former))
        for row, former in holding
    ]


def _found(asked: str, row: name_search.NameFound) -> Found:
    reasons = row.reasons
    if reasons[0] is Reason.SAME:
        reasons = (written(asked, row.name), *reasons[1:])
    return Found(row.name, row.uscc, row.former, row.points, _reasons(reasons, row.former))


def _reasons(reasons: tuple[Reason, ...], former: bool) -> tuple[Reason, ...]:
    return (*reasons, Reason.FORMER) if former else reasons


def _once_each(found: Iterable[Found]) -> list[Found]:
    """Keep the nearest name of each organisation, the present one where both are as near."""
    best: dict[str, Found] = {}
    for each in found:
        known = best.get(each.uscc)
        if known is None or (each.points, known.former) > (known.points, each.former):
            best[each.uscc] = each
    return list(best.values())


def _order(found: Found) -> tuple[int, bool, int, str]:
    """The nearest first; among those as near the present names, then the shorter, then by the alphabet."""
    return (-found.points, found.former, len(found.name), found.name)
