"""A small province over five years, and what the law says of each of its records on each day.

The second half is an oracle: it is written from the law and uses nothing of the product, so that the two can disagree.
Sources: 信用修复管理办法 (Order 36, in force since 2026-04-01), Order 58 before it, Order 45 of the market regulator,
民法典 201-202 (months), 社会信用条例 (five years of use at most), 信用修复 as one act with three effects.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

FIRST, LAST = date(2026, 2, 15), date(2031, 2, 14)
ORDER_36 = date(2026, 4, 1)
DAY = timedelta(days=1)
DECISION_DAYS = (
    date(2026, 3, 31),  # the last day of Order 58
    date(2026, 4, 1),  # the first day of Order 36
    date(2026, 11, 30),  # three months end on 28 February
    date(2027, 11, 30),  # three months end on 29 February
    date(2028, 2, 29),  # a year ends on 28 February
    date(2026, 2, 20),
    date(2028, 12, 31),  # the end of a year
    date(2029, 8, 31),
)


@dataclass(frozen=True)
class Owner:
    """Somebody a record can be about: organisation, individual_business or person."""

    kind: str
    number: int
    code: str = ""
    name: str = ""

    @property
    def is_person(self) -> bool:
        return self.kind == "person"


@dataclass(frozen=True)
class Fact:
    """One record: what was decided, when it was admitted and publicised, and what happened to it afterwards."""

    number: int
    owner: Owner
    item: str
    decided: date
    admitted: date
    kinds: str = "罚款"
    publicised: date | None = None
    valid_until: date | None = None
    authority: str = "示例省交通运输厅"
    happenings: tuple[tuple[date, str], ...] = ()

    @property
    def token(self) -> str:
        """The document number, by which the record is recognised in any text."""
        return f"示罚〔2026〕{self.number:05d}号"


@dataclass(frozen=True)
class Item:
    """What the catalogue says of an item: its nature, its reach, and which rule ends it."""

    nature: str
    reach: str
    rule: str
    months: int = 0
    grade: str = ""
    person_may_be_public: bool = False


ITEMS = {
    "JS-CF-01": Item("negative", "public", "graded"),
    "JS-CF-02": Item("negative", "shared", "graded", grade="minor"),
    "JS-YC-01": Item("negative", "public", "graded", grade="general"),
    "JS-YZ-01": Item("negative", "public", "graded", grade="serious"),
    "JS-SF-01": Item("negative", "public", "graded", grade="serious", person_may_be_public=True),
    "JS-QF-01": Item("negative", "authorised", "retained"),
    "JS-XK-01": Item("neutral", "public", "validity"),
    "JS-DJ-01": Item("neutral", "public", "standing"),
    "JS-SF-02": Item("neutral", "public", "term", 60),
    "JS-CN-02": Item("neutral", "shared", "term", 36),
    "JS-RY-01": Item("positive", "public", "validity"),
    "JS-RY-02": Item("positive", "public", "term", 12),
    "JS-ZY-01": Item("positive", "authorised", "validity"),
    "JS-CS-01": Item("positive", "authorised", "standing"),
}
ENDING = {"erased", "restored", "withdrawn", "deleted", "stopped", "display_suspended", "shielded"}
RETURNING = {"reinstated", "resumed"}
GROUP = {
    "CF": "penalties",
    "YZ": "lists",
    "SF": "lists",
    "SW": "lists",
    "YC": "lists",
    "XK": "licences",
    "RY": "honours",
    "CN": "commitments",
}


# --- The oracle -------------------------------------------------------------------------------------------------------


def months_after(day: date, months: int) -> date:
    """The day of the same number some months later, or the last day of a month that has none (民法典 201-202)."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def grade_of(fact: Fact, kinds: str, on: date) -> str:
    """轻微, 一般 or 严重 under the order in force on a day."""
    fixed = ITEMS[fact.item].grade
    if fixed:
        return fixed
    parts = kinds.split("；")
    if on >= ORDER_36 and any("吊销" in part or "责令停产停业" in part for part in parts):
        return "serious"
    return "minor" if all(part in ("警告", "通报批评") for part in parts) else "general"


