"""Writing versions of records: each with its ledger leaf, none over another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from chengxin.ledger import services as ledger
from chengxin.registry import derivations
from chengxin.registry.drafts import Assessed, Draft
from chengxin.registry.models import Cause, Record, RecordVersion, Subject
from chengxin.registry.sealing import open_content, seal_content
from chengxin.storage import jsontext
from chengxin.storage.bulk import insert_rows
from chengxin.vault import services as vault
from chengxin.vault.models import DataKey

COLUMNS = tuple(f.attname for f in RecordVersion._meta.concrete_fields if f.attname != "id")


_write = jsontext.writer(sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a version: its clear part and its personal part."""

    clear: dict[str, Any]
    personal: dict[str, Any]

    def digest(self) -> str:
        """Return the SHA-256 of the whole content, which the ledger commits to under a salt."""
        return hashlib.sha256(_write([self.clear, self.personal]).encode()).hexdigest()


def opened(version: RecordVersion) -> Content:
    """Return the content of a version, its sealed part opened; raises ``Erased``."""
    full = open_content(version, version.record.subject)
    return Content(dict(version.content), {k: v for k, v in full.items() if k not in version.content})


def content_of(draft: Draft) -> Content:
    """Split a draft: everything about a natural person is personal, its document number included."""
    if not draft.about_person:
        return Content(dict(draft.content), dict(draft.personal))
    return Content({}, {**draft.content, **draft.personal, "document_no": draft.document_no})


def leaf(
    record: UUID, number: int, cause: str, content: Content, item: str, authority: str, key: DataKey
) -> ledger.Draft:
    """Return the ledger leaf that commits to one version; its opening is sealed under the subject's key."""
    return ledger.Draft(_KIND, _payload(record, number, cause, content), _public(item, authority, cause), key)


_KIND = "registry.record"


def _payload(record: UUID, number: int, cause: str, content: Content) -> dict[str, Any]:
    return {"record": str(record), "number": number, "cause": str(cause), "digest": content.digest()}


def _public(item: str, authority: str, cause: str) -> dict[str, str]:
    return {"item": item, "authority": authority, "cause": str(cause)}


def period_columns(assessed: Assessed, publicity: str) -> dict[str, Any]:
    """Return the stored columns of an assessment: expiry is a comparison, not a job.

    ``publicity`` is how far the catalogue item reaches; a record the law keeps from the public reaches less far.
    """
    periods = assessed.periods
    return {
        "publicity": "public" if periods.public_from else _narrower(publicity),
        "grade": assessed.grade,
        "anchor": periods.anchor,
        "public_from": periods.public_from,
        "public_until": periods.public_until,
        "use_until": periods.use_until,
        "restorable_from": periods.restorable_from,
        "derived_by": assessed.derived_by,
    }


def reassessed(assessed: Assessed, publicity: str) -> dict[str, Any]:
    """Return the columns of a new assessment of a record and keep its derivation."""
    derivations.keep([assessed])
    return period_columns(assessed, publicity)


def admitted(
    draft: Draft, record: UUID, content: Content, entry: int, now: datetime, sealer: vault.Sealer
) -> dict[str, Any]:
    """Return the columns of a record's first version; ``sealer`` holds the subject's key."""
    return {
        "record_id": record,
        "number": 1,
        "known_from": now,
        "known_until": None,
        "cause": Cause.ADMITTED.value,
        "cause_ref": "",
        "document_no": "" if draft.about_person else draft.document_no,
        "document_date": draft.document_date,
        "authority_code": draft.authority_code,
        "authority_name": draft.authority_name,
        "nature": draft.item.nature,
        "content": content.clear,
        "sealed": seal_content(sealer, content.personal, record, 1),
        "notified_at": now if draft.item.nature == "negative" else None,
        "ended_at": None,
        "link_suspended": False,
        "entry_id": entry,
        **period_columns(draft.assessed, draft.item.publicity),
    }


def _narrower(publicity: str) -> str:
    return "shared" if publicity == "public" else publicity


def insert(rows: Iterable[dict[str, Any]]) -> int:
    """Insert version rows in bulk."""
    return insert_rows(RecordVersion, COLUMNS, map(itemgetter(*COLUMNS), rows))


def succeed(version: RecordVersion, cause: Cause, ref: str, now: datetime, content: Content, **changed: Any) -> int:
    """Close the present version and write its successor with what changed; return the successor's number."""
    record: Record = version.record
    subject: Subject = record.subject
    number = version.number + 1
    entry = ledger.append_many(
        [leaf(record.id, number, cause, content, record.item.item.code, version.authority_code, subject.key)], now=now
    )[0]
    row = {name: getattr(version, name) for name in COLUMNS}
    row.update(number=number, known_from=now, cause=cause, cause_ref=ref, entry_id=entry, content=content.clear)
    row["sealed"] = seal_content(vault.sealer_for(subject.key), content.personal, record.id, number)
    row.update(changed)
    RecordVersion.objects.filter(pk=version.pk, known_until=None).update(known_until=now)
    insert([row])
    return number


def new_entries(
    drafts: Sequence[tuple[Draft, UUID, Content]], now: datetime, sealers: Mapping[UUID, vault.Sealer]
) -> list[int]:
    """Append one leaf a draft, opened by the subjects' keys, and return the entries' ids in order."""
    shared: dict[tuple[str, str], dict[str, str]] = {}
    leaves = (_admitted_leaf(draft, i, content, shared) for draft, i, content in drafts)
    return ledger.append_many(leaves, now=now, sealers=sealers)


def _admitted_leaf(
    draft: Draft, record: UUID, content: Content, shared: dict[tuple[str, str], dict[str, str]]
) -> ledger.Draft:
    """Return the leaf of a first version; rows of one item and authority share one public part."""
    place = (draft.item.item.code, draft.authority_code)
    public = shared.setdefault(place, _public(*place, Cause.ADMITTED))
    return ledger.Draft(_KIND, _payload(record, 1, Cause.ADMITTED, content), public, draft.subject.key)
