"""趋势: one rate of some agencies over the months up to one, for every rate the desk speaks of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

from chengxin.catalogue import lawbook
from chengxin.intake.quality import months
from chengxin.intake.quality.schemes import scheme_of
from chengxin.rules import quality
from chengxin.rules.appraisal import Measure as Judged
from chengxin.rules.appraisal import Scheme
from chengxin.rules.quality import Counts, Duties, Rate

MONTHS = 12
NO_RATE = Rate(0, 0)
Points = list[tuple[date, Rate]]


class Measure(StrEnum):
    """What is followed over the months; ``DUPLICATES`` are rows that were there already, and fewer are better."""

    STORED = "stored"
    COMPLETE = "complete"
    ACCURATE = "accurate"
    TIMELY = "timely"
    DUPLICATES = "duplicates"


_JUDGED: Mapping[Measure, Judged] = {
    Measure.STORED: Judged.STORED,
    Measure.COMPLETE: Judged.COMPLETE,
    Measure.ACCURATE: Judged.ACCURATE,
    Measure.TIMELY: Judged.TIMELY_DECISIONS,
}


def trend(measure: Measure, month: date, agencies: Collection[UUID], count: int = MONTHS) -> Points:
    """Return one rate of the months up to this one, all these agencies together; NO_RATE where none can be told."""
    return trends(month, agencies, count, only=(measure,))[measure]


def trends(
    month: date, agencies: Collection[UUID], count: int = MONTHS, *, only: Collection[Measure] = tuple(Measure)
) -> dict[Measure, Points]:
    """Return the rates of the months up to this one, each from the same counts."""
    wanted, least = quality.months_back(month, count), scheme_of(month).least_rows
    counted = months.counts_of(wanted, agencies)
    owed = {each: months.duties_together(each, agencies) for each in wanted} if Measure.COMPLETE in only else {}
    return {
        measure: [(each, _rate(measure, each, counted.get(each, Counts()), owed.get(each), least)) for each in wanted]
        for measure in only
    }


def threshold(measure: Measure, scheme: Scheme) -> int | None:
    """Return the percentage a rate has to reach under a scheme, or None where it sets none."""
    judged = _JUDGED.get(measure)
    return next((each.threshold for each in scheme.criteria if each.measure is judged), None)


def _rate(measure: Measure, month: date, counts: Counts, owed: Duties | None, least: int) -> Rate:
    if measure is Measure.STORED:
        return quality.stored_rate(counts, least)
    if measure is Measure.ACCURATE:
        return quality.accuracy(counts, least)
    if measure is Measure.DUPLICATES:
        return quality.duplicates(counts, least)
    if measure is Measure.COMPLETE:
        return quality.completeness(owed or Duties())
    return quality.timeliness(counts, least) if month.year in lawbook.calendar().years else NO_RATE
