"""Opening cases, acting on them, their clock, documents and notices; every act is one transaction with its leaf."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from chengxin.accounts.models import Agency, User
from chengxin.accounts.services import deliver
from chengxin.cases import outbox, policies
from chengxin.cases.models import Case, CaseEvent, Deadline, Document, Notice
from chengxin.cases.numbers import next_number
from chengxin.cases.sealing import seal_body, seal_note
from chengxin.cases.workflows import workflow_of
from chengxin.ledger import services as ledger
from chengxin.rules.errors import Refusal
from chengxin.rules.workdays import Due
from chengxin.rules.workflow import find
from chengxin.vault import services as vault

CASE_FACTS = Mapping[str, Any]


class CaseMoved(Refusal):
    """Somebody acted on the case since the actor looked at it."""

    code = "case_moved"

    def __init__(self) -> None:
        super().__init__(
            "办件已被他人办理，您看到的不是最新状态；请刷新页面后再决定。",
            "Somebody else acted on this case first; reload the page before you decide.",
        )


class CaseUnknown(Refusal):
    """There is no such case."""

    code = "case_unknown"


def open_case(
    kind: str,
    *,
    subject: UUID,
    applicant_mailbox: UUID,
    respondent: Agency | None,
    actor: User,
    now: datetime,
    today: date,
    facts: CASE_FACTS,
    note: str = "",
) -> Case:
    """Open a case of a kind for an applicant, in the first state of its workflow, with its first event and leaf."""
    flow = workflow_of(kind)
    with transaction.atomic():
        case = Case.objects.create(
            number=next_number(kind, today),
            kind=kind,
            workflow=flow.name,
            state=flow.initial,
            subject_ref=subject,
            applicant_mailbox=applicant_mailbox,
            applicant=actor,
            respondent=respondent,
            opened_at=now,
            facts=dict(facts),
            key=vault.new_key(now),
        )
        _write_event(case, _Step("open", "", flow.initial, "applicant"), actor, now, note, {})
    return case


def act(
    case_id: UUID,
    action: str,
    *,
    actor: User,
    own_files: Collection[UUID],
    now: datetime,
    note: str = "",
    expected_version: int | None = None,
    met: Collection[str] = (),
    data: CASE_FACTS | None = None,
) -> Case:
    """Take one step on a case in the role the workflow asks for, or raise why not; nothing is half done.

    ``own_files`` are the subjects the actor holds a mandate for (charter C25). ``expected_version`` is the version the
    actor saw: a case that has moved since is refused with :class:`CaseMoved`. ``met`` names needs of the step that a
    room above has seen to; those that show in ``note`` and ``data`` are seen here. ``data`` holds no personal content.
    """
    with transaction.atomic():
        case = _locked(case_id, expected_version)
        role = policies.check_role(actor, case, allowed_roles(case, action), own_files)
        met = {*met, *policies.needs_met(note, data or {})}
        return _take(case, action, role.value, actor, now, note, met, dict(data or {}))


def act_by_system(
    case_id: UUID,
    action: str,
    *,
    now: datetime,
    note: str = "",
    expected_version: int | None = None,
    met: Collection[str] = (),
    data: CASE_FACTS | None = None,
) -> Case:
    """Take a step the table leaves to the platform itself; it can never decide anything (charter C23)."""
    with transaction.atomic():
        case = _locked(case_id, expected_version)
        met = {*met, *policies.needs_met(note, data or {})}
        return _take(case, action, policies.SYSTEM, None, now, note, met, dict(data or {}))


def note_event(
    case_id: UUID,
    action: str,
    *,
    actor: User,
    allowed: Collection[str],
    own_files: Collection[UUID],
    now: datetime,
    note: str = "",
    data: CASE_FACTS | None = None,
) -> Case:
    """Write an act that leaves the state of a case where it is, such as a pause; needs the caller's transaction.

    ``allowed`` are the roles that may do it. The version rises, so that nobody acts on a page that is out of date.
    """
    case = _locked(case_id, None)
    role = policies.check_role(actor, case, allowed, own_files)
    if not Case.objects.filter(pk=case.pk, version=case.version).update(version=F("version") + 1):
        raise CaseMoved
    case.refresh_from_db()
    _write_event(case, _Step(action, case.state, case.state, role.value), actor, now, note, dict(data or {}))
    return case


def allowed_roles(case: Case, action: str) -> frozenset[str]:
    """Return the roles that may take a step now; raises the workflow's reason when it is not open from here."""
    flow = workflow_of(case.kind)
    steps = [step for step in flow.leaving(case.state) if step.action == action]
    if not steps:
        # Asked without a role, the table itself says why the step is not open from here.
        find(flow, case.state, action, "")
    return frozenset().union(*(step.roles for step in steps))