def last_day(fact: Fact, kinds: str, on: date) -> date | None:
    """The last day of use, included; None: no end of its own."""
    item = ITEMS[fact.item]
    if item.rule == "standing":
        return None
    if item.rule == "validity":
        return fact.valid_until
    if item.rule == "term":
        return months_after(fact.decided, item.months)
    five_years = months_after(fact.decided, 60)
    if item.rule == "retained":
        return five_years
    longest = {"minor": 3, "general": 12 if on >= ORDER_36 else 36, "serious": 36}
    end = months_after(fact.decided, longest[grade_of(fact, kinds, on)])
    if "市场监督管理" in fact.authority and on < ORDER_36:  # Its own rule went first then: three years of publicity.
        end = months_after(fact.publicised or fact.admitted, 36)
    return min(end, five_years)


@dataclass(frozen=True)
class Standing:
    """What may be shown of a record on a day: in the open, to those with a basis, to its subject."""

    open: bool = False
    use: bool = False
    own: bool = False


NOWHERE = Standing()


def standing(fact: Fact, day: date) -> Standing:
    """What the law lets be shown of a record on a day."""
    if day < fact.admitted:
        return NOWHERE
    kinds, assessed_on, ended, suspended = fact.kinds, fact.admitted, False, False
    for when, what in fact.happenings:
        if when > day:
            break
        ended = (ended or what in ENDING) and what not in RETURNING
        suspended = (suspended or what == "link_suspended") and what != "link_confirmed"
        if what.startswith("corrected:"):
            kinds, assessed_on = what.removeprefix("corrected:"), when
    until = last_day(fact, kinds, assessed_on)
    if ended or (until is not None and day > until):
        return NOWHERE
    return Standing(not suspended and _is_open(fact, kinds, assessed_on, day), not suspended, True)


def _is_open(fact: Fact, kinds: str, assessed_on: date, day: date) -> bool:
    item = ITEMS[fact.item]
    if item.reach != "public" or (fact.owner.is_person and not item.person_may_be_public):
        return False
    if item.rule == "graded" and grade_of(fact, kinds, assessed_on) == "minor":
        return False
    return day >= (fact.publicised or fact.admitted)


def group_of(item: str) -> str:
    """Under which heading of the portal an item stands; a judgment is no list of serious dishonesty."""
    return "others" if item == "JS-SF-02" else GROUP.get(item.split("-")[1], "others")


def told_counts(counts: dict[str, int]) -> dict[str, int | None]:
    """Counts that may be told: 1 to 9 are hidden, and if only one is, the smallest of the others too."""
    hidden = {group for group, count in counts.items() if 1 <= count <= 9}
    others = sorted((count, group) for group, count in counts.items() if count > 9)
    if len(hidden) == 1 and others:
        hidden.add(others[0][1])
    return {group: None if group in hidden else count for group, count in counts.items()}


# --- The province -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A kind of record the province has: days are counted from its admission, validity in days too."""

    item: str
    who: str = "organisation"
    kinds: str = "罚款"
    late: int = 3
    publicised: int | None = None
    valid: int | None = None
    authority: str = "示例省交通运输厅"
    happenings: tuple[tuple[int, str], ...] = field(default=())


