"""每日公示统计: what is published about organisations, by item, by city and by month, counted once a day and kept.

Every table counts the same records, so one that hides its total hides what the others would add up to (charter C26).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf, Substr, TruncMonth

from chengxin.catalogue import lawbook
from chengxin.disclosure import publication
from chengxin.disclosure.models import DailyPublished
from chengxin.registry import selectors as registry
from chengxin.registry.models import Organisation, RecordVersion, SubjectKind
from chengxin.rules.small_counts import published

MONTHS = "portal.statistics_months"
ELSEWHERE, EARLIER = "elsewhere", "earlier"
CITY_DIGITS = 4
COUNTED_ON_A_VISIT = 20_000
Cells = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Figures:
    """The public figures of a day; a hidden count is ``None``.

    ``items`` by catalogue item; ``groups`` by heading; ``months`` by the month publication began (``earlier`` before
    the first); ``cities``, ``penalties`` and ``organisations`` by the first four digits of the division (``elsewhere``
    for those outside the province). ``names`` are the items' names in both languages.
    """

    day: date
    made_at: datetime
    total: int | None
    items: Cells
    groups: Cells
    months: Cells
    cities: Cells
    penalties: Cells
    organisations: Cells
    names: dict[str, tuple[str, str]]

    def per_thousand(self, code: str) -> float | None:
        """Return the published records of a city for every thousand organisations, if both counts may be told."""
        part, whole = self.cities.get(code), self.organisations.get(code)
        return round(part * 1000 / whole, 1) if part is not None and whole else None


def missing(today: date) -> bool:
    """Tell whether the figures of a day have not been computed yet."""
    return not DailyPublished.objects.filter(pk=today).exists()


def make(*, now: datetime, today: date) -> Figures:
    """Compute the figures of a day and keep them; a day that has its figures keeps them as they are."""
    body = _computed(today) if missing(today) else {}
    kept, _created = DailyPublished.objects.get_or_create(pk=today, defaults={"made_at": now, "body": body})
    return _read(kept)


def latest(*, now: datetime, today: date) -> Figures | None:
    """Return the newest figures up to a day; the first visit of a small installation computes them.

    None in a large one whose background work has not counted yet: no visitor waits for millions of records.
    """
    kept = DailyPublished.objects.filter(pk__lte=today).order_by("-pk").first()
    if kept is None and registry.more_records_than(COUNTED_ON_A_VISIT):
        return None
    return _read(kept) if kept else make(now=now, today=today)


def _computed(today: date) -> dict[str, Any]:
    found = registry.published(today).exclude(record__subject__kind=SubjectKind.PERSON)
    found = found.order_by().prefetch_related(None)
    by_item = Counter(dict(found.values_list("record__item__item__code").annotate(Count("pk"))))
    by_city = _by_city(found)
    penal = found.filter(record__item__item__code__in=[c for c in by_item if publication.group_of(c) == "penalties"])
    told = {
        "items": published(by_item),
        "groups": published(_by_group(by_item)),
        "months": published(_by_month(found, today)),
        "cities": published(by_city),
    }
    # Each table adds up to the same total: where one must not tell it, the others must not either.
    secret = any(each.total is None for each in told.values())
    cells = {name: dict.fromkeys(each.cells) if secret else dict(each.cells) for name, each in told.items()}
    apart = {"penalties": _by_city(penal), "organisations": _organisations()}
    cells |= {name: dict(published(counts).cells) for name, counts in apart.items()}
    # As pairs: PostgreSQL does not keep the order of keys.
    told_cells = {name: list(each.items()) for name, each in cells.items()}
    return {"total": None if secret else sum(by_item.values()), "names": _names(by_item), **told_cells}


def _by_group(by_item: Mapping[str, int]) -> Counter[str]:
    counts = Counter(dict.fromkeys(publication.GROUPS, 0))
    for code, count in by_item.items():
        counts[publication.group_of(code)] += count
    return counts


def _by_month(found: QuerySet[RecordVersion], today: date) -> dict[str, int]:
    """Count by the month publication began, the newest first; what began before the first month is one count."""
    keys = _months(today)
    counts = dict.fromkeys([*keys, EARLIER], 0)
    for month, count in found.values_list(TruncMonth("public_from")).annotate(Count("pk")):
        key = f"{month:%Y-%m}"
        counts[key if key in counts else EARLIER] += count
    return counts


def _months(today: date) -> list[str]:
    last = today.year * 12 + today.month - 1
    count = lawbook.current().integer(MONTHS, today)
    return [f"{each // 12}-{each % 12 + 1:02}" for each in range(last, last - count, -1)]


def _by_city(found: QuerySet[RecordVersion]) -> dict[str, int]:
    city = _city("record__subject__organisation__")
    return _placed(dict(found.values_list(city).annotate(Count("pk"))))


def _organisations() -> dict[str, int]:
    found = Organisation.objects.filter(subject__forwarded_to=None).order_by()
    return _placed(dict(found.values_list(_city("")).annotate(Count("pk"))))


def _city(where: str) -> Substr:
    """Return where an organisation is: its division, or the division its code was given in (places 3 to 8)."""
    own = NullIf(F(f"{where}region"), Value(""))
    return Substr(Coalesce(own, Substr(F(f"{where}uscc"), 3, 6)), 1, CITY_DIGITS)


def _placed(counts: Mapping[str, int]) -> dict[str, int]:
    placed = dict.fromkeys([*(each.code for each in lawbook.divisions()), ELSEWHERE], 0)
    for code, count in counts.items():
        placed[code if code in placed else ELSEWHERE] += count
    return placed


def _names(codes: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    return {item.code: (item.zh, item.en) for item in lawbook.items() if item.code in codes}


def _read(kept: DailyPublished) -> Figures:
    body = dict(kept.body)
    names = {code: (zh, en) for code, (zh, en) in body.pop("names").items()}
    total = body.pop("total")
    cells = {name: dict(pairs) for name, pairs in body.items()}
    return Figures(day=kept.day, made_at=kept.made_at, total=total, names=names, **cells)
