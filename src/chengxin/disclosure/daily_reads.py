"""每日查询统计: the public figures of reads, computed once a day and shown with their day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from chengxin.disclosure import statistics
from chengxin.disclosure.models import DailyReads
from chengxin.disclosure.statistics import Asked, Reads


def missing(today: date) -> bool:
    """Tell whether the figures of a day have not been computed yet."""
    return not DailyReads.objects.filter(pk=today).exists()


def make(*, now: datetime, today: date) -> Reads:
    """Compute the figures of a day and keep them; a day that has its figures keeps them as they are."""
    body = asdict(statistics.reads(now)) if missing(today) else {}
    kept, _created = DailyReads.objects.get_or_create(pk=today, defaults={"made_at": now, "body": body})
    return _read(kept)


def latest(*, now: datetime, today: date) -> Reads:
    """Return the newest figures up to a day; the first visit of an installation computes them."""
    kept = DailyReads.objects.filter(pk__lte=today).order_by("-pk").first()
    return _read(kept) if kept else make(now=now, today=today)


def _read(kept: DailyReads) -> Reads:
    body = kept.body
    return Reads(tuple(Asked(**each) for each in body["rows"]), body["answered"], body["refused"])
