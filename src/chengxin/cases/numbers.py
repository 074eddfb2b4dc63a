"""Case numbers people can read out: kind, year, running number. A rolled-back opening gives its number back."""

from __future__ import annotations

from datetime import date

from django.db.models import F

from chengxin.cases.models import NumberSeries
from chengxin.rules.errors import Refusal

PREFIXES = {"objection": "YY", "restoration": "XF"}


class UnknownKind(Refusal):
    """There is no case of that kind."""

    code = "unknown_case_kind"


def next_number(kind: str, today: date) -> str:
    """Return the next number of a kind in a year, such as ``YY-2026-000001``; needs the caller's transaction."""
    if kind not in PREFIXES:
        raise UnknownKind(f"没有“{kind}”这类办件。", f'There is no case of the kind "{kind}".', kind=kind)
    place = {"prefix": PREFIXES[kind], "year": today.year}
    NumberSeries.objects.get_or_create(**place)
    # The update locks the row (or holds SQLite's only write lock), so two openings cannot read the same number.
    NumberSeries.objects.filter(**place).update(last=F("last") + 1)
    last = NumberSeries.objects.get(**place).last
    return f"{place['prefix']}-{today.year}-{last:06d}"
