"""Which of the registry's tables are append-only."""

from chengxin.storage.guards import Guard

RECORDS = Guard("registry_record", ("id", "subject_id", "item_id", "evidence", "sameness", "admitted_at"))
LOOKED = Guard(
    "registry_looked", ("id", "record_id", "subject_id", "actor_id", "agency_id", "role", "why", "at", "entry_id")
)


def _versions(derivation: str) -> Guard:
    return Guard(
        "registry_recordversion",
        (
            *("id", "record_id", "number", "known_from", "known_until", "cause", "cause_ref", "document_no"),
            *("document_date", "authority_code", "authority_name", "nature", "grade", "publicity", "content", "sealed"),
            *("anchor", "public_from", "public_until", "use_until", "restorable_from", derivation, "notified_at"),
            *("ended_at", "link_suspended", "entry_id"),
        ),
        open_columns=("known_until",),
        blanked_columns=("sealed",),
    )


VERSIONS_AT_FIRST = _versions("derivation")
"""As the table was while every version held its derivation itself; only the first migrations name it."""
VERSIONS = _versions("derived_by")
DERIVATIONS = Guard("registry_derivation", ("key", "steps"))
NAME_CHANGES = Guard(
    "registry_namechange",
    ("id", "subject_id", "sealed", "since", "ref", "made_at", "undone_at"),
    open_columns=("undone_at",),
)
SUBJECT_CHANGES = Guard(
    "registry_subjectchange",
    (
        *("id", "kind", "source_id", "target_id", "records", "sealed", "proposed_by_id", "proposed_at"),
        *("approved", "decided_by_id", "decided_at"),
    ),
    open_columns=("approved", "decided_by_id", "decided_at"),
)
MOVES = Guard("registry_recordmove", ("id", "change_id", "old_id", "new_id", "moved_at"))
