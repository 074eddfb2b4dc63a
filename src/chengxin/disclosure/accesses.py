"""Writing down a read or a refused read: one row for the subject's own log and one ledger leaf, both or neither."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.catalogue import lawbook
from chengxin.disclosure.models import Access, Outcome
from chengxin.disclosure.shapes import RowShown
from chengxin.ledger import services as ledger
from chengxin.rules.dated import LawGap
from chengxin.storage.bulk import insert_rows
from chengxin.vault.services import DataKey

COLUMNS = tuple(f.attname for f in Access._meta.concrete_fields)
LEAF_KIND = "access"
OWN_FILE = "own_file"


@dataclass(frozen=True, slots=True)
class Read:
    """What is to be written down. The reason goes into the sealed payload only: it may speak of a person."""

    actor: User
    role: str
    purpose: str
    outcome: Outcome
    basis_kind: str = ""
    basis_ref: str = ""
    matter_no: str = ""
    subject: UUID | None = None
    key: DataKey | None = field(default=None, repr=False)
    reason_code: str = ""
    reason: str = field(default="", repr=False)
    records: tuple[UUID, ...] = ()
    items: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


def cut_of(rows: Iterable[RowShown]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the field codes an answer gave, and those of them it gave in clear."""
    given: dict[str, bool] = {}
    for row in rows:
        for each in row.fields:
            given[each.code] = given.get(each.code, False) or not each.masked
    return tuple(sorted(given)), tuple(sorted(code for code, clear in given.items() if clear))


def write(read: Read, now: datetime) -> tuple[UUID, int]:
    """Write one read inside the caller's transaction and return (access id, ledger entry id)."""
    access = uuid.uuid4()
    visible_from, withheld = visibility(read.purpose, now)
    entry = ledger.append_many([_leaf(access, read, visible_from, withheld)], now=now)[0]
    row = {
        "id": access,
        "entry_id": entry,
        "at": now,
        "actor_id": read.actor.pk,
        "agency_id": read.actor.agency_id,
        "actor_role": read.role,
        "purpose": read.purpose,
        "basis_kind": read.basis_kind,
        "basis_ref": read.basis_ref,
        "matter_no": read.matter_no,
        "subject_id": read.subject,
        "outcome": read.outcome.value,
        "reason_code": read.reason_code,
        "item_codes": list(read.items),
        "fields": list(read.fields),
        "shown": list(read.shown),
        "record_count": len(read.records),
        "visible_from": visible_from,
        "withheld_basis": withheld,
    }
    insert_rows(Access, COLUMNS, [[row[name] for name in COLUMNS]])
    return access, entry


def visibility(purpose: str, now: datetime) -> tuple[datetime, str]:
    """Return when the subject may see this read, and the article that delays it, if one does."""
    try:
        delay = lawbook.current().value(f"enquiry.delay_days.{purpose}", now.date())
    except LawGap:
        return now, ""
    return now + timedelta(days=int(str(delay.value))), str(delay.basis)


def _leaf(access: UUID, read: Read, visible_from: datetime, withheld: str) -> ledger.Draft:
    agency = read.actor.agency
    payload = {
        "access": access,
        "actor": read.actor.pk,
        "agency": agency.pk if agency else None,
        "role": read.role,
        "basis": read.basis_ref,
        "matter": read.matter_no,
        "subject": read.subject,
        "reason_code": read.reason_code,
        "reason": read.reason,
        "records": list(read.records),
        "items": list(read.items),
        "fields": list(read.fields),
        "shown": list(read.shown),
    }
    public: dict[str, object] = {
        "agency": agency.uscc if agency else "",
        "purpose": read.purpose,
        "basis_kind": read.basis_kind,
        "outcome": read.outcome.value,
    }
    if withheld:
        public |= {"visible_from": visible_from, "withheld_basis": withheld}
    return ledger.Draft(LEAF_KIND, payload, public, read.key)
