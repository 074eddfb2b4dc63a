"""人工判定: a number is known under another name. A person looks at both sides and answers; the answer is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.intake import reasons
from chengxin.intake.admission import admit_matched, conclude, locked, opened, recount
from chengxin.intake.matching import BY_ANSWER, Match
from chengxin.intake.models import Question, RowState, SubmissionRow
from chengxin.intake.reading import Reading
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as registry
from chengxin.registry.models import Subject, SubjectKind
from chengxin.registry.sealing import open_name
from chengxin.rules import masks
from chengxin.rules.errors import Refusal


class QuestionClosed(Refusal):
    """The question is unknown or somebody has answered it already."""

    code = "question_closed"


@dataclass(frozen=True)
class Evidence:
    """Both sides of a question: what was declared, and what is known under the same number."""

    question: Question
    kind: str
    number: str
    declared_name: str
    known_name: str
    former_names: tuple[str, ...]
    document_no: str
    document_date: str
    authority_name: str


def look_at(question_id: int, *, actor: User, now: datetime) -> Evidence:
    """Open a question for the person who will judge it; looking leaves a ledger leaf (charter C09)."""
    check_may(actor, Permission.MATCH_SUBJECT)
    with transaction.atomic():
        question = _open_question(question_id)
        evidence = _evidence(question)
        payload = {"question": question.pk, "actor": actor.id, "subject": question.candidates[0]}
        ledger.append("match.shown", payload, now=now, public={"kind": evidence.kind})
    return evidence


def answer_question(question_id: int, *, same_subject: bool, actor: User, now: datetime, today: date) -> Question:
    """Record the answer and admit the row under it, or return the row; raises QuestionClosed and NotPermitted."""
    check_may(actor, Permission.MATCH_SUBJECT)
    with transaction.atomic(durable=True):
        question = _open_question(question_id)
        submission = locked(question.row.submission_id)
        row = opened(submission, _stored(question))[0]
        if same_subject:
            match = Match(_candidate(question), BY_ANSWER)
            admit_matched(submission, [row], [match], now, today)
        else:
            conclude(submission, [(row, reasons.stored("subject.not_the_same"))], RowState.RETURNED)
        question.same_subject, question.answered_by, question.answered_at = same_subject, actor, now
        question.save(update_fields=["same_subject", "answered_by", "answered_at"])
        recount(submission)
        payload = {"question": question.pk, "actor": actor.id, "subject": question.candidates[0]}
        ledger.append("match.answered", payload, now=now, public={"same_subject": same_subject})
    return question


def _open_question(question_id: int) -> Question:
    lock = Question.objects.select_for_update(of=("self",) if connection.features.has_select_for_update_of else ())
    found = lock.select_related("row__submission__key", "row__submission__agency").filter(
        pk=question_id, answered_at=None
    )
    question = found.first()
    if question is None:
        raise QuestionClosed(
            "这个疑问不存在，或已有人作出判定。请刷新列表。",
            "There is no such question, or somebody has answered it already. Reload the list.",
        )
    return question


def _stored(question: Question) -> list[tuple[object, ...]]:
    row: SubmissionRow = question.row
    return [(row.pk, row.row_no, row.findings, row.fingerprint, row.sealed)]


def _candidate(question: Question) -> Subject:
    subject = registry.subject(UUID(question.candidates[0]))
    assert subject is not None
    return subject


def _evidence(question: Question) -> Evidence:
    reading = opened(question.row.submission, _stored(question))[0].reading
    subject = _candidate(question)
    person = subject.kind == SubjectKind.PERSON
    return Evidence(
        question=question,
        kind=subject.kind,
        number=_number(reading, person),
        declared_name=reading.name,
        known_name=open_name(subject) if person else registry.present_name(subject),
        former_names=() if person else tuple(registry.former_names(subject)),
        document_no=reading.document_no,
        document_date=reading.document_date,
        authority_name=reading.authority_name,
    )


def _number(reading: Reading, person: bool) -> str:
    return masks.citizen_id(reading.number) if person else reading.number
