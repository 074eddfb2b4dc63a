"""人工判定: a number is known under another name or for another kind of subject. A person looks and answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.policies import can_may, check_may
from chengxin.accounts.roles import Permission
from chengxin.cases.services import serve_notice
from chengxin.intake import declared, elsewhere, matching, reasons
from chengxin.intake.admission import admit_matched, conclude, locked, opened, recount, whole
from chengxin.intake.matching import BY_ANSWER, Match
from chengxin.intake.models import STILL_OPEN, Question, RowState, SubmissionRow
from chengxin.ledger import services as ledger
from chengxin.registry import forwarding, naming, sourced
from chengxin.registry import selectors as registry
from chengxin.registry.models import Cause, Subject
from chengxin.rules.errors import Refusal
from chengxin.vault import services as vault
from chengxin.vault.services import Place


class QuestionClosed(Refusal):
    """The question is unknown or somebody has answered it already."""

    code = "question_closed"


class AnswerIncomplete(Refusal):
    """An answer needs a reason and, where it names a name, the day of that name."""

    code = "answer_incomplete"


class Reply(StrEnum):
    """What a person may find: the subject bears a new name, bore this one before, was miswritten, or is another."""

    RENAMED = "renamed"
    FORMER = "former"
    MISWRITTEN = "miswritten"
    OTHER = "other"

    @property
    def same(self) -> bool:
        """Tell whether both sides are one subject."""
        return self is not Reply.OTHER

    @property
    def names(self) -> bool:
        """Tell whether the declared name is known from now on, so that later rows under it do not ask again."""
        return self in (Reply.RENAMED, Reply.FORMER)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, why, and since when the name was borne."""

    reply: Reply
    reason: str
    since: date | None = None


def look_at(question_id: int, *, actor: User, now: datetime) -> declared.Evidence:
    """Open a question for the person who will judge it; looking leaves a ledger leaf (charter C09)."""
    check_may(actor, Permission.MATCH_SUBJECT)
    with transaction.atomic():
        question = _open_question(question_id, actor)
        evidence = declared.evidence(question, candidate(question))
        payload = {"question": question.pk, "actor": actor.id, "subject": question.candidates[0]}
        ledger.append("match.shown", payload, now=now, public={"kind": evidence.kind})
    return evidence


def answer_question(question_id: int, answer: Answer, *, actor: User, now: datetime, today: date) -> Question:
    """Record the answer and admit the row under it, or return the row, and settle what the same answer settles.

    Raises QuestionClosed, AnswerIncomplete and NotPermitted.
    """
    check_may(actor, Permission.MATCH_SUBJECT)
    _check_complete(answer, today)
    with transaction.atomic(durable=True):
        question = _open_question(question_id, actor)
        if question.reason == matching.KIND_DIFFERS and answer.reply.names:
            raise AnswerIncomplete(
                "两边名称一致，没有名称可记；请判定是不是同一主体。",
                "The names agree, so there is none to write down; say whether both are one subject.",
            )
        said = declared.of(question)
        subject = forwarding.stands_for(candidate(question))
        _act(question, Match(subject, BY_ANSWER if answer.reply.same else ""), now, today)
        if answer.reply.names and answer.since:
            present = answer.reply is Reply.RENAMED
            naming.take(subject, said.name, answer.since, present=present, ref=ref_of(question), now=now)
        _keep(question, answer, actor, now)
    if answer.reply.names or (answer.reply.same and question.reason == matching.KIND_DIFFERS):
        _settle_alike(question, actor, now, today)
    return question


def judges(question: Question, actor: User) -> bool:
    """Tell whether a question is about a row of a region where somebody judges matches."""
    return can_may(actor, Permission.MATCH_SUBJECT, question.row.submission.agency.region)


def ref_of(question: Question) -> str:
    """Return how records and names refer to the answer of a question."""
    return f"match:{question.pk}"


def candidate(question: Question) -> Subject:
    """Return the subject a question asks about."""
    subject = registry.subject(UUID(question.candidates[0]))
    assert subject is not None
    return subject


def reason_of(question: Question) -> str:
    """Return the words with which a question was answered, "" when they were erased with the subject."""
    return _opened(question, question.sealed, "sealed")


def reason_of_undoing(question: Question) -> str:
    """Return the words with which an answer was taken back."""
    return _opened(question, question.sealed_undoing, "sealed_undoing")


def seal_words(question: Question, words: str, column: str) -> bytes:
    """Seal a reason under the key of the subject asked about, with whose file it can be erased."""
    return vault.seal(candidate(question).key, words.strip().encode(), _place(question, column))


