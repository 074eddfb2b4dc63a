"""How agencies filed in a month, and of what: by hand or by a system, which items were stored, which were owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from chengxin.accounts.clients import MACHINE
from chengxin.intake.models import MonthFigure, Submission, SupplyDuty
from chengxin.rules import quality
from chengxin.rules.appraisal import Supply


def of_month(month: date, agencies: Collection[UUID], duties: QuerySet[SupplyDuty]) -> dict[UUID, Supply]:
    """Return the month of every one of these agencies; ``duties`` are what had to be supplied in it."""
    files = _files(month, agencies)
    stored = _codes(MonthFigure.objects.filter(month=month, agency__in=agencies, stored__gt=0))
    owed = _codes(duties.filter(agency__in=agencies))
    return {
        each: Supply(*files.get(each, (0, 0)), stored=frozenset(stored[each]), owed=frozenset(owed[each]))
        for each in agencies
    }


def _files(month: date, agencies: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Count the files taken, and those of them that came from the account of a system and not of a person."""
    taken = Submission.objects.filter(
        agency__in=agencies, submitted_at__gte=_start(month), submitted_at__lt=_start(quality.following(month))
    ).exclude(state=Submission.State.REFUSED)  # fmt: skip
    machine = Q(submitted_by__username__startswith=MACHINE)
    grouped = taken.order_by().values_list("agency").annotate(files=Count("pk"), sent=Count("pk", filter=machine))
    return {agency: (files, by_system) for agency, files, by_system in grouped}


def _codes(rows: QuerySet[MonthFigure] | QuerySet[SupplyDuty]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    for agency, code in rows.order_by().values_list("agency_id", "item__code"):
        found[agency].add(code)
    return found


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
