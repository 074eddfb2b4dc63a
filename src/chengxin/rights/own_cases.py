"""Cases of whatever kind in one list: what each is about, in words without anything personal, and where its page is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.cases import selectors as cases
from chengxin.cases.models import Case
from chengxin.cases.policies import may_see
from chengxin.cases.workflows import kind_name, workflow_of
from chengxin.registry import selectors as records
from chengxin.rights.matters import OWN_FOLDERS, own_page
from chengxin.rights.models import Erasure, Matter
from chengxin.rights.selectors import own_files
from chengxin.rules.workflow import State

SCOPES: dict[str, tuple[str, str]] = {
    Erasure.FILE: ("整份档案", "The whole file"),
    Erasure.RECORD: ("一条记录", "One record"),
}


@dataclass(frozen=True)
class Row:
    """One line of a list of cases; ``about`` says in Chinese and English what the case is about, nothing personal."""

    case: Case
    about: tuple[str, str]
    state: State
    due_on: date | None
    overdue: bool


def cases_of(user: User, today: date) -> list[Row]:
    """Return every case about the subjects a user may act for, and those the user opened, newest first."""
    subjects = [mandate.subject_id for mandate in records.subjects_of(user)]
    found = list(cases.of_subjects(subjects, user))
    named = about(found)
    return [_row(case, named[case.pk], today) for case in found]


def _row(case: Case, words: tuple[str, str], today: date) -> Row:
    due = None if case.closed_at else getattr(case, "due_on", None)
    return Row(case, words, workflow_of(case.kind).state(case.state), due, due is not None and due < today)


def about(found: Sequence[Case]) -> dict[UUID, tuple[str, str]]:
    """Return what each case is about: its record's item, the scope asked for, or else its procedure."""
    matters = Matter.objects.filter(case__in=found).select_related("record__item")
    items = {each.case_id: (each.record.item.name_zh, each.record.item.name_en) for each in matters}
    asked = Erasure.objects.filter(case__in=found).values_list("case_id", "scope")
    scopes = {case_id: SCOPES[scope] for case_id, scope in asked}
    return {case.pk: kind_name(case.kind) for case in found} | scopes | items


def page_elsewhere(case_id: UUID, user: User) -> str:
    """Return the address of a case whose kind has a page of its own, to whoever may see it; else nothing."""
    case = cases.case(case_id)
    if case is None or case.kind not in OWN_FOLDERS:
        return ""
    mine = case.applicant_id == user.pk or records.may_act_for(user, case.subject_ref)
    return own_page(case.kind, case.pk) if mine else ""


def kind_of(case_id: UUID, reader: User) -> str:
    """Return the kind of a case to a reader who may see it; empty for every other."""
    case = cases.case(case_id)
    return case.kind if case is not None and may_see(case, reader, own_files(reader)) else ""
