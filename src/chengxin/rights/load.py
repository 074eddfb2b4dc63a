"""办件负荷: how much waits, for whom, how old it is and why it is late; people are listed by name, never ranked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from chengxin.accounts.models import Agency, User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import ROLE_NAMES, Permission, Role
from chengxin.accounts.selectors import regions_where
from chengxin.cases import selectors as cases
from chengxin.cases.clock import DELAYS
from chengxin.cases.models import Case, CaseEvent, Deadline, Pause
from chengxin.cases.workflows import WORKFLOWS, kind_name, workflow_of
from chengxin.rules.reach import reaches

SYSTEM = "system"
APPLICANTS = frozenset({Role.CITIZEN.value, Role.ORGANISATION_REPRESENTATIVE.value})
# Who is waited for, where several may act: the one whose step leads on.
FIRST = (Role.DECIDER, Role.REVIEWER, Role.SOURCE_CLERK, Role.CENTRE_OPERATOR)


@dataclass(frozen=True, slots=True)
class AgencyLoad:
    """Open cases against the records of one agency; ages in days since they were opened."""

    zh: str
    en: str
    open: int
    overdue: int
    median_age: float


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """How many open cases one person has acted on last."""

    name: str
    open: int


@dataclass(frozen=True, slots=True)
class Late:
    """One deadline that has passed: for whom it waits, since when, and the reason given, if one was."""

    deadline: Deadline
    waits_for: tuple[str, str]
    days: int
    reason: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Load:
    """What a supervisor sees."""

    open: int
    overdue: int
    paused: int
    median_age: float
    by_kind: tuple[tuple[tuple[str, str], int], ...]
    by_role: tuple[tuple[tuple[str, str], int], ...]
    by_agency: tuple[AgencyLoad, ...]
    by_person: tuple[PersonLoad, ...]
    late: tuple[Late, ...]


def load(supervisor: User, today: date) -> Load:
    """Return the load of the regions a supervisor answers for; raises NotPermitted."""
    check_may(supervisor, Permission.SUPERVISE_CASES)
    regions = regions_where(supervisor, Permission.SUPERVISE_CASES)
    found = [case for case in _open() if _within(case, regions)]
    late = [each for each in cases.overdue(today) if _within(each.case, regions)]
    ids = {case.pk for case in found}
    return Load(
        open=len(found),
        overdue=len({each.case_id for each in late}),
        paused=Pause.objects.filter(until=None, case_id__in=ids).count(),
        median_age=_median_age(found, today),
        by_kind=_by_kind(found),
        by_role=_by_role(found),
        by_agency=_by_agency(found, {each.case_id for each in late}, today),
        by_person=_by_person(ids),
        late=tuple(_late(each, today) for each in late),
    )


def _open() -> QuerySet[Case]:
    return Case.objects.filter(closed_at=None).select_related("respondent")


def _within(case: Case, regions: Iterable[str]) -> bool:
    return any(reaches(scope, cases.region_of(case)) for scope in regions)


def _median_age(found: Iterable[Case], today: date) -> float:
    ages = [(today - timezone.localtime(case.opened_at).date()).days for case in found]
    return float(median(ages)) if ages else 0.0


def waits_for(case: Case) -> str:
    """Return the role whose step leads a case on, or the applicant's where only they can or no office has to."""
    flow = workflow_of(case.kind)
    steps = [step for step in flow.leaving(case.state) if step.action != "withdraw"]
    if flow.state(case.state).rests:
        steps = [step for step in steps if step.roles & APPLICANTS]
    roles = frozenset().union(*(step.roles for step in steps)) if steps else frozenset()
    return next((role.value for role in FIRST if role.value in roles), min(roles & APPLICANTS, default=SYSTEM))


def _name(role: str) -> tuple[str, str]:
    return ("系统", "the system") if role == SYSTEM else ROLE_NAMES[Role(role)]


def _by_kind(found: Iterable[Case]) -> tuple[tuple[tuple[str, str], int], ...]:
    """Count the open cases of each kind that has a workflow table."""
    counts = Counter(case.kind for case in found)
    return tuple((kind_name(kind), counts[kind]) for kind in WORKFLOWS)


def _by_role(found: Iterable[Case]) -> tuple[tuple[tuple[str, str], int], ...]:
    counts = Counter(waits_for(case) for case in found)
    return tuple((_name(role), counts[role]) for role in sorted(counts))


def _by_agency(found: Iterable[Case], late: set[UUID], today: date) -> tuple[AgencyLoad, ...]:
    held: dict[Agency | None, list[Case]] = defaultdict(list)
    for case in found:
        held[case.respondent].append(case)
    rows = [_agency(agency, listed, late, today) for agency, listed in held.items()]
    return tuple(sorted(rows, key=lambda row: row.zh))


def _agency(agency: Agency | None, listed: list[Case], late: set[UUID], today: date) -> AgencyLoad:
    zh, en = (agency.name_zh, agency.name_en) if agency else ("不在本平台", "not on the platform")
    overdue = sum(case.pk in late for case in listed)
    return AgencyLoad(zh, en, len(listed), overdue, _median_age(listed, today))


def _by_person(ids: set[UUID]) -> tuple[PersonLoad, ...]:
    """Count each open case for the officer who acted on it last; by name, with no rate and no rank."""
    events = CaseEvent.objects.filter(case_id__in=ids, actor__agency__isnull=False).order_by("case_id", "seq")
    last = {event.case_id: event.actor for event in events.select_related("actor")}
    counts = Counter(actor.display_name for actor in last.values() if actor is not None)
    return tuple(PersonLoad(name, counts[name]) for name in sorted(counts))


def _late(each: Deadline, today: date) -> Late:
    event = cases.last_event(each.case, "explain_delay")
    reason = DELAYS[event.data["reason"]] if event is not None else None
    return Late(each, _name(waits_for(each.case)), (today - each.due_on).days, reason)
