"""转入与转出: records move between two files with every version they had; nothing is overwritten or forgotten.

A moved record ends in the one file and begins in the other under an id of its own, with a leaf for either, so that
recipients learn of both, and each file's history says what stood in it and when.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from chengxin.ledger import services as ledger
from chengxin.registry import forwarding, naming, versions
from chengxin.registry.drafts import sameness_in
from chengxin.registry.models import (
    Annotation,
    Cause,
    Mandate,
    Record,
    RecordMove,
    RecordVersion,
    Subject,
    SubjectChange,
    SubjectKind,
)
from chengxin.registry.sealing import seal_content
from chengxin.registry.subjects import give_mandate
from chengxin.rules.errors import Refusal
from chengxin.vault import services as vault

EVIDENCE = "code+merged_subject"


class RecordStaysHere(Refusal):
    """A record cannot move: the same fact was ended in the other file by a decision."""

    code = "record_stays_here"


def standing_of(subject: Subject) -> list[RecordVersion]:
    """Return the present versions of a subject that have not ended, oldest record first."""
    found = RecordVersion.objects.filter(record__subject=subject, known_until=None, ended_at=None)
    return list(
        found.select_related("record__item__item", "record__subject__key").order_by("record__admitted_at", "pk")
    )


def merge(change: SubjectChange, now: datetime) -> int:
    """Let one file stand for two: records move, names and mandates are known there too; return how many moved."""
    source, target = change.source, change.target
    moved = sum(move(version, target, change, now) for version in standing_of(source))
    for number, borne in enumerate(naming.carried_of(source)):
        if not naming.bears(target, borne.name):
            naming.take(target, borne.name, borne.since, present=False, ref=_ref(change, number), now=now)
    _share_mandates(source, target, now)
    if source.kind == SubjectKind.PERSON:  # What either file was asked and told is the same person's to see.
        _share_mandates(target, source, now)
    # Whoever was sent on to the file that gives its place is sent on to the one that takes it.
    Subject.objects.filter(forwarded_to=source).update(forwarded_to=target)
    Subject.objects.filter(pk=source.pk).update(forwarded_to=target)
    return moved


def split(change: SubjectChange, merged: SubjectChange, now: datetime) -> int:
    """Let a file stand for itself again and give it the chosen records; return how many moved.

    ``merged`` is the act that is found wrong: the names and mandates it brought are taken back.
    """
    source, target = change.source, change.target
    Subject.objects.filter(pk=source.pk).update(forwarded_to=None)
    chosen = {UUID(each) for each in change.records}
    moved = [each for each in standing_of(target) if each.record_id in chosen]
    count = sum(move(version, source, change, now) for version in moved)
    for number in range(len(naming.carried_of(source))):
        naming.take_back(_ref(merged, number), now=now)
    assert merged.decided_at is not None
    brought = Mandate.objects.filter(subject__in=[source, target], until=None, since=merged.decided_at)
    brought.update(until=now)
    return count


def move(version: RecordVersion, to: Subject, change: SubjectChange, now: datetime) -> int:
    """Move one record; return 1, also when the same fact stands in the other file already."""
    old, ref = version.record, _ref(change)
    content = versions.opened(version)
    number = version.document_no or str(content.personal.get("document_no", ""))
    key = sameness_in(to.id, old.item.item.code, version.authority_code, number)
    there = RecordVersion.objects.filter(record__sameness=key, known_until=None)
    present = there.select_related("record__item__item", "record__subject__key").first()
    if present is None:
        new = _begin(version, content, to, key, ref, now)
    else:
        new = _begin_again(present, version, content, ref, now)
    versions.succeed(version, Cause.MOVED_OUT, ref, now, content, ended_at=now)
    _carry_statements(old.pk, new, now)
    earlier = [each for each in forwarding.ids_of(old.pk) if each != new]
    RecordMove.objects.bulk_create(
        [RecordMove(change=change, old_id=each, new_id=new, moved_at=now) for each in earlier]
    )
    return 1


def _begin(version: RecordVersion, content: versions.Content, to: Subject, key: str, ref: str, now: datetime) -> UUID:
    old = version.record
    new = Record.objects.create(
        id=uuid.uuid4(), subject=to, item=old.item, evidence=EVIDENCE, sameness=key, admitted_at=now
    )
    leaf = versions.leaf(new.pk, 1, Cause.MOVED_IN, content, old.item.item.code, version.authority_code, to.key)
    row = {name: getattr(version, name) for name in versions.COLUMNS}
    row |= {"record_id": new.pk, "number": 1, "known_from": now, "cause": Cause.MOVED_IN, "cause_ref": ref}
    row |= {"entry_id": ledger.append_many([leaf], now=now)[0], "content": content.clear}
    row["sealed"] = seal_content(vault.sealer_for(to.key), content.personal, new.pk, 1)
    versions.insert([row])
    return new.pk


def _begin_again(
    there: RecordVersion, version: RecordVersion, content: versions.Content, ref: str, now: datetime
) -> UUID:
    """Let a record stand again that had moved away; one that stands already is the same fact."""
    if there.ended_at is not None and there.cause != Cause.MOVED_OUT:
        raise RecordStaysHere(
            "两份档案中有同一条记录，其中一条已依决定终止，不能合并或拆分。请先核对这条记录。",
            "Both files hold the same fact and one of the two was ended by a decision. Settle that record first.",
        )
    if there.ended_at is not None:
        kept = {name: getattr(version, name) for name in _AS_THERE}
        versions.succeed(there, Cause.MOVED_IN, ref, now, content, **kept)
    return there.record_id


_AS_THERE = (
    *("document_date", "authority_name", "nature", "grade", "publicity", "anchor", "public_from", "public_until"),
    *("use_until", "restorable_from", "derived_by", "notified_at", "ended_at", "link_suspended"),
)


def _carry_statements(old: UUID, new: UUID, now: datetime) -> None:
    marks = Annotation.objects.filter(record_id=old, until=None)
    known = set(Annotation.objects.filter(record_id=new, until=None).values_list("kind", "cause_ref"))
    fresh = [each for each in marks if (each.kind, each.cause_ref) not in known]
    Annotation.objects.bulk_create(
        [Annotation(record_id=new, kind=m.kind, cause_ref=m.cause_ref, text=m.text, since=now) for m in fresh]
    )
    marks.update(until=now)


def _share_mandates(of: Subject, also: Subject, now: datetime) -> None:
    for mandate in Mandate.objects.filter(subject=of, until=None).select_related("user"):
        give_mandate(mandate.user, also, now, mandate.capacity)


def _ref(change: SubjectChange, number: int | None = None) -> str:
    return f"subject:{change.pk}" + ("" if number is None else f":{number}")


def seal_words(change: SubjectChange, words: Iterable[str]) -> bytes:
    """Seal the reason and the proof of a change under the key of the file that stays."""
    return vault.seal(change.target.key, "\n".join(words).encode(), _place(change))


def words_of(change: SubjectChange) -> tuple[str, str]:
    """Return the proof and the reason of a change."""
    plain = vault.open_sealed(change.target.key, bytes(change.sealed), _place(change)).decode()
    proof, _sep, reason = plain.partition("\n")
    return proof, reason


def _place(change: SubjectChange) -> vault.Place:
    return vault.Place("registry_subjectchange", "sealed", str(change.pk))
