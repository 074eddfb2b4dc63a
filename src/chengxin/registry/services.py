"""Admitting, correcting and ending records, and the marks they carry; each act is one transaction with its leaf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chengxin.accounts.services import deliver_rows
from chengxin.registry import derivations, kinds, notices, selectors, versions
from chengxin.registry.assessment import assess
from chengxin.registry.drafts import Assessed, Draft, sameness
from chengxin.registry.models import Annotation, Cause, Record, RecordVersion
from chengxin.registry.versions import Content
from chengxin.rules.errors import Refusal
from chengxin.storage.bulk import insert_rows, ordered_uuids
from chengxin.storage.held import together
from chengxin.vault import services as vault


class RecordNotOpen(Refusal):
    """The record is unknown or has already ended."""

    code = "record_not_open"


def admit_records(drafts: Sequence[Draft], *, now: datetime) -> list[UUID | None]:
    """Admit facts and return their record ids in order; ``None`` where the same fact stands in the registry already.

    Subjects of negative records are notified in the same transaction (charter C17).
    """
    keys = sameness(drafts)
    with together():
        known = set(Record.objects.filter(sameness__in=keys).values_list("sameness", flat=True))
        fresh: dict[str, tuple[Draft, UUID, Content]] = {}
        for key, draft, identifier in zip(keys, drafts, ordered_uuids(len(keys), now), strict=True):
            if key not in known and key not in fresh:
                fresh[key] = (draft, identifier, versions.content_of(draft))
        _write_admitted(fresh, now)
    placed = {key: record for key, (_draft, record, _content) in fresh.items()}
    return [placed.pop(key, None) for key in keys]


def _write_admitted(fresh: Mapping[str, tuple[Draft, UUID, Content]], now: datetime) -> None:
    sealers = vault.sealers_for({draft.subject.key.pk: draft.subject.key for draft, _i, _c in fresh.values()}.values())
    derivations.keep({id(draft.assessed): draft.assessed for draft, _i, _c in fresh.values()}.values())
    entries = versions.new_entries(list(fresh.values()), now, sealers)
    insert_rows(
        Record,
        ("id", "subject_id", "item_id", "evidence", "sameness", "admitted_at"),
        ((i, d.subject.id, d.item.pk, d.evidence, key, now) for key, (d, i, _c) in fresh.items()),
    )
    versions.insert(
        versions.admitted(draft, record, content, entry, now, sealers[draft.subject.key.pk])
        for (draft, record, content), entry in zip(fresh.values(), entries, strict=True)
    )
    kinds.ask(((record, draft) for draft, record, _content in fresh.values()), now)
    told = [draft for draft, _i, _c in fresh.values() if draft.item.nature == "negative"]
    deliver_rows(notices.of_admission(told, now))


def _open_version(record_id: UUID) -> RecordVersion:
    version = selectors.present_version(record_id)
    if version is None or version.ended_at is not None:
        raise RecordNotOpen(
            "该记录不存在或已终止，不能再作此操作。", "The record is unknown or has ended; nothing was changed."
        )
    return version


def correct_record(
    record_id: UUID, changes: Mapping[str, Any], *, ref: str, now: datetime, today: date
) -> RecordVersion:
    """Write a corrected successor; changed facts are assessed anew under the law in force today."""
    with transaction.atomic():
        version = _open_version(record_id)
        before = versions.opened(version)
        after = Content(
            {k: changes.get(k, v) for k, v in before.clear.items()},
            {k: changes.get(k, v) for k, v in before.personal.items()},
        )
        # A graver or a milder grade may bring a record to the public or take it from there.
        changed = versions.reassessed(_assessed_anew(version, after, today), version.record.item.publicity)
        versions.succeed(version, Cause.CORRECTED, ref, now, after, **changed)
    return _present(record_id)


def _assessed_anew(version: RecordVersion, content: Content, today: date) -> Assessed:
    return assess(
        version.record.item,
        version.record.subject.kind,
        {**content.clear, **content.personal},
        document_date=version.document_date,
        authority_name=version.authority_name,
        publicised_on=version.public_from or timezone.localtime(version.record.admitted_at).date(),
        on=today,
        simple=kinds.as_simple(version.record_id),
    )


def end_record(record_id: UUID, cause: Cause, *, ref: str, now: datetime) -> RecordVersion:
    """End a record: from this moment it is in no answer of any kind. Withdrawn, deleted, restored or stopped."""
    with transaction.atomic():
        version = _open_version(record_id)
        versions.succeed(version, cause, ref, now, versions.opened(version), ended_at=now)
    return _present(record_id)


def reinstate_record(record_id: UUID, *, ref: str, now: datetime, cause: Cause = Cause.REINSTATED) -> RecordVersion:
    """Open an ended record again, when the act that ended it was obtained by false material or was for a time."""
    with transaction.atomic():
        version = selectors.present_version(record_id)
        if version is None or version.ended_at is None:
            raise RecordNotOpen("该记录没有终止，无需恢复。", "The record has not ended; nothing to reinstate.")
        if version.record.subject.forwarded_to_id:
            raise RecordNotOpen(
                "该记录的主体已并入另一主体，原记录不能恢复；请重新报送。",
                "The subject was merged into another; the old record does not come back. File it again.",
            )
        if version.cause == Cause.ERASED:
            raise RecordNotOpen("该记录已依法删除，不能恢复。", "The record was erased; nothing can be reinstated.")
        versions.succeed(version, cause, ref, now, versions.opened(version), ended_at=None)
    return _present(record_id)


def suspend_link(record_id: UUID, *, ref: str, now: datetime) -> RecordVersion:
    """Suspend a contested link: the record leaves every answer until somebody has looked (charter C07)."""
    with transaction.atomic():
        version = _open_version(record_id)
        versions.succeed(version, Cause.LINK_SUSPENDED, ref, now, versions.opened(version), link_suspended=True)
    return _present(record_id)


def confirm_link(record_id: UUID, *, ref: str, now: datetime) -> RecordVersion:
    """Confirm a link after it was contested."""
    with transaction.atomic():
        version = _open_version(record_id)
        versions.succeed(version, Cause.LINK_CONFIRMED, ref, now, versions.opened(version), link_suspended=False)
    return _present(record_id)


def _present(record_id: UUID) -> RecordVersion:
    version = selectors.present_version(record_id)
    assert version is not None
    return version


def annotate(record_id: UUID, kind: str, *, ref: str, now: datetime, text: str = "") -> Annotation:
    """Put a mark on a record, once for each cause; it shows in every answer at once (charter C16)."""
    mark, _created = Annotation.objects.get_or_create(
        record_id=record_id, kind=kind, cause_ref=ref, until=None, defaults={"since": now, "text": text}
    )
    return mark


def end_annotation(record_id: UUID, kind: str, *, ref: str, now: datetime) -> int:
    """Take a mark off a record and return how many were taken."""
    return Annotation.objects.filter(record_id=record_id, kind=kind, cause_ref=ref, until=None).update(until=now)
