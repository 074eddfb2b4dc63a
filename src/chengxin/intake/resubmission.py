"""再次报送: what a later file says differently about records that stand, and what of an earlier file it leaves out.

Nothing follows by itself: a changed row becomes a correction when the clerk confirms it, and a record that is left out
stays where it is until somebody withdraws it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission, Role
from chengxin.catalogue import lawbook
from chengxin.intake import corrections, filed
from chengxin.intake.admission import locked, opened, recount
from chengxin.intake.corrections import Change, RecordMoved
from chengxin.intake.models import (
    Admission,
    Correction,
    Recurrence,
    RowState,
    Submission,
    SubmissionRow,
    Withdrawal,
)
from chengxin.intake.policies import check_may_take_back
from chengxin.registry import selectors as registry
from chengxin.registry.models import RecordVersion
from chengxin.rules.errors import Refusal
from chengxin.rules.workflow import next_state
from chengxin.rules.workflows.submission_row import SUBMISSION_ROW


@dataclass(frozen=True)
class RowChange:
    """A row that says something else than the record it met; without ``changes`` it can no longer be confirmed.

    ``number`` is the version it was compared with.
    """

    row_no: int
    record: UUID
    document_no: str
    number: int
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Absent:
    """Records of an earlier file, the one most like the new file, that the new file does not hold and that stand."""

    earlier: Submission
    rows: QuerySet[Admission]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of the rows a clerk confirmed together: how many are corrections now, and what held up the others."""

    done: int
    refused: tuple[tuple[int, Refusal], ...]


def differing(submission: Submission) -> QuerySet[SubmissionRow]:
    """Return the rows that differ from the record they met and have not become its correction."""
    gone = Withdrawal.objects.filter(undone_at=None).values("record_id")
    found = SubmissionRow.objects.filter(submission=submission, state=RowState.RETURNED, recurrence__isnull=False)
    found = found.filter(sealed__isnull=False, submission__key__destroyed_at=None)
    return found.exclude(recurrence__record_id__in=gone).select_related("recurrence").order_by("row_no")


def differences(submission: Submission, rows: Iterable[SubmissionRow], *, actor: User) -> list[RowChange]:
    """Say of some differing rows what each would change; slice them to a page first. Only for who sent them."""
    check_may_take_back(submission, actor)
    return [_difference(submission, row) for row in rows]


def show_differences(
    submission: Submission, rows: Iterable[SubmissionRow], *, actor: User, now: datetime
) -> list[RowChange]:
    """Say of some differing rows what each would change, as ``differences``, with a leaf for each person's record.

    A record that another agency filed is not shown to this one: such a row comes without changes.
    """
    with transaction.atomic():
        found = [_own_only(each, actor) for each in differences(submission, rows, actor=actor)]
        for each in found:
            version = registry.present_version(each.record) if each.changes else None
            if version is not None:
                filed.note_shown(version, actor=actor, now=now)
    return found


def confirm(
    submission: Submission, row_no: int, note: str, *, number: int, actor: User, now: datetime, today: date
) -> Correction:
    """Let one differing row become a correction of the record it met; ``number`` is the version that was shown.

    Raises NotPermitted, NotYourAgency, OwnFile, RecordMoved, RecordNotOpen, CorrectionNotInOrder, NothingChanges.
    """
    check_may(actor, Permission.CORRECT_RECORDS)
    check_may_take_back(submission, actor)
    with transaction.atomic():
        whole = locked(submission.pk)
        row = differing(whole).filter(row_no=row_no).first()
        if row is None:
            raise RecordMoved(
                "这一行没有待确认的差异，可能已经确认过。请刷新。",
                "This row has no difference to confirm; somebody may have confirmed it. Reload.",
            )
        version = filed.own(row.recurrence.record_id, Permission.CORRECT_RECORDS, actor=actor)
        reading = opened(whole, [_stored(row)])[0].reading
        state = next_state(SUBMISSION_ROW, row.state, "correct", Role.SOURCE_CLERK)
        made = corrections.apply(version, reading, note, number=number, row=row, actor=actor, now=now, today=today)
        # The record holds the content from here on; a second copy would outlive an erasure of the first.
        SubmissionRow.objects.filter(pk=row.pk).update(state=state, sealed=None)
        recount(whole)
    return made


def confirm_all(
    submission: Submission,
    note: str,
    *,
    shown: Iterable[tuple[int, int]],
    actor: User,
    now: datetime,
    today: date,
) -> Confirmed:
    """Confirm the rows that were shown, as (row number, version compared), each by itself; none holds up another."""
    done, refused = 0, []
    for row_no, number in shown:
        try:
            confirm(submission, row_no, note, number=number, actor=actor, now=now, today=today)
        except Refusal as refusal:
            refused.append((row_no, refusal))
        else:
            done += 1
    return Confirmed(done, tuple(refused))


def absent(submission: Submission) -> Absent | None:
    """Return what an earlier file held and this one does not; None when it repeats no earlier file.

    The earlier file is the one with which it shares most records. Nothing is withdrawn by being left out.
    """
    met = Recurrence.objects.filter(row__submission=submission).values("record_id")
    sources = Admission.objects.filter(record_id__in=met, row__submission__item__item=submission.item.item)
    shared = sources.exclude(row__submission=submission).values("row__submission").annotate(n=Count("id"))
    best = shared.order_by("-n", "row__submission__submitted_at").first()
    if best is None:
        return None
    left = Admission.objects.filter(row__submission=best["row__submission"], row__state=RowState.ADMITTED)
    left = left.exclude(record_id__in=met).select_related("row")
    standing = RecordVersion.objects.filter(known_until=None, ended_at=None).values("record_id")
    rows = left.filter(record_id__in=standing).order_by("row__row_no")
    return Absent(Submission.objects.get(pk=best["row__submission"]), rows) if rows.exists() else None


def _difference(submission: Submission, row: SubmissionRow) -> RowChange:
    version = registry.present_version(row.recurrence.record_id)
    assert version is not None
    reading = opened(submission, [_stored(row)])[0].reading
    content = {} if version.ended_at else filed.content_of(version)
    after = {**reading.clear, **reading.personal}
    found = corrections.changes(lawbook.layout(version.record.item.layout), content, after) if content else ()
    return RowChange(row.row_no, version.record_id, version.document_no, version.number, found)


def _own_only(change: RowChange, actor: User) -> RowChange:
    return change if filed.filed_by(actor.agency_id, change.record) else replace(change, document_no="", changes=())


def _stored(row: SubmissionRow) -> tuple[object, ...]:
    return row.pk, row.row_no, row.findings, row.fingerprint, row.sealed
