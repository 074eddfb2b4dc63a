"""The one sequencer: gives committed entries their gap-free indices, extends the tree and signs its head."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from chengxin.ledger import tiles
from chengxin.ledger.models import Checkpoint, Entry
from chengxin.rules import merkle, notes
from chengxin.vault import services as vault

BATCH = 50_000
"""Leaves integrated in one transaction, which bounds memory after a long pause."""

_LOCK = 0x6368656E67  # Any constant of ours; it names the sequencer's lock in PostgreSQL.


def origin() -> str:
    """Return the log's name, which its checkpoints and keys carry."""
    name: str = getattr(settings, "CHENGXIN_LOG_ORIGIN", "chengxin.local/log")
    return name


def vkey() -> str:
    """Return the verifier key that people need to check this log's checkpoints."""
    return notes.verifier_key(origin(), vault.public_key())


def sequence(*, now: datetime) -> int:
    """Integrate every committed entry that has no index yet and return how many there were.

    A signed checkpoint must never be rolled back, or the log would have signed two histories; therefore this needs its
    own durable transaction and raises RuntimeError inside another one.
    """
    total = count = _integrate(now)
    while count == BATCH:
        count = _integrate(now)
        total += count
    return total


def latest_checkpoint() -> Checkpoint | None:
    """Return the newest signed tree head, or None while the log is empty."""
    return Checkpoint.objects.order_by("-size").first()


def _integrate(now: datetime) -> int:
    with transaction.atomic(durable=True):
        _lock()
        pending = list(Entry.objects.filter(index__isnull=True).order_by("id").values_list("id", "leaf_hash")[:BATCH])
        if pending:
            _grow([identifier for identifier, _ in pending], [bytes(leaf) for _, leaf in pending], now)
    return len(pending)


def _grow(ids: Sequence[int], hashes: Sequence[bytes], now: datetime) -> None:
    head = latest_checkpoint()
    before = head.size if head else 0
    size = before + len(ids)
    _number(ids, before)
    tiles.extend(before, hashes)
    found = tiles.read(merkle.peaks(size))
    peaks = [found[node] for node in merkle.peaks(size)]
    root = merkle.fold(peaks)
    note = notes.signed_note(notes.checkpoint_text(origin(), size, root), origin(), vault.public_key(), vault.sign)
    Checkpoint.objects.create(size=size, root=root, peaks=b"".join(peaks), note=note, at=now)


def _lock() -> None:
    """Let one sequencer in at a time; on SQLite the transaction itself holds the only write lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _number(ids: Sequence[int], size: int) -> None:
    """Give entries the indices from ``size`` on, one statement for each run of neighbouring ids."""
    with connection.cursor() as cursor:
        cursor.executemany(
            'UPDATE ledger_entry SET "index" = id + %s WHERE id BETWEEN %s AND %s',
            [(size + done - first, first, last) for done, first, last in _runs(ids)],
        )


def _runs(ids: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield (ids before this run, first id, last id) for each run of neighbouring ids."""
    start = 0
    for at in range(1, len(ids) + 1):
        if at == len(ids) or ids[at] != ids[at - 1] + 1:
            yield start, ids[start], ids[at - 1]
            start = at
