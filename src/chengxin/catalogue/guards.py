"""The append-only tables of this room."""

from __future__ import annotations

from chengxin.storage.guards import Guard

COMMENTS = Guard(
    "catalogue_changecomment",
    ("id", "change_id", "key_id", "sealed", "agency_id", "author_id", "made_at", "entry_id"),
    open_columns=("sealed_answer", "answered_by_id", "answered_at"),
    blanked_columns=("address_index",),
)
STEPS = Guard(
    "catalogue_changestep",
    ("id", "change_id", "action", "state", "actor_id", "at", "reason", "content", "entry_id"),
)
