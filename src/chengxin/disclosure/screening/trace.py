"""Writing a screening down: one leaf for the batch, and one row for each subject's own log, all or nothing.

The leaf's public part holds the root of a Merkle tree over the rows, so the leaf commits to every subject, and each
can be shown that it is there without learning who else was asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from chengxin.accounts.models import User
from chengxin.disclosure.accesses import visibility
from chengxin.disclosure.models import Access, Outcome
from chengxin.ledger import services as ledger
from chengxin.rules import merkle
from chengxin.rules.screening import look_line
from chengxin.storage import jsontext
from chengxin.storage.bulk import insert_prepared, ordered_uuids, prepared_row

LEAF_KIND = "screening"
OWN_COLUMNS = ("id", "subject_id", "outcome", "reason_code", "item_codes", "record_count")


class Line(NamedTuple):
    """What is written down of one subject: whose file it was, if there was one, and how many entries were given."""

    subject: UUID | None
    outcome: str
    reason: str = ""
    items: tuple[str, ...] = ()
    records: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """What all lines of a batch have in common. ``outcome`` is that of the request as a whole."""

    actor: User
    role: str
    purpose: str
    basis_kind: str
    basis_ref: str
    matter: str
    matter_no: str
    outcome: Outcome
    reason_code: str = ""
    lines: tuple[Line, ...] = field(default=(), repr=False)


def write(batch: Batch, now: datetime) -> tuple[list[UUID], int]:
    """Write a batch inside the caller's transaction and return (an access id for each line, ledger entry id)."""
    accesses = sorted(ordered_uuids(len(batch.lines), now), key=attrgetter("int"))
    lines = list(zip(accesses, batch.lines, strict=True))
    root = merkle.root([merkle.leaf_hash(look_line(access, *line)) for access, line in lines])
    visible_from, withheld = visibility(batch.purpose, now)
    entry = ledger.append_many([_draft(batch, root, visible_from, withheld)], now=now)[0]
    common = {
        "entry_id": entry, "at": now, "actor_id": batch.actor.pk, "agency_id": batch.actor.agency_id,
        "actor_role": batch.role, "purpose": batch.purpose, "basis_kind": batch.basis_kind,
        "basis_ref": batch.basis_ref, "matter_no": batch.matter_no, "fields": [], "shown": [],
        "visible_from": visible_from, "withheld_basis": withheld,
    }  # fmt: skip
    shared, write_id, write_list = prepared_row(Access, list(common), list(common.values())), _id(), jsontext.writer()
    rows = [
        (
            *shared, write_id(access), write_id(subject) if subject else None, outcome, reason,
            write_list(list(items)) if items else "[]", records,
        )
        for access, (subject, outcome, reason, items, records) in lines
    ]  # fmt: skip
    insert_prepared(Access._meta.db_table, [*common, *OWN_COLUMNS], rows)
    return accesses, entry


def _id() -> Callable[[UUID], Any]:
    """Return what writes an identity as this database keeps it."""
    return _itself if connection.features.has_native_uuid_field else attrgetter("hex")


def _itself(identity: UUID) -> UUID:
    return identity


def evidence(access: Access) -> dict[str, Any]:
    """Return what shows that one look is in its batch: its line, and the path from there to the leaf's root."""
    rows = list(Access.objects.filter(entry_id=access.entry_id).order_by("pk"))
    lines = [_line_of(row) for row in rows]
    hashes, index = [merkle.leaf_hash(line) for line in lines], rows.index(access)
    return {
        "line": lines[index].decode(),
        "index": index,
        "size": len(rows),
        "path": [each.hex() for each in merkle.inclusion_proof(hashes, index)],
        "root": merkle.root(hashes).hex(),
    }


def is_screening(access: Access) -> bool:
    """Tell whether a read was part of a screening."""
    return access.entry.kind == LEAF_KIND


def _line_of(row: Access) -> bytes:
    return look_line(row.pk, row.subject_id, row.outcome, row.reason_code, row.item_codes, row.record_count)


def _draft(batch: Batch, root: merkle.Hash, visible_from: datetime, withheld: str) -> ledger.Draft:
    """Return the leaf. Its sealed part tells who asked, never about whom: that stands in the rows alone."""
    agency = batch.actor.agency
    payload = {
        "actor": batch.actor.pk,
        "agency": agency.pk if agency else None,
        "role": batch.role,
        "basis": batch.basis_ref,
        "matter_no": batch.matter_no,
        "reason_code": batch.reason_code,
    }
    public: dict[str, object] = {
        "agency": agency.uscc if agency else "",
        "purpose": batch.purpose,
        "basis_kind": batch.basis_kind,
        "matter": batch.matter,
        "outcome": batch.outcome.value,
        "count": len(batch.lines),
        "looks": root.hex(),
    }
    if withheld:
        public |= {"visible_from": visible_from, "withheld_basis": withheld}
    return ledger.Draft(LEAF_KIND, payload, public)
