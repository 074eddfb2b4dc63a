"""Which of the room's tables are append-only."""

from chengxin.storage.guards import Guard

ADMISSIONS = Guard("intake_admission", ("id", "row_id", "record_id", "admitted_at"))
DIGESTS = Guard("intake_rowdigests", ("id", "submission_id", "number", "shape", "basis", "packed"))
CARRIED = Guard("intake_carried", ("row_id", "kept_id"))
RECURRENCES = Guard("intake_recurrence", ("id", "row_id", "record_id"))
MENDINGS = Guard("intake_mending", ("id", "row_id", "root_id", "submission_id", "row_no", "changed"))
CORRECTIONS = Guard(
    "intake_correction",
    ("id", "record_id", "number", "row_id", "agency_id", "made_by_id", "made_at", "fields", "fingerprint", "sealed"),
)
_WITHDRAWN = ("id", "record_id", "number", "agency_id", "made_by_id", "made_at", "reason", "decided_on", "due_on")
WITHDRAWALS = Guard(
    "intake_withdrawal",
    (*_WITHDRAWN, "derivation", "days_late", "sealed", "undone_at", "undone_by_id"),
    open_columns=("undone_at", "undone_by_id"),
)
_MAPPING = (
    "id",
    "agency_id",
    "item_id",
    "layout",
    "signature",
    "headings",
    "mapping",
    "proposed",
    "version",
    "restores",
)
_WITHDRAWN_MAPPING = ("withdrawn_by_id", "withdrawn_at")
# As the table stood before columns that a file does not have could be filled.
MAPPINGS_AT_FIRST = Guard(
    "intake_columnmapping",
    (*_MAPPING, "confirmed_by_id", "confirmed_at", *_WITHDRAWN_MAPPING),
    open_columns=_WITHDRAWN_MAPPING,
)
MAPPINGS = Guard(
    "intake_columnmapping",
    (*_MAPPING, "supplied", "confirmed_by_id", "confirmed_at", *_WITHDRAWN_MAPPING),
    open_columns=_WITHDRAWN_MAPPING,
)
TABLES = Guard("intake_monthlytable", ("id", "agency_id", "month", "figures", "filed_by_id", "filed_at"))
POINTS = Guard(
    "intake_handpoint", ("id", "agency_id", "month", "criterion", "points", "reason", "entered_by_id", "entered_at")
)
BULLETINS = Guard(
    "intake_bulletin",
    ("id", "month", "edition", "number", "body", "table", "sha256", "issued_by_id", "issued_at", "entry_id"),
)
