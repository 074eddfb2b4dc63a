"""Proofs from tiles: that a leaf is in the log, that the log only grew, and what a leaf committed to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chengxin.ledger import leaves, sequencer, tiles
from chengxin.ledger.entries import opening_place, platform_sealer
from chengxin.ledger.models import Checkpoint, Entry, Opening
from chengxin.rules import merkle
from chengxin.rules.errors import Refusal
from chengxin.rules.merkle import Hash, Node, Span
from chengxin.vault import services as vault


class NotIntegrated(Refusal):
    """The entry has no index yet."""

    code = "not_integrated"

    def __init__(self) -> None:
        super().__init__(
            "该存证尚未编入日志，请稍后再取证明。", "The entry is not in the log yet; ask for its proof a little later."
        )


def inclusion(index: int, head: Checkpoint) -> list[Hash]:
    """Return the audit path of a leaf in the tree of a checkpoint, reading a few tiles whatever the size."""
    return _hashes(merkle.inclusion_spans(index, head.size), head)


def consistency(old_size: int, head: Checkpoint) -> list[Hash]:
    """Return the proof that the tree of ``old_size`` leaves is a prefix of a checkpoint's tree."""
    return _hashes(merkle.consistency_spans(old_size, head.size), head)


def proof(entry_id: int, *, now: datetime | None = None, with_payload: bool = True) -> dict[str, Any]:
    """Return a receipt that anyone can check against a checkpoint, in JSON types.

    An entry without an index is integrated first when ``now`` is given; else NotIntegrated is raised. ``payload`` is
    None when it was erased or not asked for.
    """
    entry = Entry.objects.get(pk=entry_id)
    if entry.index is None and now is not None:
        sequencer.sequence(now=now)
        entry.refresh_from_db(fields=["index"])
    head = sequencer.latest_checkpoint()
    if entry.index is None or head is None:
        raise NotIntegrated
    opened = _open(entry, Opening.objects.filter(pk=entry_id).select_related("key").first()) if with_payload else None
    salt, payload = opened or (None, None)
    return {
        "v": leaves.VERSION,
        "kind": entry.kind,
        "index": entry.index,
        "size": head.size,
        "leaf_body": bytes(entry.body).decode(),
        "leaf_hash": bytes(entry.leaf_hash).hex(),
        "path": [step.hex() for step in inclusion(entry.index, head)],
        "checkpoint": head.note,
        "vkey": sequencer.vkey(),
        "salt": salt.hex() if salt else None,
        "payload": json.loads(payload) if payload else None,
        "payload_text": payload.decode() if payload else None,
    }


def entry_at(index: int) -> int | None:
    """Return the id of the entry that stands at an index of the log, or None beyond its end."""
    return Entry.objects.filter(index=index).values_list("pk", flat=True).first()


def index_of(entry_id: int) -> int | None:
    """Return the index of an entry, or None while it has none or when there is no such entry."""
    return Entry.objects.filter(pk=entry_id).values_list("index", flat=True).first()


def payloads(entry_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the payloads of entries by id; erased ones are left out. Raises Tampered."""
    openings = {opening.pk: opening for opening in Opening.objects.filter(pk__in=entry_ids).select_related("key")}
    found = {}
    for entry in Entry.objects.filter(pk__in=list(openings)).order_by("id"):
        opened = _open(entry, openings[entry.pk])
        if opened:
            found[entry.pk] = json.loads(opened[1])
    return found


def _open(entry: Entry, opening: Opening | None) -> tuple[bytes, bytes] | None:
    """Return salt and canonical payload, or None when opening or key are gone."""
    if opening is None:
        return None
    committed: str = json.loads(bytes(entry.body))["commitment"]
    try:
        sealer = vault.sealer_for(opening.key) if opening.key else platform_sealer()
    except vault.Erased:
        return None
    joined = sealer.open(bytes(opening.sealed), opening_place(committed))
    salt, payload = joined[: leaves.SALT_BYTES], joined[leaves.SALT_BYTES :]
    if leaves.commitment(salt, payload) != committed:
        raise vault.Tampered
    return salt, payload


def _hashes(spans: Sequence[Span], head: Checkpoint) -> list[Hash]:
    """Return the hashes of spans: right edges from the checkpoint's peaks, everything else from tiles."""
    known: dict[Node, Hash] = dict(zip(merkle.peaks(head.size), merkle.split_hashes(bytes(head.peaks)), strict=True))
    parts = [merkle.peaks(span.end - span.start, span.start) for span in spans]
    known |= tiles.read(node for nodes in parts for node in nodes if node not in known)
    return [merkle.fold([known[node] for node in nodes]) for nodes in parts]
