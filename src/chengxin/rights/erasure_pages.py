"""Reading requests for erasure: one's own, the desk's queue, the page of one, and the proof of what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from chengxin.accounts.models import User
from chengxin.accounts.selectors import roles_of
from chengxin.cases import policies as case_policies
from chengxin.cases import selectors as cases
from chengxin.cases.models import Case, Deadline, Document
from chengxin.cases.policies import Action
from chengxin.cases.selectors import Line
from chengxin.cases.workflows import workflow_of
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as records
from chengxin.rights import erasure as requests
from chengxin.rights import fates
from chengxin.rights.fates import Finding
from chengxin.rights.models import Erasure, Reading
from chengxin.rights.selectors import own_files
from chengxin.rules.retention import Fate
from chengxin.rules.workflow import State


@dataclass(frozen=True)
class Row:
    """One line of a list of requests."""

    case: Case
    scope: str
    state: State
    due_on: date | None


@dataclass(frozen=True)
class Page:
    """One request as its page shows it; ``lawful`` is what the law of the day leaves while nothing is decided."""

    case: Case
    erasure: Erasure
    state: State
    findings: list[dict[str, Any]]
    lawful: Fate | None
    timeline: list[Line]
    deadlines: list[Deadline]
    documents: list[tuple[Document, str]]
    actions: list[Action]
    capacity: str
    readings: list[Reading]


def own(user: User) -> list[Row]:
    """Return the requests a user made, newest first; they stay readable after the file is gone."""
    found = Erasure.objects.filter(case__applicant=user).select_related("case").order_by("-case__opened_at")
    return [Row(each.case, each.scope, _state(each.case), None) for each in found]


def queue(actor: User) -> list[Row]:
    """Return the open requests that wait for one of an officer's roles, the earliest due date first."""
    waiting = [case for case in cases.queue(actor, roles_of(actor)) if case.kind == requests.KIND]
    scopes = dict(Erasure.objects.filter(case__in=waiting).values_list("case_id", "scope"))
    return [Row(case, scopes[case.pk], _state(case), getattr(case, "due_on", None)) for case in waiting]


def preview(subject_id: UUID, user: User, today: date) -> list[Finding]:
    """Return what the law of the day does with each record of a file the user may act for."""
    return fates.of_file(subject_id, today) if records.may_act_for(user, subject_id) else []


def read(case_id: UUID, reader: User, *, now: datetime, today: date) -> Page | None:
    """Return the page of a request, an officer's look committed first (charter C09); None when it is not theirs."""
    case, mine = cases.case(case_id), own_files(reader)
    erasure = Erasure.objects.select_related("subject", "record__item").filter(case_id=case_id).first()
    if case is None or erasure is None or not case_policies.may_see(case, reader, mine):
        return None
    if case.applicant_id != reader.pk and case.subject_ref not in mine:
        _commit_look(case, reader, now)
    return _page(case, erasure, reader, mine, today)


def is_own(case_id: UUID, user: User) -> bool:
    """Tell whether a user made this request or may act for the person it is about."""
    found = Erasure.objects.select_related("case").filter(case_id=case_id).first()
    if found is None:
        return False
    return found.case.applicant_id == user.pk or records.may_act_for(user, found.subject_id)


def _commit_look(case: Case, reader: User, now: datetime) -> None:
    with transaction.atomic():
        payload = {"case": case.number, "reader": str(reader.pk)}
        entry = ledger.append("case_read", payload, now=now, public={"case_kind": case.kind}, key=case.key)
        Reading.objects.create(case=case, reader=reader, at=now, entry=entry)


def _page(case: Case, erasure: Erasure, reader: User, mine: frozenset[UUID], today: date) -> Page:
    undecided = erasure.open
    found = requests.findings(erasure, today) if undecided else []
    documents = cases.documents(case)
    return Page(
        case=case,
        erasure=erasure,
        state=_state(case),
        findings=[each.stored() for each in found] if undecided else erasure.findings,
        lawful=fates.fate(found) if undecided else None,
        timeline=cases.timeline(case),
        deadlines=cases.deadlines(case),
        documents=[(document, cases.document_text(document)) for document in documents],
        actions=case_policies.actions(case, reader, mine),
        capacity=records.capacity_of(case.applicant, case.subject_ref),
        readings=list(Reading.objects.filter(case=case).select_related("reader__agency").order_by("at")),
    )


def _state(case: Case) -> State:
    return workflow_of(case.kind).state(case.state)


def proof(case_id: UUID, user: User, *, now: datetime) -> dict[str, Any] | None:
    """Return the receipt of an erasure to whoever asked for it: a proof for the offline verifier, and the counts."""
    found = Erasure.objects.filter(case_id=case_id, case__applicant=user, erased_at__isnull=False).first()
    if found is None or found.entry_id is None:
        return None
    return {**ledger.proof(found.entry_id, now=now), "erasure": found.receipt}
