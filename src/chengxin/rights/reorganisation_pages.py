"""Reading reorganisation cases: the applicant's own, the desk's list with its due dates, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.cases import policies as case_policies
from chengxin.cases import selectors as cases
from chengxin.cases.models import Case, Deadline, Document
from chengxin.cases.policies import Action
from chengxin.cases.selectors import Line
from chengxin.cases.workflows import workflow_of
from chengxin.registry import selectors as records
from chengxin.rights import bankruptcy
from chengxin.rights.bankruptcy import Hearing
from chengxin.rights.next_steps import Progress, progress
from chengxin.rights.selectors import own_files

PAGE = 20


@dataclass(frozen=True)
class Row:
    """One line of a list: where the case stands, and whether the reader has a step to take now."""

    case: Case
    name: str
    where: Progress
    yours: bool


@dataclass(frozen=True)
class Page:
    """One case as its page shows it, with the number of records it keeps hidden."""

    case: Case
    name: str
    where: Progress
    hidden: int
    timeline: list[Line]
    deadlines: list[Deadline]
    documents: list[tuple[Document, str]]
    evidence: list[Document]
    hearing: Hearing | None
    actions: list[Action]


def own(subject_id: UUID, user: User, today: date) -> list[Row]:
    """Return the cases of an organisation the user may act for, newest first."""
    if not records.may_act_for(user, subject_id):
        return []
    found = [case for case in cases.of_subjects([subject_id]) if case.kind == bankruptcy.KIND]
    return [_row(case, user, today) for case in found]


@dataclass(frozen=True)
class Listing:
    """One page of the desk's list and how many there are in all."""

    rows: list[Row]
    number: int
    last: int
    total: int


def desk(officer: User, today: date, *, closed: bool = False, number: int = 1) -> Listing:
    """Return a page of the open cases an officer may see, the earliest due date first, or of the closed, newest first.

    A page number out of range is the nearest page there is.
    """
    mine = own_files(officer)
    listed = cases.closed_of_kind(bankruptcy.KIND) if closed else cases.open_of_kind(bankruptcy.KIND)
    found = list(listed.filter(case_policies.visible(officer, mine)))
    last = max(1, -(-len(found) // PAGE))
    here = min(max(number, 1), last)
    rows = [_row(case, officer, today) for case in found[(here - 1) * PAGE : here * PAGE]]
    return Listing(rows, here, last, len(found))


def _row(case: Case, reader: User, today: date) -> Row:
    actions = case_policies.actions(case, reader, own_files(reader))
    return Row(case, _name(case), progress(case, today), any(action.open for action in actions))


def _name(case: Case) -> str:
    subject = records.subject(case.subject_ref)
    return records.present_name(subject) if subject else ""


def page(case_id: UUID, reader: User, today: date) -> Page | None:
    """Return the page of one case; None when there is none that this reader may see."""
    case, mine = cases.case(case_id), own_files(reader)
    if case is None or case.kind != bankruptcy.KIND or not case_policies.may_see(case, reader, mine):
        return None
    return Page(
        case=case,
        name=_name(case),
        where=progress(case, today),
        hidden=len(bankruptcy.hidden_by(case)),
        timeline=cases.timeline(case),
        deadlines=cases.deadlines(case),
        documents=[(document, cases.document_text(document)) for document in cases.documents(case)],
        evidence=cases.evidence(case),
        hearing=bankruptcy.hearing(case),
        actions=case_policies.actions(case, reader, mine),
    )


def step_name(action: str) -> tuple[str, str]:
    """Return what a step of this track is called, in Chinese and English; filing is the step that opens a case."""
    steps = workflow_of(bankruptcy.KIND).transitions
    return next(((step.zh, step.en) for step in steps if step.action == action), ("提交申请", "filed"))