def _opened(question: Question, sealed: bytes | memoryview | None, column: str) -> str:
    key = candidate(question).key
    if sealed is None or key.wrapped is None:
        return ""
    return vault.open_sealed(key, bytes(sealed), _place(question, column)).decode()


def _place(question: Question, column: str) -> Place:
    return Place("intake_question", column, str(question.pk))


def check_words(words: str) -> None:
    """Raise AnswerIncomplete when there is no reason."""
    if not words.strip():
        raise AnswerIncomplete("请写明理由；理由随判定一并留存。", "Give the reason; it is kept with the judgement.")


def _check_complete(answer: Answer, today: date) -> None:
    check_words(answer.reason)
    if answer.reply.names and (answer.since is None or answer.since > today):
        raise AnswerIncomplete(
            "请填写该名称自何日起使用，不得晚于今天。", "Say since which day the name was borne, today at the latest."
        )


def _open_question(question_id: int, actor: User) -> Question:
    lock = Question.objects.select_for_update(of=("self",) if connection.features.has_select_for_update_of else ())
    found = lock.select_related("row__submission__key", "row__submission__agency").filter(STILL_OPEN, pk=question_id)
    question = found.first()
    if question is None or not judges(question, actor):
        raise QuestionClosed(
            "这个疑问不存在，或已有人作出判定。请刷新列表。",
            "There is no such question, or somebody has answered it already. Reload the list.",
        )
    return question


def _act(question: Question, match: Match, now: datetime, today: date) -> None:
    """Let the row become a record or go back; a record whose link was in doubt is confirmed or ended."""
    if question.record_id:
        _act_on_record(question, match.certain, now)
        return
    elsewhere.in_turn(whole().get(id=question.row.submission_id))
    submission = locked(question.row.submission_id)
    row = opened(submission, declared.stored(question.row))[0]
    if match.certain:
        admit_matched(submission, [row], [match], now, today)
    else:
        conclude(submission, [(row, reasons.stored("subject.not_the_same"))], RowState.RETURNED)
    recount(submission)


def _act_on_record(question: Question, same: bool, now: datetime) -> None:
    assert question.record_id
    if same:
        sourced.settle_link(question.record_id, suspended=False, ref=ref_of(question), now=now)
        return
    sourced.end_for_good(question.record_id, Cause.UNLINKED, ref=ref_of(question), now=now)
    _add_finding(question.row, "subject.not_the_same")
    title = _("一条记录已从您的档案移出")
    body = _("经复核，该记录登记的名称不是您的名称，已从您的档案移出，不再用于任何查询。")
    serve_notice(UUID(question.candidates[0]), "record_unlinked", title, body, now=now, link="/mine/")


def _add_finding(row: SubmissionRow, code: str) -> None:
    SubmissionRow.objects.filter(pk=row.pk).update(findings=[*row.findings, reasons.stored(code)])


def _keep(question: Question, answer: Answer, actor: User, now: datetime, follows: Question | None = None) -> None:
    question.same_subject, question.answered_by, question.answered_at = answer.reply.same, actor, now
    question.name_since = answer.since if answer.reply.names else None
    question.sealed = seal_words(question, answer.reason, "sealed")
    question.follows = follows
    question.save(update_fields=["same_subject", "answered_by", "answered_at", "name_since", "sealed", "follows"])
    payload = {
        "question": question.pk,
        "actor": actor.id,
        "subject": question.candidates[0],
        "follows": follows.pk if follows else None,
    }
    public = {"same_subject": answer.reply.same, "reply": str(answer.reply)}
    ledger.append("match.answered", payload, now=now, public=public)


def _settle_alike(question: Question, actor: User, now: datetime, today: date) -> None:
    """Answer every open question that what was found settles too: a renamed firm is asked about once.

    Each file is a transaction of its own; what an interruption leaves open a person can still answer.
    """
    for submission in _submissions_alike(question):
        with transaction.atomic(durable=True):
            held = locked(submission)
            for other in _open_alike(question).filter(row__submission=held):
                match = _settled(other)
                if match.certain:
                    _act(other, match, now, today)
                    answer = Answer(Reply.MISWRITTEN, reason_of(question))
                    _keep(other, answer, actor, now, follows=question)


def _open_alike(question: Question) -> QuerySet[Question]:
    found = Question.objects.filter(STILL_OPEN, candidates=question.candidates).exclude(pk=question.pk)
    return found.select_related("row__submission__key", "row__submission__agency").order_by("pk")


def _submissions_alike(question: Question) -> Iterator[UUID]:
    yield from list(_open_alike(question).order_by().values_list("row__submission_id", flat=True).distinct())


def _settled(question: Question) -> Match:
    """Judge a row again now that more is known."""
    said = declared.of(question)
    return matching.again(said.name, said.kind, forwarding.stands_for(candidate(question)))
