"""Reading a month: each agency's counts, duties, entries and points; the trend; what went wrong most often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from chengxin.accounts.models import Agency
from chengxin.catalogue import lawbook
from chengxin.catalogue import selectors as catalogue
from chengxin.intake import reasons
from chengxin.intake.models import HandPoint, MonthFigure, MonthlyTable, RowState, SubmissionRow, SupplyDuty
from chengxin.intake.quality.counting import is_timed
from chengxin.intake.quality.schemes import scheme_of
from chengxin.rules import quality
from chengxin.rules.appraisal import Facts, Given, Scheme, Score, score
from chengxin.rules.quality import Counts, Duties, Rate
from chengxin.rules.validation.codes import Finding

_COUNTED = ("received", "stored", "returned", "pending", "duplicate", "mended", "timed", "late", "wrong")
_LOOKED_THROUGH = 500


@dataclass(frozen=True)
class Unit:
    """One agency's month under the scheme."""

    agency: Agency
    facts: Facts
    score: Score
    scheme: Scheme

    @property
    def stored(self) -> Rate:
        """有效入库率."""
        return quality.stored_rate(self.facts.counts, self.scheme.least_rows)

    @property
    def accurate(self) -> Rate:
        """准确率."""
        return quality.accuracy(self.facts.counts, self.scheme.least_rows)

    @property
    def timely(self) -> Rate | None:
        """及时率, or None where lateness cannot be judged."""
        return quality.timeliness(self.facts.counts, self.scheme.least_rows) if self.facts.lateness_known else None

    @property
    def complete(self) -> Rate:
        """完整率."""
        return quality.completeness(self.facts.duties)


@dataclass(frozen=True)
class Fault:
    """A kind of finding with how often it was made, and a few rows' words about it, never their content."""

    code: str
    count: int
    examples: tuple[Finding, ...]


def newest(today: date) -> date:
    """Return the newest month up to today in which anything came, or today's month."""
    found = MonthFigure.objects.filter(month__lte=today).order_by("-month").values_list("month", flat=True).first()
    return found or quality.first_of(today)


def units(month: date, agencies: Iterable[Agency], today: date) -> list[Unit]:
    """Return the month of each agency, in a handful of queries for all of them."""
    listed, scheme = list(agencies), scheme_of(month)
    ids = [each.pk for each in listed]
    counts, duties, given = _counts(month, ids), _duties(month, ids), _given(month, ids)
    tables = dict(MonthlyTable.objects.filter(month=month, agency__in=ids).values_list("agency_id", "filed_at"))
    known, bound = month.year in lawbook.calendar().years, bound_to_table(month, ids)
    found = []
    for agency in listed:
        filed = tables.get(agency.pk)
        facts = Facts(
            month,
            today,
            counts.get(agency.pk, Counts()),
            duties.get(agency.pk, Duties()),
            table_filed_on=timezone.localtime(filed).date() if filed else None,
            lateness_known=known,
            table_bound=agency.pk in bound,
            given=given.get(agency.pk, {}),
        )
        found.append(Unit(agency, facts, score(scheme, facts), scheme))
    return found


def _counts(month: date, agencies: Collection[UUID]) -> dict[UUID, Counts]:
    rows = MonthFigure.objects.filter(month=month, agency__in=agencies).order_by()
    grouped = rows.values("agency_id").annotate(**{f"n_{name}": Sum(F(name)) for name in _COUNTED})
    return {row["agency_id"]: _of(row) for row in grouped}


def _of(row: Mapping[str, Any]) -> Counts:
    return Counts(**{name: row[f"n_{name}"] for name in _COUNTED})