KINDS = (
    Kind("JS-CF-01"),
    Kind("JS-CF-01", kinds="警告"),
    Kind("JS-CF-01", kinds="罚款；吊销许可证件"),
    Kind("JS-CF-01", kinds="警告；罚款", publicised=9),
    Kind("JS-CF-01", late=400),
    Kind("JS-CF-01", happenings=((95, "restored"),)),
    Kind("JS-CF-01", happenings=((95, "restored"), (130, "reinstated"))),
    Kind("JS-CF-01", happenings=((12, "withdrawn"),)),
    Kind("JS-CF-01", happenings=((20, "corrected:吊销许可证件"),)),
    Kind("JS-CF-01", kinds="吊销许可证件", happenings=((20, "corrected:罚款"),)),
    Kind("JS-CF-01", kinds="通报批评", happenings=((15, "corrected:罚款"), (60, "deleted"))),
    Kind("JS-CF-01", happenings=((8, "link_suspended"), (31, "link_confirmed"))),
    Kind("JS-CF-01", happenings=((8, "link_suspended"),)),
    Kind("JS-CF-01", happenings=((14, "display_suspended"), (24, "resumed"))),
    Kind("JS-YZ-01", happenings=((30, "shielded"), (400, "resumed"))),
    Kind("JS-CF-01", authority="示例市市场监督管理局", publicised=6),
    Kind("JS-CF-01", "individual_business", happenings=((33, "stopped"),)),
    Kind("JS-CF-01", "person"),
    Kind("JS-CF-01", "person", kinds="警告"),
    Kind("JS-CF-01", "person", happenings=((95, "restored"),)),
    Kind("JS-CF-01", "person", happenings=((4, "link_suspended"), (40, "deleted"))),
    Kind("JS-CF-02"),
    Kind("JS-CF-02", "person"),
    Kind("JS-YC-01", authority="示例市市场监督管理局"),
    Kind("JS-YC-01", happenings=((120, "withdrawn"),)),
    Kind("JS-YZ-01"),
    Kind("JS-YZ-01", "person", happenings=((370, "restored"),)),
    Kind("JS-SF-01", happenings=((370, "restored"), (400, "reinstated"))),
    Kind("JS-SF-01", "person"),
    Kind("JS-QF-01"),
    Kind("JS-XK-01", valid=200),
    Kind("JS-XK-01", valid=1),
    Kind("JS-XK-01", "person", valid=730),
    Kind("JS-XK-01", "individual_business", valid=300, happenings=((50, "withdrawn"),)),
    Kind("JS-DJ-01", happenings=((500, "withdrawn"),)),
    Kind("JS-DJ-01", "individual_business"),
    Kind("JS-SF-02"),
    Kind("JS-CN-02"),
    Kind("JS-RY-01", valid=365),
    Kind("JS-RY-01", "person", valid=365),
    Kind("JS-RY-02"),
    Kind("JS-ZY-01", "person", valid=400),
    Kind("JS-CS-01", "person", happenings=((90, "withdrawn"),)),
)


def owners(size: int) -> list[Owner]:
    """Return organisations, individual businesses and persons for a province of so many records."""
    each = max(2, size // 16)
    wanted = {"organisation": each, "individual_business": max(1, each // 3), "person": each}
    return [Owner(kind, number) for kind, count in wanted.items() for number in range(count)]


def province(size: int, seed: int = 20260215) -> list[Fact]:
    """Return so many records of every kind; the first hundred share eight days, the others are spread by chance."""
    rng, there = Random(seed), owners(size)
    by_kind = {kind: [o for o in there if o.kind == kind] for kind in ("organisation", "individual_business", "person")}
    return [_fact(number, KINDS[number % len(KINDS)], by_kind, rng) for number in range(size)]


def _fact(number: int, kind: Kind, by_kind: dict[str, list[Owner]], rng: Random) -> Fact:
    turn = number // len(KINDS)
    decided = DECISION_DAYS[(number % 4 * 2 + turn) % len(DECISION_DAYS)] if number < 100 else _any_day(rng)
    admitted = max(decided + kind.late * DAY, FIRST)
    here = by_kind[kind.who]
    return Fact(
        number=number,
        owner=here[number % len(here)],
        item=kind.item,
        decided=decided,
        admitted=admitted,
        kinds=kind.kinds,
        publicised=admitted + kind.publicised * DAY if kind.publicised else None,
        valid_until=admitted + kind.valid * DAY if kind.valid else None,
        authority=kind.authority,
        happenings=tuple((admitted + days * DAY, what) for days, what in kind.happenings),
    )


def _any_day(rng: Random) -> date:
    return FIRST + rng.randrange((LAST - FIRST).days - 40) * DAY


def days() -> Iterator[date]:
    """Yield every day of the five years."""
    for number in range((LAST - FIRST).days + 1):
        yield FIRST + number * DAY


def boundaries(facts: list[Fact]) -> dict[date, set[Owner]]:
    """Return the days on which something begins or ends, with the day before and after, and whom it concerns."""
    found: dict[date, set[Owner]] = {}
    for fact in facts:
        before = NOWHERE
        for day in days():
            now = standing(fact, day)
            if now != before:
                for near in (day - DAY, day, day + DAY):
                    found.setdefault(near, set()).add(fact.owner)
            before = now
    return found
