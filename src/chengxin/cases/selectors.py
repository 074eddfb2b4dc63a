"""Reading cases: queues sorted by what is due first, one case with its clock and its history."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from chengxin.accounts.models import RoleAssignment, User
from chengxin.accounts.roles import Role
from chengxin.cases.models import Case, CaseEvent, Deadline, Document, Extension, Notice, Pause
from chengxin.cases.sealing import open_body, open_note
from chengxin.cases.workflows import WORKFLOWS
from chengxin.rules import reach

CONTEST = "contest"
"""The step by which an applicant asks for the one review of a decision; other people handle what follows it."""
HANDLING = ("reviewer", "decider")
"""The roles whose holders propose and decide; whoever refused a case has decided it too, in whatever role."""
EVIDENCE = "evidence"
"""The kind of documents that were handed in, not issued."""
_STANDING = Q(deadlines__met_at=None, deadlines__superseded_at=None)


@dataclass(frozen=True)
class Line:
    """One line of a case's history, its note opened."""

    event: CaseEvent
    note: str


def case(case_id: UUID) -> Case | None:
    """Return one case with its parties."""
    return _with_parties().filter(id=case_id).first()


def region_of(case: Case) -> str:
    """Return the region a case belongs to: that of its source; a request that names no source is the platform's."""
    return case.respondent.region if case.respondent else reach.WHOLE


def within(scope: str) -> Q:
    """Match the cases that a role held for a scope reaches, as :func:`chengxin.rules.reach.reaches` tells of one."""
    stem = reach.stem(scope)
    return Q(respondent__region__startswith=stem) if stem else ~Q(pk=None)


def by_number(number: str) -> Case | None:
    """Return the case with this number."""
    return _with_parties().filter(number=number).first()


def _with_parties() -> QuerySet[Case]:
    return Case.objects.select_related("respondent", "key", "applicant", "reviewer", "decider")


def queue(actor: User, roles: Iterable[Role]) -> QuerySet[Case]:
    """Return the open cases in which some role of the actor has a step to take, the earliest due date first.

    The kinds are those of the workflow tables. A source clerk sees the cases of their own agency only, an officer
    those of their region, and nobody a contest of what they handled themselves. Cases carry ``due_on``, the earliest
    standing due date.
    """
    wanted, asked = Q(pk=None), set(roles)
    for role, region in RoleAssignment.objects.filter(user=actor, role__in=asked).values_list("role", "region"):
        wanted |= _waiting_for(Role(role), region, actor)
    return _by_due(_with_parties().filter(wanted))


def _waiting_for(role: Role, region: str, actor: User) -> Q:
    found = _states_for(role) & within(region)
    if role == Role.SOURCE_CLERK:
        return found & Q(respondent__isnull=False, respondent=actor.agency_id)
    return found & ~_handled_before(actor) if role.value in HANDLING else found


def _handled_before(actor: User) -> Q:
    """Match the contested cases whose first round this person took part in."""
    return Q(Exists(_first_round().filter(case=OuterRef("pk"), actor=actor)))


def _first_round() -> QuerySet[CaseEvent]:
    contested = CaseEvent.objects.filter(case=OuterRef("case"), action=CONTEST, seq__gt=OuterRef("seq"))
    return CaseEvent.objects.filter(Q(role__in=HANDLING) | Q(action="refuse"), Exists(contested))


def first_round(case: Case) -> frozenset[UUID]:
    """Return who handled a contested case before it was contested; nobody when it was not."""
    return frozenset(each for each in _first_round().filter(case=case).values_list("actor", flat=True) if each)


def _states_for(role: Role) -> Q:
    found = Q(pk=None)
    for kind, flow in WORKFLOWS.items():
        waits = {state.code for state in flow.states if not state.final and not state.rests}
        states = {step.source for step in flow.transitions if role.value in step.roles} & waits
        found |= Q(kind=kind, state__in=states)
    return found