def _locked(case_id: UUID, expected_version: int | None) -> Case:
    case = Case.objects.select_for_update(of=("self",)).select_related("respondent", "key").filter(id=case_id).first()
    if case is None:
        raise CaseUnknown("没有这个办件。", "There is no such case.")
    if expected_version is not None and case.version != expected_version:
        raise CaseMoved
    return case


def _take(
    case: Case,
    action: str,
    role: str,
    actor: User | None,
    now: datetime,
    note: str,
    met: Collection[str],
    data: dict[str, Any],
) -> Case:
    flow = workflow_of(case.kind)
    step = find(flow, case.state, action, role, met)
    closed_at = now if flow.state(step.target).final else None
    changed = {"state": step.target, "version": F("version") + 1, "closed_at": closed_at}
    if role in ("reviewer", "decider"):
        changed[role] = actor
    # Compare and set: only the act that still finds the version it read may write.
    if not Case.objects.filter(pk=case.pk, version=case.version).update(**changed):
        raise CaseMoved
    case.refresh_from_db()
    _write_event(case, _Step(action, step.source, step.target, role), actor, now, note, data)
    return case


@dataclass(frozen=True, slots=True)
class _Step:
    action: str
    source: str
    target: str
    role: str


def _write_event(
    case: Case, step: _Step, actor: User | None, now: datetime, note: str, data: dict[str, Any]
) -> CaseEvent:
    seq = CaseEvent.objects.filter(case=case).count() + 1
    digest = hashlib.sha256(note.encode()).hexdigest() if note else ""
    who = str(actor.pk) if actor else policies.SYSTEM
    payload = {"case": case.number, "seq": seq, "actor": who, "data": data, "note": digest}
    public = {"case_kind": case.kind, "action": step.action, "source": step.source, "target": step.target}
    entry = ledger.append("case", payload, now=now, public=public, key=case.key)
    return CaseEvent.objects.create(
        case=case,
        seq=seq,
        action=step.action,
        source=step.source,
        target=step.target,
        actor=actor,
        role=step.role,
        at=now,
        sealed_note=seal_note(case, seq, note),
        data=data,
        entry=entry,
    )


def set_deadline(case: Case, key: str, due: Due, *, started_on: date, now: datetime) -> Deadline:
    """Set a due date with its derivation; a standing one of the same key is superseded and stays readable."""
    steps = lines(due)
    with transaction.atomic():
        Deadline.objects.filter(case=case, key=key, superseded_at=None).update(superseded_at=now)
        return Deadline.objects.create(
            case=case, key=key, started_on=started_on, due_on=due.due_on, derivation=steps, set_at=now
        )


def lines(due: Due) -> list[dict[str, str]]:
    """Return the derivation of a due date as it is stored."""
    return [{"zh": s.zh, "en": s.en, "basis": str(s.basis or "")} for s in due.derivation]


def meet_deadline(case: Case, key: str, now: datetime) -> bool:
    """Mark the standing deadline of a key as met; tell whether one was open."""
    standing = Deadline.objects.filter(case=case, key=key, superseded_at=None, met_at=None)
    return standing.update(met_at=now) > 0


def meet_all_deadlines(case: Case, now: datetime) -> int:
    """Mark every standing deadline of a case as met, when the case closes; return how many were open."""
    return Deadline.objects.filter(case=case, superseded_at=None, met_at=None).update(met_at=now)


def issue_document(case: Case, kind: str, title: str, body: str, *, actor: User, now: datetime) -> Document:
    """Issue a numbered document of a case; its text is sealed and its digest committed to the ledger."""
    return file_document(case, kind, title, body.encode(), actor=actor, now=now)


def file_document(case: Case, kind: str, title: str, content: bytes, *, actor: User, now: datetime) -> Document:
    """Put a document of any content into the file of a case, numbered, sealed, its digest committed to the ledger."""
    with transaction.atomic():
        number = f"{case.number}-{Document.objects.filter(case=case).count() + 1}"
        digest = hashlib.sha256(content).hexdigest()
        payload = {"document": number, "sha256": digest}
        entry = ledger.append("document", payload, now=now, public={"document_kind": kind}, key=case.key)
        return Document.objects.create(
            case=case,
            kind=kind,
            number=number,
            title=title,
            sealed_body=seal_body(case, number, content),
            sha256=digest,
            issued_by=actor,
            issued_at=now,
            entry=entry,
        )


def serve_notice(
    mailbox: UUID, kind: str, title: str, body: str, *, now: datetime, case: Case | None = None, link: str = ""
) -> Notice:
    """Put a notice into a mailbox, keep the proof that it was served, and write it out for the mailbox's channels."""
    with transaction.atomic():
        message = deliver(mailbox, kind, title, body, now=now, link=link)
        notice = Notice.objects.create(
            case=case,
            mailbox=mailbox,
            kind=kind,
            title=title,
            sha256=hashlib.sha256(f"{title}\n{body}".encode()).hexdigest(),
            served_at=now,
            message=message,
        )
        outbox.enqueue(notice, link=link, now=now)
    return notice
