"""The append-only tables of this room."""

from __future__ import annotations

from chengxin.storage.guards import Guard

STEPS = Guard(
    "catalogue_changestep",
    ("id", "change_id", "action", "state", "actor_id", "at", "reason", "content", "entry_id"),
)
