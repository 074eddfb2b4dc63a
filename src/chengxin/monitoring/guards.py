"""Which of this room's tables are append-only."""

from chengxin.storage.guards import Guard

JUDGED_DAYS = Guard("monitoring_judgedday", ("day", "at", "looks", "tickets"))
STEPS = Guard(
    "monitoring_ticketstep",
    ("id", "ticket_id", "seq", "action", "source", "target", "actor_id", "at", "sealed_note", "verdict", "entry_id"),
    blanked_columns=("sealed_note",),
)
AUDIT_LOOKS = Guard("monitoring_auditlook", ("id", "actor_id", "agency_id", "what", "asked", "rows", "at", "entry_id"))
PROBES = Guard(
    "monitoring_probe",
    ("id", "recipient_id", "day", "at", "pages", "whole", "digest", "failure", "sought", "found", "entry_id"),
)
REMINDERS = Guard("monitoring_probereminder", ("id", "recipient_id", "day", "count", "notice_id"))