def _by_due(cases: QuerySet[Case]) -> QuerySet[Case]:
    due = Min("deadlines__due_on", filter=_STANDING)
    paused = Exists(Pause.objects.filter(case=OuterRef("pk"), until=None))
    # Cases without a date of their own follow those that have one, on either database.
    order = (F("due_on").asc(nulls_last=True), "opened_at", "number")
    return cases.annotate(due_on=due, paused=paused).order_by(*order)


def of_subjects(subjects: Collection[UUID], applicant: User | None = None) -> QuerySet[Case]:
    """Return the cases about these subjects, and those an applicant opened, newest first, with ``due_on``."""
    wanted = Q(subject_ref__in=list(subjects))
    wanted |= Q(applicant=applicant) if applicant else Q(pk=None)
    return _by_due(_with_parties().filter(wanted)).order_by("-opened_at", "-number")


def open_of_kind(kind: str) -> QuerySet[Case]:
    """Return the open cases of one kind, the earliest due date first, with ``due_on``."""
    return _by_due(_with_parties().filter(kind=kind, closed_at=None))


def closed_of_kind(kind: str) -> QuerySet[Case]:
    """Return the closed cases of one kind, those closed last first, with ``due_on``."""
    closed = _with_parties().filter(kind=kind, closed_at__isnull=False)
    return _by_due(closed).order_by("-closed_at", "-number")


def overdue(today: date) -> QuerySet[Deadline]:
    """Return the standing deadlines that have passed unmet, the oldest first."""
    late = Deadline.objects.filter(met_at=None, superseded_at=None, due_on__lt=today, case__closed_at=None)
    # A pause that began after the last day came too late to save it.
    stopped = Pause.objects.filter(case=OuterRef("case"), until=None, since__lt=OuterRef("due_on"))
    late = late.exclude(Exists(stopped))
    return late.select_related("case__respondent").order_by("due_on", "case__number")


def is_past(case: Case, key: str, today: date) -> bool:
    """Tell whether a standing deadline of a case has passed unmet."""
    return overdue(today).filter(case=case, key=key).exists()


def deadlines(case: Case) -> list[Deadline]:
    """Return every deadline of a case, superseded ones included, in the order they were set."""
    return list(Deadline.objects.filter(case=case).order_by("set_at", "id"))


def pauses(case: Case) -> list[Pause]:
    """Return every pause of a case's clock, oldest first; the last one may still be open."""
    return list(Pause.objects.filter(case=case).order_by("since", "id"))


def extensions(case: Case) -> list[Extension]:
    """Return every extension asked for in a case, oldest first."""
    found = Extension.objects.filter(case=case).select_related("asked_by__agency", "answered_by__agency")
    return list(found.order_by("asked_at", "id"))


def timeline(case: Case) -> list[Line]:
    """Return the history of a case, oldest first, with its notes opened."""
    events = CaseEvent.objects.filter(case=case).select_related("actor__agency", "case__key").order_by("seq")
    return [Line(event, open_note(event)) for event in events]


def last_event(case: Case, action: str) -> CaseEvent | None:
    """Return the latest event of an action on a case."""
    return CaseEvent.objects.filter(case=case, action=action).select_related("case__key").order_by("-seq").first()


def note_of(event: CaseEvent) -> str:
    """Return the note of an event."""
    return open_note(event)


def documents(case: Case) -> QuerySet[Document]:
    """Return the documents issued in a case, in their order; files that were handed in are :func:`evidence`."""
    issued = Document.objects.filter(case=case).exclude(kind=EVIDENCE)
    return issued.select_related("case__key").order_by("issued_at", "id")


def evidence(case: Case) -> list[Document]:
    """Return the files handed in with a case, oldest first, without their content."""
    return list(Document.objects.filter(case=case, kind=EVIDENCE).defer("sealed_body").order_by("id"))


def document_text(document: Document) -> str:
    """Return the text of a document."""
    return open_body(document)


def notices(case: Case) -> QuerySet[Notice]:
    """Return the notices served in a case, oldest first."""
    return Notice.objects.filter(case=case).select_related("message").order_by("served_at", "id")
