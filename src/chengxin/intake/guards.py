"""Which of the room's tables are append-only."""

from chengxin.storage.guards import Guard

ADMISSIONS = Guard("intake_admission", ("id", "row_id", "record_id", "admitted_at"))
