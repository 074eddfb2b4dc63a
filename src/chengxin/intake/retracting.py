"""入库前撤回: a source takes back rows that wait for a person, before anybody has to judge whose they are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission, Role
from chengxin.intake.admission import locked, recount
from chengxin.intake.filed import OwnFile
from chengxin.intake.models import STILL_OPEN, Question, RowState, Submission, SubmissionRow
from chengxin.intake.policies import check_may_take_back
from chengxin.intake.questions import check_words, seal_words
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as registry
from chengxin.rules.errors import Refusal
from chengxin.rules.workflow import next_state
from chengxin.rules.workflows.submission_row import SUBMISSION_ROW


class NotWaiting(Refusal):
    """None of the rows waits for a person any more."""

    code = "row_not_waiting"


def waiting(submission: Submission) -> QuerySet[SubmissionRow]:
    """Return the rows of a file that wait for a person to say whose they are."""
    found = SubmissionRow.objects.filter(submission=submission, state=RowState.WAITING)
    return found.defer("sealed").order_by("row_no")


def retract(submission: Submission, row_nos: Collection[int], note: str, *, actor: User, now: datetime) -> int:
    """Take back rows that wait, close their questions without an answer, and return how many they were.

    Rows that do not wait any more are passed over. Nothing was stored of them, so nobody has to be told. Raises
    NotPermitted, NotYourAgency, AnswerIncomplete without a reason, OwnFile (charter C25) and NotWaiting.
    """
    check_may(actor, Permission.WITHDRAW_RECORDS)
    check_may_take_back(submission, actor)
    check_words(note)
    with transaction.atomic():
        questions = list(_open(submission, row_nos))
        if not questions:
            raise NotWaiting(
                "这些行已不在等待判定，没有撤回。请刷新看结果；已入库的请撤回记录。",
                "None of these rows waits any more; nothing was taken back. Reload; withdraw what became a record.",
            )
        _check_not_own(questions, actor)
        for question in questions:
            question.retracted_by, question.retracted_at = actor, now
            question.sealed = seal_words(question, note, "sealed")
            question.save(update_fields=["retracted_by", "retracted_at", "sealed"])
        state = next_state(SUBMISSION_ROW, RowState.WAITING, "retract", Role.SOURCE_CLERK)
        SubmissionRow.objects.filter(pk__in=[each.row_id for each in questions]).update(state=state)
        recount(locked(submission.pk))
        public = {"agency": submission.agency.uscc, "item": submission.item.item.code, "rows": len(questions)}
        payload = {"submission": submission.pk, "questions": [each.pk for each in questions], "actor": actor.pk}
        ledger.append("match.retracted", payload, now=now, public=public)
    return len(questions)


def _open(submission: Submission, row_nos: Collection[int]) -> QuerySet[Question]:
    """Return the open questions of rows that are no records yet, held; somebody may be answering one of them."""
    lock = Question.objects.select_for_update(of=("self",) if connection.features.has_select_for_update_of else ())
    found = lock.filter(STILL_OPEN, row__submission=submission, row__row_no__in=row_nos, row__state=RowState.WAITING)
    return found.filter(record=None).order_by("pk")


def _check_not_own(questions: Collection[Question], actor: User) -> None:
    if any(registry.may_act_for(actor, UUID(each.candidates[0])) for each in questions):
        raise OwnFile(
            "其中有关于您本人或您所代表的单位的行，请由同事办理。",
            "One of these rows is about you or somebody you act for; ask a colleague.",
        )
