"""每日权益统计: the public figures of rights, computed once a day and shown with their day, never on a visit.

Endings without an application stand beside the applications and are never added to them; a subject repaired either way
is counted once in the share, because it is a share of subjects and not of acts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from chengxin.rights import repaired, statistics
from chengxin.rights.models import DailyFigures, UnaskedEnding
from chengxin.rights.repaired import Share
from chengxin.rights.statistics import EARLIER, AgencyFigures, Duration, Figures
from chengxin.rules.small_counts import Published, published


@dataclass(frozen=True)
class Daily:
    """The figures of one day: the cases, the endings nobody had to ask for, and the share of subjects repaired."""

    figures: Figures
    unasked: Published
    share: Share
    share_days: int
    too_early: int | None
    made_at: datetime


def missing(today: date) -> bool:
    """Tell whether the figures of a day have not been computed yet."""
    return not DailyFigures.objects.filter(pk=today).exists()


def make(*, now: datetime, today: date) -> Daily:
    """Compute the figures of a day and keep them; a day that has its figures keeps them as they are."""
    body = _body(today) if missing(today) else {}
    kept, _created = DailyFigures.objects.get_or_create(pk=today, defaults={"made_at": now, "body": body})
    return _read(kept)


def latest(*, now: datetime, today: date) -> Daily:
    """Return the newest figures up to a day; the first visit of an installation computes them."""
    kept = DailyFigures.objects.filter(pk__lte=today).order_by("-pk").first()
    return _read(kept) if kept else make(now=now, today=today)


def newest_day(today: date) -> date | None:
    """Return of which day the figures are that anyone sees now."""
    return DailyFigures.objects.filter(pk__lte=today).order_by("-pk").values_list("pk", flat=True).first()


def unasked(today: date) -> Published:
    """Return how many records ended without an application in each of the last twelve months, small counts hidden."""
    months = statistics._months(today)
    ended = UnaskedEnding.objects.filter(ended_at__date__lte=today).values_list("ended_at", flat=True)
    named = (f"{timezone.localtime(at):%Y-%m}" for at in ended.iterator(chunk_size=2000))
    counts = Counter(name if name in months else EARLIER for name in named)
    return published({name: counts[name] for name in (EARLIER, *months)})


def _body(today: date) -> dict[str, Any]:
    found, share = statistics.figures(today), repaired.key_figure(today).public()
    return {
        "by_grade": {kind: _pack(each) for kind, each in found.by_grade.items()},
        "by_outcome": {kind: _pack(each) for kind, each in found.by_outcome.items()},
        "by_month": {kind: _pack(each) for kind, each in found.by_month.items()},
        "durations": {kind: asdict(each) for kind, each in found.durations.items()},
        "agencies": [asdict(each) for each in found.agencies],
        "agency_totals": found.agency_totals,
        "unasked": _pack(unasked(today)),
        "share": asdict(share.subjects),
        "share_days": share.days,
        "too_early": share.too_early,
    }


def _read(kept: DailyFigures) -> Daily:
    body = kept.body
    found = Figures(
        as_of=kept.day,
        by_grade={kind: _unpack(each) for kind, each in body["by_grade"].items()},
        by_outcome={kind: _unpack(each) for kind, each in body["by_outcome"].items()},
        by_month={kind: _unpack(each) for kind, each in body["by_month"].items()},
        durations={kind: Duration(**each) for kind, each in body["durations"].items()},
        agencies=tuple(AgencyFigures(**each) for each in body["agencies"]),
        agency_totals=body["agency_totals"],
    )
    share = Share(**body["share"])
    return Daily(found, _unpack(body["unasked"]), share, body["share_days"], body["too_early"], kept.made_at)


def _pack(counts: Published) -> dict[str, Any]:
    # A list of pairs, because a database may keep the keys of an object in another order.
    return {"cells": [[name, count] for name, count in counts.cells.items()], "total": counts.total}


def _unpack(packed: dict[str, Any]) -> Published:
    return Published(dict(packed["cells"]), packed["total"])
