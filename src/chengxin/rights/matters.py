"""What objection and restoration share: opening a matter on a record, its marks, its notices and its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chengxin.accounts.models import Agency, User
from chengxin.accounts.selectors import agency_by_uscc
from chengxin.cases import clock
from chengxin.cases import services as cases
from chengxin.cases.models import Case, Notice, Pause
from chengxin.catalogue import lawbook
from chengxin.registry import services as registry
from chengxin.registry.models import Annotation, RecordVersion
from chengxin.rights.models import Matter
from chengxin.rules import deadlines
from chengxin.rules.errors import Refusal

MARKS = {Matter.OBJECTION: Annotation.DISPUTED, Matter.RESTORATION: Annotation.UNDER_REPAIR}

OWN_FOLDERS = {"bankruptcy": "reorganisation", "erasure": "erasure"}


class AlreadyOpen(Refusal):
    """The record has an open matter of this kind."""

    code = "matter_already_open"


class NoMatter(Refusal):
    """There is no such case of this kind."""

    code = "no_matter"


def own_page(kind: str, case_id: UUID) -> str:
    """Return the address of a case's page for its applicant; a kind without a page of its own has the common one."""
    return f"/mine/{OWN_FOLDERS.get(kind, 'cases')}/{case_id}/"


def matter_of(case_id: UUID, kind: str) -> Matter:
    """Return the matter of a case, of one kind."""
    found = Matter.objects.select_related("case__respondent", "case__key", "record__subject", "record__item__item")
    matter = found.filter(case_id=case_id, kind=kind).first()
    if matter is None:
        raise NoMatter("没有这个办件。", "There is no such case.")
    return matter


def open_matter(
    version: RecordVersion,
    kind: str,
    *,
    actor: User,
    note: str,
    facts: Mapping[str, Any],
    now: datetime,
    today: date,
) -> Matter:
    """Open a case on a record and mark the record at once; must run inside the caller's transaction."""
    open_one = Matter.objects.select_for_update(of=("self",)).filter(record=version.record, kind=kind, open=True)
    standing = open_one.select_related("case").first()
    if standing is not None:
        raise AlreadyOpen(
            f"这条记录已有办理中的同类办件 {standing.case.number}，请在该办件中补充意见。",
            f"The record has an open case of this kind, {standing.case.number}; add to that one.",
            number=standing.case.number,
        )
    subject = version.record.subject_id
    case = cases.open_case(
        kind,
        subject=subject,
        applicant_mailbox=subject,
        respondent=source_agency(version),
        actor=actor,
        now=now,
        today=today,
        facts={"record": str(version.record_id), "version": version.number, **facts},
        note=note,
    )
    matter = Matter.objects.create(case=case, record=version.record, kind=kind)
    mark(matter, now)
    return matter


def source_agency(version: RecordVersion) -> Agency | None:
    """Return the agency that made the record, if the platform knows it."""
    return agency_by_uscc(version.authority_code)


def mark(matter: Matter, now: datetime) -> None:
    """Put the mark of the open matter on the record."""
    registry.annotate(matter.record_id, MARKS[matter.kind], ref=matter.case.number, now=now)


def finish(matter: Matter, now: datetime) -> None:
    """End a matter: its mark leaves the record and its clock stops."""
    registry.end_annotation(matter.record_id, MARKS[matter.kind], ref=matter.case.number, now=now)
    cases.meet_all_deadlines(matter.case, now)
    clock.close_pause(matter.case, now=now, today=timezone.localtime(now).date())
    Matter.objects.filter(pk=matter.pk).update(open=False)


def reopen(matter: Matter, now: datetime) -> None:
    """Open a finished matter again, for the one contest the law gives."""
    with transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(open=True)
        mark(matter, now)


def start_clock(case: Case, key: str, *, start: date, now: datetime) -> None:
    """Set the deadline of a law key from a day on, with its derivation."""
    due = deadlines.due(key, start, lawbook.current(), lawbook.calendar())
    cases.set_deadline(case, key, due, started_on=start, now=now)


def stop_clock(case: Case, *, actor: User, now: datetime, today: date) -> None:
    """Stop the clock while the applicant looks for missing papers; that time is not the office's."""
    clock.begin_pause(case, Pause.MATERIAL, actor=actor, now=now, today=today)


def run_clock(case: Case, *, now: datetime, today: date) -> None:
    """Let the clock run again once the papers are there; every standing due date is computed anew."""
    clock.end_pause(case, lawbook.current(), lawbook.calendar(), now=now, today=today)


def tell_applicant(case: Case, kind: str, title: str, body: str, now: datetime) -> Notice:
    """Serve a notice on the applicant, with the way to the page of the case."""
    link = own_page(case.kind, case.pk)
    return cases.serve_notice(case.applicant_mailbox, kind, title, body, now=now, case=case, link=link)


def tell_source(case: Case, kind: str, title: str, body: str, now: datetime) -> Notice | None:
    """Serve a notice on the agency that made the record, if it is on the platform."""
    if case.respondent_id is None:
        return None
    return cases.serve_notice(
        case.respondent_id, kind, title, body, now=now, case=case, link=f"/console/cases/{case.pk}/"
    )
