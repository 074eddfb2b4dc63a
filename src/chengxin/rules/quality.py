"""Quality of reporting in one month: figures from counts. No rate is given for fewer rows than the scheme's least.

A rate is always shown with its two numbers and is rounded down, so that nothing seems reached that was missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows that came in a month and what became of them; every figure is a number of rows.

    ``timed`` are the rows of items with a limit in working days, ``late`` those of them that came after it.
    ``wrong`` are stored rows whose record was corrected, or taken away as mistaken, at any time afterwards.
    """

    received: int = 0
    stored: int = 0
    returned: int = 0
    pending: int = 0
    duplicate: int = 0
    mended: int = 0
    timed: int = 0
    late: int = 0
    wrong: int = 0

    @property
    def supplied(self) -> int:
        """Rows that brought something new: a row filed again counts where it is now, a duplicate is there already."""
        return self.received - self.mended - self.duplicate

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Counts)))


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sum of counts."""
    found = Counts()
    for each in counts:
        found += each
    return found


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its denominator; below ``least`` it is no rate but two numbers."""

    part: int
    whole: int
    least: int = 1

    @property
    def told(self) -> bool:
        """Say whether there is enough to speak of a rate."""
        return self.whole >= max(self.least, 1)

    @property
    def percent(self) -> str | None:
        """Return the share in percent with one decimal, rounded down, or None when there is too little."""
        if not self.told:
            return None
        tenths = self.part * 1000 // self.whole
        return f"{tenths // 10}.{tenths % 10}"

    def reaches(self, threshold: int) -> bool:
        """Say whether the share is at least ``threshold`` percent; exact, without rounding."""
        return self.told and self.part * 100 >= threshold * self.whole


@dataclass(frozen=True, slots=True)
class Duties:
    """Catalogue items an agency must supply in a month and those it did; ``monthly`` are those without a day limit."""

    required: int = 0
    supplied: int = 0
    monthly_required: int = 0
    monthly_supplied: int = 0


def duties_total(duties: Iterable[Duties]) -> Duties:
    """Return the sum of duties."""
    found = list(duties)
    return Duties(*(sum(getattr(each, one.name) for each in found) for one in fields(Duties)))


def stored_rate(counts: Counts, least: int) -> Rate:
    """有效入库率: valid stored rows out of the supplied ones."""
    return Rate(counts.stored, counts.supplied, least)


def accuracy(counts: Counts, least: int) -> Rate:
    """准确率: supplied rows neither returned for an error nor found wrong after they were stored."""
    return Rate(max(counts.supplied - counts.returned - counts.wrong, 0), counts.supplied, least)


def timeliness(counts: Counts, least: int) -> Rate:
    """及时率: rows that came within the working days of their item, out of all that came under such an item."""
    return Rate(counts.timed - counts.late, counts.timed, least)


def duplicates(counts: Counts, least: int) -> Rate:
    """重复率: rows that were there already, out of all received but those mended in the browser."""
    return Rate(counts.duplicate, counts.received - counts.mended, least)


def completeness(duties: Duties) -> Rate:
    """完整率: items supplied out of items required; items are all of them and no sample, so a few are enough."""
    return Rate(duties.supplied, duties.required)


def monthly(duties: Duties) -> Rate:
    """Items without a day limit that came in the month, out of those that must."""
    return Rate(duties.monthly_supplied, duties.monthly_required)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the league table; ``rank`` is None for an agency with too few rows."""

    name: str
    rate: Rate
    rank: int | None


def league(rates: Mapping[str, Rate]) -> tuple[Place, ...]:
    """Order agencies by their rate, equal rates on equal places; those with too few rows follow without a place."""
    told = [name for name in rates if rates[name].told]

    def better(name: str, than: str) -> bool:
        one, two = rates[name], rates[than]
        return one.part * two.whole > two.part * one.whole

    ranks = {name: 1 + sum(better(other, name) for other in told) for name in told}
    ranked = sorted(told, key=lambda name: (ranks[name], name))
    rest = sorted(name for name in rates if not rates[name].told)
    return tuple(Place(name, rates[name], ranks.get(name)) for name in [*ranked, *rest])


def first_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def following(month: date) -> date:
    """Return the first day of the next month."""
    return first_of(first_of(month) + timedelta(days=31))


def last_of(month: date) -> date:
    """Return the last day of a month."""
    return following(month) - ONE_DAY


def months_back(month: date, count: int) -> tuple[date, ...]:
    """Return ``count`` months that end with this one, oldest first."""
    found = [first_of(month)]
    while len(found) < count:
        found.append(first_of(found[-1] - ONE_DAY))
    return tuple(reversed(found))


def stage(due_on: date, days_before: Iterable[int], today: date) -> date | None:
    """Return the newest day of reminding that has come, or None before the first and after the due day.

    So a round that missed days reminds once and not once for every day it missed.
    """
    come = [due_on - ONE_DAY * n for n in days_before if due_on - ONE_DAY * n <= today]
    return max(come) if come and today <= due_on else None
