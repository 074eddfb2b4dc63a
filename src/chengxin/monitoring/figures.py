"""核查和查询的公布数字: per month, computed once a day and kept; counts below ten are hidden (charter C26)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone

from chengxin.disclosure import statistics
from chengxin.disclosure.models import Outcome
from chengxin.monitoring import selectors
from chengxin.monitoring.models import MonthlyMisuse, Ticket
from chengxin.rules.misuse.shapes import RULES
from chengxin.rules.small_counts import Published, published
from chengxin.rules.workflows.misuse import VERDICTS

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its label in both languages, and its counts; a hidden one is ``None``."""

    zh: str
    en: str
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """The public figures of a day, each table as lines: reads by month, tickets by month and by rule.

    ``reads``: answered, refused. ``months``: opened, closed. ``rules``: opened, then one count for each verdict.
    """

    day: date
    reads: tuple[Line, ...]
    months: tuple[Line, ...]
    rules: tuple[Line, ...]


def missing(today: date) -> bool:
    """Tell whether the figures of a day have not been computed yet."""
    return not MonthlyMisuse.objects.filter(pk=today).exists()


def make(*, now: datetime, today: date) -> Kept:
    """Compute the figures of a day and keep them; a day that has its figures keeps them as they are."""
    body = _computed(now) if missing(today) else {}
    kept, _created = MonthlyMisuse.objects.get_or_create(pk=today, defaults={"made_at": now, "body": body})
    return _read(kept)


def latest(*, now: datetime, today: date) -> Kept:
    """Return the newest figures up to a day; the first visit of an installation computes them."""
    kept = MonthlyMisuse.objects.filter(pk__lte=today).order_by("-pk").first()
    return _read(kept) if kept else make(now=now, today=today)


def _computed(now: datetime) -> dict[str, Any]:
    return {"reads": _reads(now), "months": _months(), "rules": _rules()}


def _reads(now: datetime) -> list[list[Any]]:
    """Count the reads the subjects may see by now, by month; delayed ones are counted when they may.

    The table by unit and purpose covers the same reads. Where it must hide its total, the months would add up to it,
    so they are hidden as well.
    """
    seen = selectors.by_units().filter(visible_from__lte=now)
    grouped = seen.order_by().annotate(month=TruncMonth("at")).values_list("month", "outcome")
    answered, refused = Counter[str](), Counter[str]()
    for month, outcome, count in grouped.annotate(Count("id")):
        (refused if outcome == Outcome.REFUSED else answered)[f"{month:%Y-%m}"] += count
    keys = sorted({*answered, *refused}, reverse=True)[:MONTHS]
    whole = statistics.reads(now)
    told = (whole.answered is not None, whole.refused is not None)
    rows = _lines(keys, (answered, refused), lambda key: (key, key))
    return [[zh, en, [n if tell else None for n, tell in zip(counts, told, strict=True)]] for zh, en, counts in rows]


def _months() -> list[list[Any]]:
    opened, closed = Counter[str](), Counter[str]()
    for at, closed_at in Ticket.objects.values_list("opened_at", "closed_at"):
        opened[_month(at)] += 1
        if closed_at:
            closed[_month(closed_at)] += 1
    keys = sorted({*opened, *closed}, reverse=True)[:MONTHS]
    return _lines(keys, (opened, closed), lambda key: (key, key))


def _rules() -> list[list[Any]]:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for rule, verdict, closed_at in Ticket.objects.values_list("rule", "verdict", "closed_at"):
        counted["opened"][rule] += 1
        if closed_at:
            counted[verdict][rule] += 1
    keys = [rule for rule in RULES if counted["opened"][rule]]
    return _lines(keys, [counted[name] for name in ("opened", *VERDICTS)], lambda key: RULES[key])


def _lines(keys: list[Any], groups: Iterable[Counter[Any]], name: Callable[[Any], tuple[str, ...]]) -> list[list[Any]]:
    """Return the lines with every column published as one additive group, so that no column gives a hidden count."""
    columns = [_column(keys, group) for group in groups]
    return [[*name(key), [column.cells[str(key)] for column in columns]] for key in keys]


def _column(keys: list[Hashable], group: Counter[Any]) -> Published:
    return published({str(key): group[key] for key in keys})


def _month(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m}"


def _read(kept: MonthlyMisuse) -> Kept:
    tables = {
        name: tuple(Line(zh, en, tuple(counts)) for zh, en, counts in kept.body[name])
        for name in ("reads", "months", "rules")
    }
    return Kept(kept.day, **tables)
