"""窗口协办: an officer files for somebody who stands at the counter and has agreed; free, and on the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts import selectors as accounts
from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission, Role
from chengxin.accounts.services import register_user
from chengxin.cases import query_codes
from chengxin.cases import selectors as cases
from chengxin.cases.models import Case, CounterVisit
from chengxin.cases.numbers import next_number
from chengxin.cases.policies import APPLICANT_ROLES
from chengxin.cases.services import note_event
from chengxin.cases.workflows import workflow_of
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as registry
from chengxin.registry.models import Record, Subject
from chengxin.registry.subjects import give_mandate
from chengxin.rights import handling, matters, objections, restoration
from chengxin.rights.models import Matter
from chengxin.rights.policies import RecordNotYours
from chengxin.rights.selectors import own_files
from chengxin.rules.errors import Refusal

CONSENT_VERSION = "2026-1"
VISIT = timedelta(minutes=30)
ACTS = ("complete", "contest", "withdraw")
"""The steps of an applicant that can be taken at a counter once a case is open."""
CLERKS = frozenset({Role.CENTRE_OPERATOR.value})


class VisitOver(Refusal):
    """The visit is over, another officer's, or none: one answer for all."""

    code = "visit_over"


class PersonNotThere(Refusal):
    """Nobody confirmed that the person stands at the counter and asks for this step."""

    code = "person_not_there"


@dataclass(frozen=True)
class Filed:
    """What was filed at a counter; the query code is shown once and kept nowhere."""

    case: Case
    code: str = field(repr=False)


def consent_text() -> str:
    """Return what the person at the counter agrees to, in the present version."""
    return _(
        "本人到场，已出示证件原件，请窗口工作人员代为查看本人（本单位）的信用记录并代为提交申请；"
        "代表单位的，持有该单位的授权委托书。本人知道办理免费，查看和提交都会写入日志。"
    )


def open_visit(subject_id: UUID, *, consent_version: str, officer: User, now: datetime, today: date) -> CounterVisit:
    """Open a visit for a subject found by declared certificate and name; the consent goes into its leaf."""
    check_may(officer, Permission.ASSIST_AT_COUNTER)
    subject = registry.subject(subject_id)
    if subject is None or consent_version != CONSENT_VERSION:
        raise VisitOver(
            "请先请当事人阅读并同意现行版本的说明。", "Let the person read and agree to the present statement first."
        )
    with transaction.atomic():
        number = next_number("counter", today)
        payload = {"visit": number, "officer": str(officer.pk), "subject": str(subject.id), "consent": consent_version}
        entry = ledger.append("counter_visit", payload, now=now, public={}, key=subject.key)
        return CounterVisit.objects.create(
            number=number,
            subject_ref=subject.id,
            applicant=_applicant(subject, now),
            officer=officer,
            consent_version=consent_version,
            started_at=now,
            ends_at=now + VISIT,
            entry=entry,
        )


def _applicant(subject: Subject, now: datetime) -> User:
    """Return the account that acts for the subject, or one without a password that the person can claim later."""
    known = registry.representatives(subject.id)
    if known:
        return known[0]
    role = Role.CITIZEN if subject.kind == "person" else Role.ORGANISATION_REPRESENTATIVE
    name = f"counter-{subject.id.hex}"
    user = accounts.user_by_name(name) or register_user(name, _("窗口申请人"), roles=[role])
    give_mandate(user, subject, now)
    return user


def visit(visit_id: UUID, officer: User, now: datetime) -> CounterVisit:
    """Return an officer's own visit while it lasts; raises :class:`VisitOver`."""
    check_may(officer, Permission.ASSIST_AT_COUNTER)
    found = CounterVisit.objects.select_related("applicant").filter(pk=visit_id, officer=officer, ends_at__gt=now)
    one = found.first()
    if one is None:
        raise VisitOver(
            "本次协办已结束；请当事人再次出示证件后重新开始。",
            "This visit is over; let the person show the certificate again and start anew.",
        )
    return one


def object_to(
    there: CounterVisit,
    record_id: UUID,
    *,
    grounds: str,
    text: str,
    now: datetime,
    today: date,
    rng: Random,
    evidence: Sequence[bytes] = (),
) -> Filed:
    """File an objection for the person at the counter, with the papers they brought."""
    check_record(there, record_id)
    with transaction.atomic():
        case = objections.file(
            record_id, actor=there.applicant, grounds=grounds, text=text, now=now, today=today, evidence=evidence
        )
        return _filed(there, case, now, rng)


