"""The reviewer's queue: what waits for this person, filtered and a page at a time, the earliest due date first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from chengxin.accounts.models import User
from chengxin.accounts.selectors import roles_of
from chengxin.cases import selectors as cases
from chengxin.cases.models import Case, CaseEvent
from chengxin.cases.workflows import WORKFLOWS, workflow_of
from chengxin.rights.own_cases import about
from chengxin.rules.workflow import State

PAGE = 20


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader wants to see of their queue; an empty value asks for everything."""

    kind: str = ""
    state: str = ""
    overdue: bool = False
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """One case that waits; ``about`` says in Chinese and English what it is about, nothing personal."""

    case: Case
    about: tuple[str, str]
    state: State
    due_on: date | None
    overdue: bool
    paused: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of a queue, how many there are in all, and how many each filter would leave."""

    rows: tuple[Waiting, ...]
    number: int
    last: int
    total: int
    counts: dict[str, int]
    states: tuple[State, ...]


def queue(actor: User, filters: Filters, number: int, today: date) -> Queue:
    """Return one page of the actor's queue; a page number out of range is the nearest page there is."""
    everything = cases.queue(actor, roles_of(actor))
    chosen = _filtered(everything, filters, actor, today)
    total = chosen.count()
    last = max(1, -(-total // PAGE))
    here = min(max(number, 1), last)
    rows = _rows(chosen[(here - 1) * PAGE : here * PAGE], today)
    return Queue(rows, here, last, total, _counts(everything, actor, today), _states(filters.kind))


def _filtered(found: QuerySet[Case], filters: Filters, actor: User, today: date) -> QuerySet[Case]:
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.overdue:
        found = found.filter(_late(today))
    return found.filter(_touched(actor)) if filters.mine else found


def _late(today: date) -> Exists:
    return Exists(cases.overdue(today).order_by().filter(case=OuterRef("pk")))


def _touched(actor: User) -> Exists:
    """Match the cases this person has acted on before: those are “mine”."""
    return Exists(CaseEvent.objects.filter(case=OuterRef("pk"), actor=actor))


def _counts(everything: QuerySet[Case], actor: User, today: date) -> dict[str, int]:
    found = {kind: everything.filter(kind=kind).count() for kind in WORKFLOWS}
    found |= {"all": sum(found.values()), "overdue": everything.filter(_late(today)).count()}
    return found | {"mine": everything.filter(_touched(actor)).count()}


def _states(kind: str) -> tuple[State, ...]:
    """Return the states that may be asked for: those of one kind, in the order of its table."""
    return tuple(state for state in WORKFLOWS[kind].states if not state.final) if kind in WORKFLOWS else ()


def _rows(found: Iterable[Case], today: date) -> tuple[Waiting, ...]:
    listed = list(found)
    named = about(listed)
    late = set(cases.overdue(today).filter(case__in=listed).values_list("case_id", flat=True))
    return tuple(_row(case, named[case.pk], case.pk in late) for case in listed)


def _row(case: Case, words: tuple[str, str], overdue: bool) -> Waiting:
    state = workflow_of(case.kind).state(case.state)
    return Waiting(case, words, state, getattr(case, "due_on", None), overdue, bool(getattr(case, "paused", False)))
