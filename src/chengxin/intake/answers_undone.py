"""撤销判定: an answer about a match was wrong. What it let in is put in doubt and asked anew; both answers stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.cases.services import serve_notice
from chengxin.intake import declared, matching, reasons
from chengxin.intake.admission import conclude, locked, opened, recount
from chengxin.intake.models import Admission, Question, RowState, SubmissionRow
from chengxin.intake.questions import candidate, check_words, judges, ref_of, seal_words
from chengxin.ledger import services as ledger
from chengxin.registry import naming, sourced
from chengxin.registry import selectors as registry
from chengxin.registry.models import Subject
from chengxin.rules.errors import Refusal


class CannotTakeBack(Refusal):
    """The answer cannot be taken back: it does not stand, settled itself with another, or the row has moved on."""

    code = "answer_not_taken_back"


def take_back(question_id: int, reason: str, *, actor: User, now: datetime) -> list[Question]:
    """Take back an answer and everything it settled; return the questions asked anew.

    Records that came in through it, also later ones under the name it made known, leave every answer until somebody
    has answered again. Raises CannotTakeBack, AnswerIncomplete and NotPermitted.
    """
    check_may(actor, Permission.MATCH_SUBJECT)
    check_words(reason)
    with transaction.atomic(durable=True):
        question = _answered(question_id, actor)
        subject = candidate(question)
        if subject.key.wrapped is None:
            raise _no("该主体的档案已依法删除，不能撤销判定。", "The file was erased; nothing can be taken back.")
        if subject.forwarded_to_id:
            raise _no(
                "该主体已并入另一主体，请先拆分，再撤销判定。",
                "The subject was merged; split it first, then take this back.",
            )
        settled = [question, *Question.objects.filter(follows=question, undone_at=None).select_related("row")]
        doubted = _doubted(question, settled, subject, now)
        _mark(settled, reason, actor, now)
        asked = [_ask_again(row, record, subject, now) for row, record in doubted]
        payload = {"question": question.pk, "actor": actor.id, "subject": question.candidates[0], "again": len(asked)}
        ledger.append("match.undone", payload, now=now, public={"same_subject": bool(question.same_subject)})
    return asked


def _answered(question_id: int, actor: User) -> Question:
    lock = Question.objects.select_for_update(of=("self",) if connection.features.has_select_for_update_of else ())
    question = (
        lock.select_related("row__submission__agency")
        .filter(pk=question_id, answered_at__isnull=False, undone_at=None)
        .first()
    )
    if question is None or not judges(question, actor):
        raise _no(
            "没有这项判定，或已被撤销。请刷新列表。", "There is no such answer, or it was taken back. Reload the list."
        )
    if question.follows_id:
        raise _no(
            "这一行随另一项判定一并处理，请撤销那一项判定。",
            "This row was settled with another answer; take that one back.",
        )
    return question


Doubted = list[tuple[SubmissionRow, UUID | None]]


def _doubted(question: Question, settled: list[Question], subject: Subject, now: datetime) -> Doubted:
    """Return the rows to ask about anew, each with its record, whose link is suspended from now on."""
    if not question.same_subject:
        return [(_back_in_the_queue(question), None)]
    ref = ref_of(question)
    rows = {each.row_id for each in settled}
    since = question.answered_at
    came_in = Admission.objects.filter(record__subject=subject, admitted_at__gte=since)
    found = list(came_in.select_related("row", "record"))
    through = [each for each in found if each.row_id in rows]
    later = [each for each in found if each.row_id not in rows]
    if naming.take_back(ref, now=now):
        through += [each for each in later if _unknown_name(each.record_id, subject)]
    if question.reason == matching.KIND_DIFFERS:
        through += [each for each in later if each.record.evidence == matching.BY_JUDGED_KIND]
    held: Doubted = [(each.row, each.record_id) for each in through if _suspended(each.record_id, ref, now)]
    # A record whose link an earlier undoing had put in doubt came in before this answer.
    held += [(q.row, q.record_id) for q in settled if q.record_id and _suspended(q.record_id, ref, now)]
    _tell(subject, len(held), now)
    return held


def _unknown_name(record: UUID, subject: Subject) -> bool:
    """Tell whether a record came in under a name that is not known any more."""
    version = registry.present_version(record)
    return version is not None and not _known(declared.of_record(version), subject)


def _known(said: declared.Declared, subject: Subject) -> bool:
    return matching.again(said.name, said.kind, subject).certain


def _suspended(record: UUID, ref: str, now: datetime) -> bool:
    """Suspend the link of a record; one that has ended is in no answer and is left as it is."""
    version = registry.present_version(record)
    if version is None or (version.ended_at is not None and not sourced.is_withdrawn(version)):
        return False
    sourced.settle_link(record, suspended=True, ref=ref, now=now)
    return True


def _back_in_the_queue(question: Question) -> SubmissionRow:
    row = question.row
    if question.record_id or row.state != RowState.RETURNED:
        raise _no(
            "这一行已移出、改后重报或另作处理，不能撤销判定；请按原决定书重新报送。",
            "The row was filed again or handled otherwise; the answer stays. File the decision again.",
        )
    submission = locked(row.submission_id)
    told = (opened(submission, declared.stored(row))[0], reasons.stored("subject.asked_again"))
    conclude(submission, [told], RowState.WAITING)
    recount(submission)
    return row


def _mark(settled: Iterable[Question], reason: str, actor: User, now: datetime) -> None:
    for each in settled:
        each.sealed_undoing = seal_words(each, reason, "sealed_undoing")
        each.undone_by, each.undone_at = actor, now
        each.save(update_fields=["sealed_undoing", "undone_by", "undone_at"])


def _ask_again(row: SubmissionRow, record: UUID | None, subject: Subject, now: datetime) -> Question:
    return Question.objects.create(
        row=row, record_id=record, reason="subject.asked_again", candidates=[str(subject.id)], asked_at=now
    )


def _tell(subject: Subject, count: int, now: datetime) -> None:
    if count:
        body = _("%(count)d 条记录是否属于您，正在重新核对；核对完以前不用于任何查询。") % {"count": count}
        serve_notice(subject.id, "record_link_doubted", _("您档案中的记录正在复核"), body, now=now, link="/mine/")


def _no(zh: str, en: str) -> CannotTakeBack:
    return CannotTakeBack(zh, en)