def _duties(month: date, agencies: Collection[UUID]) -> dict[UUID, Duties]:
    sent = set(
        MonthFigure.objects.filter(month=month, agency__in=agencies, files__gt=0).values_list("agency_id", "item_id")
    )
    timed = timed_items(quality.last_of(month))
    found: dict[UUID, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for agency, item in duties_in(month).filter(agency__in=agencies).values_list("agency_id", "item_id"):
        done, other = (agency, item) in sent, item not in timed
        for at, one in enumerate((1, done, other, done and other)):
            found[agency][at] += one
    return {agency: Duties(*figures) for agency, figures in found.items()}


def duties_in(month: date) -> QuerySet[SupplyDuty]:
    """Return what had to be supplied in a month."""
    return SupplyDuty.objects.filter(Q(until=None) | Q(until__gte=month), since__lte=quality.last_of(month))


def bound_to_table(month: date, agencies: Collection[UUID]) -> set[UUID]:
    """Return the agencies that must file the table of a month: they owe, or ever filed, what it is about."""
    timed = timed_items(quality.last_of(month))
    filed = MonthFigure.objects.filter(month__lte=month, item__in=timed, agency__in=agencies)
    owed = duties_in(month).filter(item__in=timed, agency__in=agencies)
    return {*filed.values_list("agency_id", flat=True), *owed.values_list("agency_id", flat=True)}


def timed_items(on: date) -> set[int]:
    """Return the items whose decisions must be filed within working days."""
    return {each.item_id for each in catalogue.items(on) if is_timed(each.layout)}


def _given(month: date, agencies: Collection[UUID]) -> dict[UUID, dict[str, Given]]:
    found: dict[UUID, dict[str, Given]] = defaultdict(dict)
    for each in HandPoint.objects.filter(month=month, agency__in=agencies).order_by("id"):
        found[each.agency_id][each.criterion] = Given(each.points, each.reason)
    return found


def trend(month: date, agencies: Collection[UUID], months: int = 12) -> list[tuple[date, Rate]]:
    """Return the stored rate of the months up to this one, all these agencies together."""
    wanted = quality.months_back(month, months)
    rows = MonthFigure.objects.filter(month__in=wanted, agency__in=list(agencies)).order_by()
    grouped = rows.values("month").annotate(**{f"n_{name}": Sum(F(name)) for name in _COUNTED})
    counts = {row["month"]: _of(row) for row in grouped}
    least = scheme_of(month).least_rows
    return [(each, quality.stored_rate(counts.get(each, Counts()), least)) for each in wanted]


def items(month: date, agency: Agency) -> list[tuple[str, tuple[str, str], Counts]]:
    """Return code, names (zh, en) and counts of every item the agency filed in a month."""
    names = {each.item_id: each for each in catalogue.items(quality.last_of(month))}
    rows = MonthFigure.objects.filter(month=month, agency=agency).select_related("item").order_by("item__code")
    made = []
    for row in rows:
        known = names.get(row.item_id)
        counts = Counts(**{name: getattr(row, name) for name in _COUNTED})
        both = (known.name_zh, known.name_en) if known else (row.item.code, row.item.code)
        made.append((row.item.code, both, counts))
    return made


def faults(month: date, agency: Agency, most: int = 10) -> list[Fault]:
    """Return the findings made most often, each with examples of up to two shapes from the newest returned rows."""
    tally: Counter[str] = Counter()
    for codes in MonthFigure.objects.filter(month=month, agency=agency).values_list("codes", flat=True):
        tally.update(codes)
    top = tally.most_common(most)
    examples = _examples(month, agency, {code for code, _count in top})
    return [Fault(code, count, tuple(examples.get(code, ()))) for code, count in top]


def _examples(month: date, agency: Agency, codes: set[str]) -> dict[str, list[Finding]]:
    """Look through the newest returned rows only, so that a page costs the same after a million rows."""
    rows = SubmissionRow.objects.filter(
        submission__agency=agency,
        submission__submitted_at__date__range=(month, quality.last_of(month)),
        state=RowState.RETURNED,
    ).order_by("-id")
    rules, found = reasons.all_rules(), dict[str, list[Finding]]()
    for stored, layout in rows.values_list("findings", "submission__item__layout")[:_LOOKED_THROUGH]:
        for each in stored:
            kept = found.setdefault(each["code"], [])
            if each["code"] in codes and len(kept) < 2:
                told = reasons.said(each, lawbook.layout(layout), rules)
                if told.zh not in {one.zh for one in kept}:
                    kept.append(told)
    return found