def apply_for(
    there: CounterVisit, record_id: UUID, papers: restoration.Application, *, now: datetime, today: date, rng: Random
) -> Filed:
    """Apply for restoration for the person at the counter."""
    check_record(there, record_id)
    with transaction.atomic():
        case = restoration.apply(record_id, papers, actor=there.applicant, now=now, today=today)
        return _filed(there, case, now, rng)


def print_again(there: CounterVisit, case_id: UUID, *, now: datetime, rng: Random) -> Filed:
    """Give a case of the person at the counter a new query code; the one on the lost paper stops working."""
    case = cases.case(case_id)
    if case is None or case.subject_ref != there.subject_ref:
        raise matters.NoMatter("没有这个办件。", "There is no such case.")
    return Filed(case, query_codes.issue(case, officer=there.officer, now=now, rng=rng))


def open_cases(there: CounterVisit) -> list[Case]:
    """Return the open cases of the person at the counter, newest first."""
    return list(cases.of_subjects([there.subject_ref]).filter(closed_at=None))


def cases_to_act_on(there: CounterVisit) -> list[Case]:
    """Return the person's open cases and the closed ones that can still be contested, newest first."""
    found = cases.of_subjects([there.subject_ref])
    return [case for case in found if case.closed_at is None or "contest" in open_acts(case)]


def open_acts(case: Case) -> tuple[str, ...]:
    """Return the steps an applicant can take here in the present state of a case."""
    leaving = workflow_of(case.kind).leaving(case.state)
    theirs = {step.action for step in leaving if step.roles & APPLICANT_ROLES}
    return tuple(each for each in ACTS if each in theirs and (case.kind, each) in handling.STEPS)


def fields_of(case: Case, act: str) -> tuple[str, ...]:
    """Return what a step asks the person for."""
    return handling.FIELDS[case.kind, act]


def check_act(there: CounterVisit, case_id: UUID, act: str) -> Case:
    """Return a case of the person at the counter on which this step is open; any other is unknown here."""
    case = cases.case(case_id)
    if case is None or case.subject_ref != there.subject_ref or act not in open_acts(case):
        raise matters.NoMatter("当事人没有这个办件，或者现在不能这样办理。", "There is no such case or no such step.")
    if case.applicant is None or there.subject_ref not in own_files(case.applicant):
        raise matters.NoMatter(
            "本件由代理人提交，请由代理人本人办理。", "An agent filed this case; let the agent take the step."
        )
    return case


def act_for(
    there: CounterVisit,
    case_id: UUID,
    act: str,
    fields: Mapping[str, str],
    *,
    present: bool,
    now: datetime,
    today: date,
    rng: Random,
) -> Filed:
    """Complete, withdraw or contest for the person who stands here, with the officer's help in the same history.

    Without the person's presence confirmed nothing is done. The paper carries a new query code; the old one ends.
    """
    case = check_act(there, case_id, act)
    if not present:
        raise PersonNotThere(
            "请先确认当事人在场并要求这样办理。", "Confirm first that the person is present and asks for this."
        )
    with transaction.atomic():
        actor = case.applicant
        case = handling.take(case_id, act, actor=actor, now=now, today=today, version=case.version, fields=fields)
        return _filed(there, case, now, rng, act=act, present=True)


def open_matters(there: CounterVisit) -> frozenset[tuple[UUID, str]]:
    """Return which records of the person have an open matter of which kind, so that none is filed twice."""
    found = Matter.objects.filter(open=True, record__subject_id=there.subject_ref)
    return frozenset(found.values_list("record_id", "kind"))


def check_record(there: CounterVisit, record_id: UUID) -> Record:
    """Return a record of the person at the counter; any other is unknown here."""
    record = registry.record(record_id)
    if record is None or record.subject_id != there.subject_ref:
        raise RecordNotYours("没有找到当事人的这条记录。", "The person has no such record.")
    return record


def _filed(there: CounterVisit, case: Case, now: datetime, rng: Random, **more: object) -> Filed:
    """Put the officer's help beside the filing, in the same transaction, and give out the code."""
    data = {"visit": there.number, "consent": there.consent_version, **more}
    case = note_event(
        case.pk, "assisted", actor=there.officer, allowed=CLERKS, own_files=own_files(there.officer), now=now, data=data
    )
    return Filed(case, query_codes.issue(case, officer=there.officer, now=now, rng=rng))
