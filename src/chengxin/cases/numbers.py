"""Case numbers people can read out: kind, year, running number. A rolled-back opening gives its number back."""

from __future__ import annotations

from datetime import date

from django.db.models import F

from chengxin.cases.models import NumberSeries
from chengxin.rules.errors import Refusal

PREFIXES = {"bankruptcy": "CZ", "erasure": "SC", "objection": "YY", "restoration": "XF", "counter": "CK"}


class UnknownKind(Refusal):
    """There is no case of that kind."""

    code = "unknown_case_kind"


def next_number(kind: str, today: date) -> str:
    """Return the next number of a kind in a year, such as ``YY-2026-000001``; needs the caller's transaction."""
    if kind not in PREFIXES:
        raise UnknownKind(f"没有“{kind}”这类办件。", f'There is no case of the kind "{kind}".', kind=kind)
    prefix = PREFIXES[kind]
    NumberSeries.objects.get_or_create(prefix=prefix, year=today.year)
    # The update locks the row (or holds SQLite's only write lock), so two openings cannot read the same number.
    series = NumberSeries.objects.filter(prefix=prefix, year=today.year)
    series.update(last=F("last") + 1)
    return f"{prefix}-{today.year}-{series.get().last:06d}"
