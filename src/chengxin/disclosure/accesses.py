"""Writing down a read or a refused read: one row for the subject's own log and one ledger leaf, both or neither."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from chengxin.accounts.models import User
from chengxin.catalogue import lawbook
from chengxin.disclosure.models import Access, Outcome
from chengxin.disclosure.shapes import RowShown
from chengxin.ledger import services as ledger
from chengxin.rules.dated import LawGap
from chengxin.storage import jsontext
from chengxin.storage.bulk import insert_prepared
from chengxin.vault.services import DataKey

COLUMNS = (
    *("id", "entry_id", "at", "actor_id", "agency_id", "actor_role", "purpose", "basis_kind", "basis_ref", "matter_no"),
    *("subject_id", "outcome", "reason_code", "item_codes", "fields", "shown", "record_count"),
    *("visible_from", "withheld_basis"),
)
LEAF_KIND = "access"
OWN_FILE = "own_file"
_json = jsontext.writer()


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
    insert_prepared(Access._meta.db_table, COLUMNS, [_row(access, entry, read, now, visible_from, withheld)])
    return access, entry


def _row(access: UUID, entry: int, read: Read, now: datetime, visible_from: datetime, withheld: str) -> tuple[Any, ...]:
    """Return the row as the driver wants it, in the order of COLUMNS: every read pays for this."""
    moment = connection.ops.adapt_datetimefield_value
    key, at = _key, moment(now)
    return (
        *(key(access), entry, at, key(read.actor.pk), key(read.actor.agency_id), read.role, read.purpose),
        *(read.basis_kind, read.basis_ref, read.matter_no, key(read.subject), read.outcome.value, read.reason_code),
        *(_json(read.items), _json(read.fields), _json(read.shown), len(read.records)),
        *(at if visible_from == now else moment(visible_from), withheld),
    )


def _key(value: UUID | None) -> UUID | str | None:
    return value.hex if value is not None and not connection.features.has_native_uuid_field else value


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
        "records": [str(record) for record in read.records],
        "items": read.items,
        "fields": read.fields,
        "shown": read.shown,
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
