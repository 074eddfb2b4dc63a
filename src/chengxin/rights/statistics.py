"""权益统计: cases of every kind in figures anyone may see; small counts never (charter C26).

Every table of one kind divides the same total, so that no two tables subtract to a hidden count: cases still open are a
row of the outcomes, and months long past are one row of the months. Kinds are never added up; they are those of the
workflow tables, and a kind whose decisions have no outcomes of their own is counted by the states it can end in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from chengxin.cases import selectors as cases
from chengxin.cases.models import Case, CaseEvent
from chengxin.cases.workflows import WORKFLOWS
from chengxin.registry.models import RecordVersion
from chengxin.rights.models import Matter
from chengxin.rights.restoration import OUTCOMES as RESTORATION_OUTCOMES
from chengxin.rules.small_counts import SMALLEST, Published, published, quantile
from chengxin.rules.workflows.objection import OUTCOMES as OBJECTION_OUTCOMES

KINDS = tuple(WORKFLOWS)
OF_AGENCIES = (Matter.OBJECTION, Matter.RESTORATION)
"""The kinds that concern the record of an agency."""
GRADES = ("minor", "general", "serious", "")
OTHER_ENDS = {
    "withdrawn": ("申请人撤回", "withdrawn by the applicant"),
    "refused": ("不予受理", "not accepted"),
    "record_withdrawn": ("信源撤回，终结", "ended: withdrawn by the source"),
    "cancelled": ("撤销修复", "restoration cancelled"),
}
OPEN = ("办理中", "in hand")
OUTCOMES: dict[str, dict[str, tuple[str, str]]] = {
    Matter.OBJECTION: {
        "": OPEN,
        **OBJECTION_OUTCOMES,
        **{k: OTHER_ENDS[k] for k in ("refused", "withdrawn", "record_withdrawn")},
    },
    Matter.RESTORATION: {"": OPEN, **RESTORATION_OUTCOMES, **OTHER_ENDS},
}
OUTCOMES |= {
    kind: {"": OPEN, **{state.code: (state.zh, state.en) for state in flow.states if state.final}}
    for kind, flow in WORKFLOWS.items()
    if kind not in OUTCOMES
}
DECISIONS = frozenset({"decide", "approve", "deny"})
EARLIER = "earlier"
MONTHS = 12


@dataclass(frozen=True, slots=True)
class _One:
    """What the figures need of one case; nothing about the person it concerns."""

    case: UUID
    kind: str
    grade: str
    agency: tuple[str, str]
    month: str
    outcome: str
    days: int | None
    late: bool


@dataclass(frozen=True, slots=True)
class Duration:
    """Days from filing to the end: median and 90th percentile; hidden below ten ended cases."""

    median: int | None
    p90: int | None


@dataclass(frozen=True, slots=True)
class AgencyFigures:
    """One agency: cases about its records beside how many records of it are held; hidden ones are ``None``."""

    zh: str
    en: str
    objections: int | None
    restorations: int | None
    overdue: int | None
    records: int | None
    median: int | None


@dataclass(frozen=True)
class Figures:
    """Everything the transparency page shows about rights."""

    as_of: date
    by_grade: dict[str, Published]
    by_outcome: dict[str, Published]
    by_month: dict[str, Published]
    durations: dict[str, Duration]
    agencies: tuple[AgencyFigures, ...]
    agency_totals: dict[str, int | None]


def figures(today: date) -> Figures:
    """Return the figures of all objections and restorations as they stand on a day."""
    listed = _ones(today)
    of_kind = {kind: [one for one in listed if one.kind == kind] for kind in KINDS}
    agencies, totals = _agencies([one for one in listed if one.kind in OF_AGENCIES])
    return Figures(
        as_of=today,
        by_grade={kind: _counted(ones, lambda one: one.grade, _grades(kind)) for kind, ones in of_kind.items()},
        by_outcome={kind: _counted(ones, lambda one: one.outcome, OUTCOMES[kind]) for kind, ones in of_kind.items()},
        by_month={kind: _by_month(ones, _months(today)) for kind, ones in of_kind.items()},
        durations={kind: _duration(ones) for kind, ones in of_kind.items()},
        agencies=agencies,
        agency_totals=totals,
    )


def _ones(today: date) -> list[_One]:
    listed = Case.objects.filter(kind__in=KINDS).select_related("respondent")
    grades, decided = _graded(), _decided()
    late = set(cases.overdue(today).values_list("case_id", flat=True))
    return [_one(each, grades.get(each.pk, ""), decided, late) for each in listed.iterator(chunk_size=2000)]


def _grades(kind: str) -> tuple[str, ...]:
    """Return the grades to count a kind by; what concerns no single record has none."""
    return GRADES if kind in OF_AGENCIES else ("",)


def _graded() -> dict[UUID, str]:
    """Return the grade of the record each case is about, for the cases that are about one."""
    records = dict(Matter.objects.values_list("case_id", "record_id"))
    present = RecordVersion.objects.filter(known_until=None, record_id__in=Matter.objects.values("record_id"))
    grades = dict(present.values_list("record_id", "grade"))
    return {case: grades.get(record) or "" for case, record in records.items()}


def _decided() -> dict[UUID, str]:
    """Return the outcome of the latest decision of each case."""
    events = CaseEvent.objects.filter(action__in=DECISIONS).order_by("seq").values_list("case_id", "data")
    return {case_id: str(data.get("outcome", "")) for case_id, data in events.iterator(chunk_size=2000)}


def _one(case: Case, grade: str, decided: dict[UUID, str], late: set[UUID]) -> _One:
    opened = timezone.localtime(case.opened_at).date()
    ended = timezone.localtime(case.closed_at).date() if case.closed_at else None
    agency = case.respondent
    by_state = case.state in OTHER_ENDS or case.kind not in OF_AGENCIES
    ends = case.state if by_state else decided.get(case.pk, "")
    return _One(
        case=case.pk,
        kind=case.kind,
        grade=grade if grade in GRADES else "",
        agency=(agency.name_zh, agency.name_en) if agency else ("不在本平台的单位", "units not on the platform"),
        month=f"{opened:%Y-%m}",
        outcome=ends if ended else "",
        days=(ended - opened).days if ended else None,
        late=case.pk in late,
    )


def _counted(ones: Iterable[_One], key: Callable[[_One], str], names: Iterable[str]) -> Published:
    counts = Counter(key(one) for one in ones)
    return published({name: counts.get(name, 0) for name in names})


def _by_month(ones: list[_One], months: list[str]) -> Published:
    known = frozenset(months)
    return _counted(ones, lambda one: one.month if one.month in known else EARLIER, [EARLIER, *months])


def _months(today: date) -> list[str]:
    """Return the last twelve months, the oldest first."""
    last = today.year * 12 + today.month - 1
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(last - MONTHS + 1, last + 1)]


def _duration(ones: list[_One]) -> Duration:
    days = [one.days for one in ones if one.days is not None]
    if len(days) < SMALLEST:
        return Duration(None, None)
    return Duration(quantile(days, 0.5), quantile(days, 0.9))


def _agencies(listed: list[_One]) -> tuple[tuple[AgencyFigures, ...], dict[str, int | None]]:
    held: dict[tuple[str, str], list[_One]] = defaultdict(list)
    for one in listed:
        held[one.agency].append(one)
    columns: dict[str, Published] = {
        kind: published({zh: sum(o.kind == kind for o in ones) for (zh, _), ones in held.items()})
        for kind in OF_AGENCIES
    }
    columns["overdue"] = published({zh: sum(o.late for o in ones) for (zh, _), ones in held.items()})
    columns["records"] = published(_records_held(held))
    rows = [_agency(name, ones, columns) for name, ones in sorted(held.items())]
    return tuple(rows), {name: column.total for name, column in columns.items()}


def _agency(name: tuple[str, str], ones: list[_One], columns: dict[str, Published]) -> AgencyFigures:
    zh, en = name
    cells: dict[str, Any] = {code: column.cells[zh] for code, column in columns.items()}
    shown = cells[Matter.OBJECTION] is not None and cells[Matter.RESTORATION] is not None
    return AgencyFigures(
        zh,
        en,
        cells[Matter.OBJECTION],
        cells[Matter.RESTORATION],
        cells["overdue"],
        cells["records"],
        _duration(ones).median if shown else None,
    )


def _records_held(held: dict[tuple[str, str], list[_One]]) -> dict[str, int]:
    """Return how many standing records each of these agencies has, the denominator of its cases."""
    from_cases = Matter.objects.filter(case__respondent__isnull=False)
    codes = dict(from_cases.values_list("case__respondent__uscc", "case__respondent__name_zh"))
    found = RecordVersion.objects.filter(known_until=None, ended_at=None, authority_code__in=codes)
    counted = found.order_by().values_list("authority_code").annotate(Count("id"))
    names = {codes[code]: count for code, count in counted}
    return {zh: names.get(zh, 0) for zh, _ in held}
