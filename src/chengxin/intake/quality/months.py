"""Reading a month: each agency's counts, duties, entries and points; its place; what went wrong most often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from chengxin.accounts import selectors as accounts
from chengxin.accounts.models import Agency
from chengxin.catalogue import lawbook
from chengxin.catalogue import selectors as catalogue
from chengxin.intake import reasons
from chengxin.intake.models import HandPoint, MonthFigure, MonthlyTable, RowState, SubmissionRow, SupplyDuty
from chengxin.intake.quality import supply
from chengxin.intake.quality.counting import is_timed
from chengxin.intake.quality.schemes import scheme_of
from chengxin.rules import quality
from chengxin.rules.appraisal import Facts, Given, Scheme, Score, Use, score
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


Uses = Callable[[date, Collection[UUID]], Mapping[UUID, Use]]
"""What agencies looked up in a month; told by a room that may see it, for this one may not."""


def nobody_looked(_month: date, _agencies: Collection[UUID]) -> Mapping[UUID, Use]:
    """Stand for a room that may not see what agencies look up."""
    return {}


def units(month: date, agencies: Iterable[Agency], today: date, uses: Uses = nobody_looked) -> list[Unit]:
    """Return the month of each agency, in a handful of queries for all of them."""
    listed, scheme = list(agencies), scheme_of(month)
    ids = [each.pk for each in listed]
    counts, duties, given = _counts(month, ids), _duties(month, ids), _given(month, ids)
    tables = dict(MonthlyTable.objects.filter(month=month, agency__in=ids).values_list("agency_id", "filed_at"))
    supplies, used = supply.of_month(month, ids, duties_in(month)), uses(month, ids)
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
            supply=supplies[agency.pk],
            use=used.get(agency.pk),
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
    """Return what had to be supplied in a month: no item that was not in force on the last day of it.

    An item that ended can no longer be filed, so that its duty would stand against an agency for ever.
    """
    last = quality.last_of(month)
    in_force = [each.item_id for each in catalogue.items(last)]
    return SupplyDuty.objects.filter(Q(until=None) | Q(until__gte=month), since__lte=last, item__in=in_force)


def duties_of(code: str, month: date) -> int:
    """Return how many agencies have to supply an item in a month."""
    return duties_in(month).filter(item__code=code).values("agency").distinct().count()


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


def counts_of(wanted: Collection[date], agencies: Collection[UUID]) -> dict[date, Counts]:
    """Return the counts of some months, all these agencies together; a month without any is left out."""
    rows = MonthFigure.objects.filter(month__in=wanted, agency__in=list(agencies)).order_by()
    grouped = rows.values("month").annotate(**{f"n_{name}": Sum(F(name)) for name in _COUNTED})
    return {row["month"]: _of(row) for row in grouped}


def duties_together(month: date, agencies: Collection[UUID]) -> Duties:
    """Return what these agencies together had to supply in a month, and what they did."""
    return quality.duties_total(_duties(month, list(agencies)).values())


def place(month: date, agency: Agency) -> tuple[int | None, int]:
    """Return an agency's place by its stored rate among all sources of the month, and how many have a place.

    The place is None for an agency with too few rows; nothing of any other agency is told.
    """
    everyone = list(accounts.agencies(files_records=True).values_list("pk", flat=True))
    counts, least = _counts(month, everyone), scheme_of(month).least_rows
    rates = {str(each): quality.stored_rate(counts.get(each, Counts()), least) for each in everyone}
    places = {each.name: each.rank for each in quality.league(rates)}
    return places.get(str(agency.pk)), sum(rank is not None for rank in places.values())


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
