"""The monthly table counted anew from submissions: sums in the database, the same figures however often it runs.

A row belongs to the month in which its file came, by the day in Shanghai. What becomes of it later moves the figures of
that same month: so every month is counted anew, never added to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, IntegerField, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, TruncMonth
from django.utils import timezone

from chengxin.catalogue import lawbook
from chengxin.intake import reasons
from chengxin.intake.models import Admission, MonthFigure, Submission, Withdrawal
from chengxin.registry.models import Cause, RecordVersion
from chengxin.rules.quality import following

Key = tuple[UUID, int, date]
_STATES = (
    "received",
    "admitted",
    "corrected",
    "withdrawn",
    "returned",
    "waiting",
    "valid",
    "duplicate",
    "mended",
    "retracted",
)
_FIELDS = ("files", "received", "stored", "returned", "pending", "duplicate", "mended", "timed", "late", "wrong")
_LATE = "date.late"


@dataclass
class _Sums:
    figures: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)


def missing(today: date) -> bool:
    """Tell whether some figures have not been counted on a day, though something was ever filed."""
    every = MonthFigure.objects.all()
    return every.exclude(made_at__date=today).exists() or (not every.exists() and _taken().exists())


def count(now: datetime, month: date | None = None) -> int:
    """Count every month anew, or only one where somebody waits for it, and return how many figures there are."""
    with transaction.atomic():
        sums = _summed(month)
        for (agency, item, came), wrong in _wrong(month).items():
            sums[agency, item, came].figures["wrong"] += wrong
        rows = [
            MonthFigure(
                agency_id=agency,
                item_id=item,
                month=came,
                codes=dict(sorted(found.codes.items())),
                made_at=now,
                **{name: found.figures[name] for name in _FIELDS},
            )
            for (agency, item, came), found in sorted(sums.items(), key=str)
        ]
        MonthFigure.objects.bulk_create(
            rows,
            batch_size=200,
            update_conflicts=True,
            unique_fields=["month", "agency", "item"],
            update_fields=[*_FIELDS, "codes", "made_at"],
        )
    return len(rows)


def counted_at() -> datetime | None:
    """Return since when every figure has been counted at least once."""
    return MonthFigure.objects.order_by("made_at").values_list("made_at", flat=True).first()


def _taken() -> QuerySet[Submission]:
    return Submission.objects.exclude(state=Submission.State.REFUSED)


def _came_in(month: date | None, column: str) -> Q:
    """Return the condition that something came in a month, by the day in Shanghai; none where no month is asked."""
    if month is None:
        return Q()
    zone = timezone.get_default_timezone()
    first, after = (datetime.combine(day, time(), zone) for day in (month, following(month)))
    return Q(**{f"{column}__gte": first, f"{column}__lt": after})


def _month(column: str) -> TruncMonth:
    return TruncMonth(column, tzinfo=timezone.get_default_timezone())


def _figure(name: str, source: Any = "counts") -> Coalesce:
    return Coalesce(Sum(Cast(KeyTextTransform(name, source), IntegerField())), 0)


def _summed(month: date | None) -> dict[Key, _Sums]:
    """Add up the counts of submissions; the loop runs over months, agencies and versions of items only."""
    codes = sorted(reasons.all_rules())
    states = {f"n_{name}": _figure(name) for name in _STATES}
    findings = {f"f{at}": _figure(code, KeyTransform("by_code", "counts")) for at, code in enumerate(codes)}
    keys = ("agency_id", "item__item_id", "item__layout", "in_month")
    grouped = (
        _taken()
        .filter(_came_in(month, "submitted_at"))
        .order_by()
        .annotate(in_month=_month("submitted_at"))
        .values(*keys)
    )
    sums: dict[Key, _Sums] = defaultdict(_Sums)
    for row in grouped.annotate(files=Count("id"), **states, **findings):
        into = sums[row["agency_id"], row["item__item_id"], row["in_month"].date()]
        told = {code: row[f"f{at}"] for at, code in enumerate(codes) if row[f"f{at}"]}
        into.figures.update(_figures(row, told))
        into.codes.update(told)
    return sums


def _figures(row: Mapping[str, Any], told: Mapping[str, int]) -> dict[str, int]:
    timed = row["n_received"] if is_timed(row["item__layout"]) else 0
    return {
        "files": row["files"],
        "received": row["n_received"],
        "stored": row["n_admitted"] + row["n_corrected"] + row["n_withdrawn"],
        # A row its source took back before it was stored was no better than one that was sent back.
        "returned": row["n_returned"] + row["n_retracted"],
        "pending": row["n_waiting"] + row["n_valid"],
        "duplicate": row["n_duplicate"],
        "mended": row["n_mended"],
        "timed": timed,
        "late": min(told.get(_LATE, 0), timed),
    }


def is_timed(layout: str) -> bool:
    """Tell whether decisions of this layout must be filed within a number of working days."""
    return bool(lawbook.layout(layout).publish_workdays)


def _wrong(month: date | None) -> dict[Key, int]:
    """Count stored rows whose record proved wrong later: corrected, deleted on objection, or filed by mistake."""
    put_right = RecordVersion.objects.filter(cause__in=(Cause.CORRECTED, Cause.DELETED)).values("record_id")
    mistaken = Withdrawal.objects.filter(reason=Withdrawal.Reason.MISTAKE, undone_at=None).values("record_id")
    came = _came_in(month, "row__submission__submitted_at")
    found = Admission.objects.filter(came, Q(record_id__in=put_right) | Q(record_id__in=mistaken)).order_by()
    keys = ("row__submission__agency_id", "row__submission__item__item_id", "in_month")
    grouped = found.annotate(in_month=_month("row__submission__submitted_at")).values(*keys).annotate(n=Count("id"))
    return {(row[keys[0]], row[keys[1]], row["in_month"].date()): row["n"] for row in grouped}
