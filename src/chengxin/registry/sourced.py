"""What the source of a record does to it after its admission: take it back, undo that, put other values in it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chengxin.registry import hiding, kinds, selectors, services, versions
from chengxin.registry.assessment import assess
from chengxin.registry.drafts import Assessed, Draft, sameness
from chengxin.registry.models import Cause, Record, RecordVersion
from chengxin.registry.services import RecordNotOpen
from chengxin.rules.errors import Refusal


class AnotherFact(Refusal):
    """Item, authority, document number and subject make a record what it is; a correction cannot change them."""

    code = "another_fact"


def withdraw(record_id: UUID, *, ref: str, now: datetime) -> RecordVersion:
    """End a record because its source takes it back; one that is hidden for a time then never comes back by itself."""
    with transaction.atomic():
        version = _locked(record_id)
        if version.ended_at is not None and version.cause not in hiding.FOR_A_TIME:
            raise _ended()
        ended = version.ended_at or now
        versions.succeed(version, Cause.WITHDRAWN, ref, now, versions.opened(version), ended_at=ended)
    return _locked_present(record_id)


def undo_withdrawal(record_id: UUID, *, ref: str, now: datetime) -> RecordVersion:
    """Let a record stand again that the act ``ref`` took back; its dates are as they were."""
    with transaction.atomic():
        version = _locked(record_id)
        if version.cause != Cause.WITHDRAWN or version.cause_ref != ref:
            raise RecordNotOpen(
                "该记录没有被撤回，或撤回之后另有处理，不能恢复。",
                "The record was not withdrawn, or something else happened since; it cannot be brought back.",
            )
        return services.reinstate_record(record_id, ref=ref, now=now)


def replace(record_id: UUID, draft: Draft, *, ref: str, now: datetime) -> RecordVersion:
    """Write a successor that says what the draft says; raises AnotherFact and RecordNotOpen."""
    with transaction.atomic():
        version = _locked(record_id)
        if version.ended_at is not None:
            raise _ended()
        if sameness([draft]) != [version.record.sameness]:
            raise AnotherFact(
                "主体、文号、机关或目录项不能更正；填错的请撤回这条记录，再按正确的内容报送。",
                "Subject, document number, authority and item cannot be corrected; withdraw the record and file anew.",
            )
        changed = versions.reassessed(_assessed(version, draft, now), draft.item.publicity)
        changed |= {"document_date": draft.document_date, "authority_name": draft.authority_name}
        versions.succeed(version, Cause.CORRECTED, ref, now, versions.content_of(draft), **changed)
        kinds.ask_again(record_id, draft, now)
    return _locked_present(record_id)


def _assessed(version: RecordVersion, draft: Draft, now: datetime) -> Assessed:
    """Return the assessment of a correction; what people found to be a simple procedure stays one."""
    if draft.assessed.uncertain or not kinds.as_simple(version.record_id):
        return draft.assessed
    return assess(
        draft.item,
        draft.subject.kind,
        {**draft.content, **draft.personal},
        document_date=draft.document_date,
        authority_name=draft.authority_name,
        publicised_on=publicised_on(version),
        on=timezone.localtime(now).date(),
        simple=True,
    )


def is_withdrawn(version: RecordVersion) -> bool:
    """Tell whether this version says that the source took the record back."""
    return version.ended_at is not None and version.cause == Cause.WITHDRAWN


def taken_back_of(subject_id: UUID) -> list[tuple[RecordVersion, str]]:
    """Return the records of a subject that their sources took back, each with the reason's code, newest first."""
    found = RecordVersion.objects.filter(
        record__subject_id=subject_id, known_until=None, ended_at__isnull=False, cause=Cause.WITHDRAWN
    )
    listed = found.select_related("record__item__item").order_by("-known_from", "pk")
    return [(version, version.cause_ref.partition(":")[0]) for version in listed]


def settle_link(record_id: UUID, *, suspended: bool, ref: str, now: datetime) -> RecordVersion:
    """Doubt or confirm whose record this is, also of one that was taken back: it stays taken back, by the same act.

    Should the source undo its withdrawal, the record comes back as it was found here, and not as it was before.
    """
    with transaction.atomic():
        version = _locked(record_id)
        if not is_withdrawn(version):
            act = services.suspend_link if suspended else services.confirm_link
            return act(record_id, ref=ref, now=now)
        content = versions.opened(version)
        versions.succeed(version, Cause.WITHDRAWN, version.cause_ref, now, content, link_suspended=suspended)
    return _locked_present(record_id)


def end_for_good(record_id: UUID, cause: Cause, *, ref: str, now: datetime) -> RecordVersion:
    """End a record by a decision, also one that was taken back: its source can then no longer let it stand again."""
    with transaction.atomic():
        version = _locked(record_id)
        if not is_withdrawn(version):
            return services.end_record(record_id, cause, ref=ref, now=now)
        versions.succeed(version, cause, ref, now, versions.opened(version))
    return _locked_present(record_id)


def publicised_on(version: RecordVersion) -> date:
    """Return the day from which the period of publicity is counted when a record is assessed anew."""
    return version.public_from or timezone.localtime(version.record.admitted_at).date()


def _locked(record_id: UUID) -> RecordVersion:
    Record.objects.select_for_update().filter(pk=record_id).first()
    return _locked_present(record_id)


def _locked_present(record_id: UUID) -> RecordVersion:
    version = selectors.present_version(record_id)
    if version is None:
        raise _ended()
    return version


def _ended() -> RecordNotOpen:
    return RecordNotOpen(
        "该记录不存在或已终止，不能再作此操作。", "The record is unknown or has ended; nothing was changed."
    )
