"""Appending and erasing: calls join the caller's transaction, so an act and its evidence stand or fall together."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, NamedTuple

from django.db import connection, transaction

from chengxin.ledger import leaves
from chengxin.ledger.models import Entry, Opening
from chengxin.rules import merkle
from chengxin.storage.bulk import insert_prepared, next_ids
from chengxin.storage.held import holding
from chengxin.vault import services as vault
from chengxin.vault.services import AnyKey, DataKey, Place, Sealer

ERASED = "ledger.erased"
"""The kind of the tombstone leaf that says which openings are gone."""

_TOMBSTONE_LEAVES = 500
_ENTRY_COLUMNS = ("id", "kind", "body", "leaf_hash", "written_at")
_OPENING_COLUMNS = ("entry_id", "key_id", "sealed")
_KEY_ID = Opening._meta.get_field("key")

Row = tuple[Any, ...]
SealingKey = tuple[Any, Sealer]


class Draft(NamedTuple):
    """One leaf to append. ``payload`` is committed to and sealed; ``public`` is readable by everyone for ever."""

    kind: str
    payload: Mapping[str, Any]
    public: Mapping[str, Any] | None = None
    key: AnyKey | None = None


def append(
    kind: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    public: Mapping[str, Any] | None = None,
    key: DataKey | None = None,
) -> Entry:
    """Append one leaf and return its entry, whose index the sequencer gives later.

    Raises TransactionManagementError outside a transaction, PersonalContent, NotCanonical, LeafTooLarge, Erased.
    """
    entries, _ = _write([Draft(kind, payload, public, key)], now)
    entry = Entry(**{**dict(zip(_ENTRY_COLUMNS, entries[0], strict=True)), "written_at": now})
    entry._state.adding, entry._state.db = False, connection.alias
    return entry


def append_many(
    drafts: Iterable[Draft], *, now: datetime, sealers: Mapping[uuid.UUID, Sealer] | None = None
) -> list[int]:
    """Append many leaves in their order and return the ids of their entries; raises as ``append`` does.

    ``sealers`` are keys the caller has unwrapped already, by the key's id.
    """
    return [row[0] for row in _write(list(drafts), now, sealers)[0]]


def erase(entry_ids: Sequence[int], now: datetime) -> int:
    """Delete what opens these entries, append a tombstone, and return how many openings were still there.

    The leaves stay, so every proof still verifies; without salt nothing can be guessed back from them.
    """
    with transaction.atomic():
        there = Opening.objects.filter(entry_id__in=entry_ids).order_by("entry_id")
        hashes = [bytes(leaf).hex() for leaf in there.values_list("entry__leaf_hash", flat=True)]
        there.delete()
        starts = range(0, len(hashes), _TOMBSTONE_LEAVES)
        append_many([Draft(ERASED, {}, {"leaves": hashes[at : at + _TOMBSTONE_LEAVES]}) for at in starts], now=now)
    return len(hashes)


def erase_under(keys: Sequence[DataKey], now: datetime) -> int:
    """Delete every opening sealed under these keys, append tombstones, and return how many openings were there."""
    held = Opening.objects.filter(key_id__in=[key.pk for key in keys]).order_by("entry_id")
    return erase(list(held.values_list("entry_id", flat=True)), now)


def opening_place(committed: str) -> Place:
    """Where an opening is sealed: bound to its commitment, so that no opening can be put under another entry."""
    return Place("ledger_opening", "sealed", committed)


def platform_sealer() -> Sealer:
    """Return the sealer for payloads that belong to no single subject."""
    return vault.platform_sealer("ledger")


Sealers = Mapping[uuid.UUID, Sealer] | None


def _write(drafts: Sequence[Draft], now: datetime, sealers: Sealers = None) -> tuple[list[Row], list[Row]]:
    """Write the rows of entries and openings and return them."""
    if not connection.in_atomic_block and not holding():
        raise transaction.TransactionManagementError("a ledger entry needs the caller's transaction")
    if not drafts:
        return [], []
    entries, openings = _rows(drafts, next_ids(Entry._meta.db_table, len(drafts)), now, sealers or {})
    insert_prepared(Entry._meta.db_table, _ENTRY_COLUMNS, entries)
    insert_prepared(Opening._meta.db_table, _OPENING_COLUMNS, openings)
    return entries, openings


def _rows(
    drafts: Sequence[Draft], ids: Sequence[int], now: datetime, sealers: Mapping[uuid.UUID, Sealer]
) -> tuple[list[Row], list[Row]]:
    """Return rows as the database driver wants them; values that repeat are prepared once, a shared public part too."""
    at, written_at = leaves.moment(now), connection.ops.adapt_datetimefield_value(now)
    keys: dict[uuid.UUID | None, SealingKey] = {None: (None, platform_sealer())}
    shown: dict[int, bytes] = {}
    entries: list[Row] = []
    openings: list[Row] = []
    random = os.urandom(leaves.SALT_BYTES * len(drafts))
    for at_byte, identifier, draft in zip(count(step=leaves.SALT_BYTES), ids, drafts, strict=False):
        key_id, sealer = _sealing_key(draft.key, keys, sealers)
        public = shown.get(id(draft.public)) or shown.setdefault(
            id(draft.public), leaves.public_part(draft.kind, draft.public)
        )
        salt, payload = random[at_byte : at_byte + leaves.SALT_BYTES], leaves.canonical(draft.payload)
        committed = leaves.commitment(salt, payload)
        body = leaves.body(draft.kind, at, public, committed)
        entries.append((identifier, draft.kind, body, merkle.leaf_hash(body), written_at))
        openings.append((identifier, key_id, sealer.seal(salt + payload, opening_place(committed))))
    return entries, openings


def _sealing_key(
    key: AnyKey | None, keys: dict[uuid.UUID | None, SealingKey], sealers: Mapping[uuid.UUID, Sealer]
) -> SealingKey:
    """Return a key's column value and sealer, unwrapping each key once."""
    pk = key.pk if key else None
    if key and pk not in keys:
        keys[pk] = (_KEY_ID.get_db_prep_save(pk, connection), sealers.get(key.pk) or vault.sealer_for(key))
    return keys[pk]
