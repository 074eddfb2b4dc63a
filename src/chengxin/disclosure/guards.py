"""Which of this room's tables are append-only."""

from chengxin.storage.guards import Guard

ACCESSES = Guard(
    "disclosure_access",
    (
        *("id", "entry_id", "at", "actor_id", "agency_id", "actor_role", "purpose", "basis_kind", "basis_ref"),
        *("matter_no", "subject_id", "outcome", "reason_code", "item_codes", "fields", "shown", "record_count"),
        *("visible_from", "withheld_basis"),
    ),
)
AUTHORISATIONS = Guard(
    "disclosure_authorisation",
    (
        *("id", "subject_id", "grantee_id", "purpose", "item_codes", "days", "once", "text_version", "digest"),
        *("asked_by_id", "asked_at", "since", "granted_by_id", "granted_at", "declined_at", "withdrawn_at", "used_at"),
    ),
    open_columns=("since", "granted_by_id", "granted_at", "declined_at", "withdrawn_at", "used_at"),
)
DELTAS = Guard("disclosure_delta", ("number", "record_id", "version_id", "kind", "at"))
RECEIPTS = Guard(
    "disclosure_receipt",
    ("id", "recipient_id", "delta_id", "given_at", "received_at", "applied_at"),
    open_columns=("received_at", "applied_at"),
)
# The same table since receipts are verified, too; the guard above stands in a migration older than that column.
VERIFIED_RECEIPTS = Guard(
    RECEIPTS.table, (*RECEIPTS.columns, "verified_at"), open_columns=(*RECEIPTS.open_columns, "verified_at")
)
REPORTS = Guard(
    "disclosure_report",
    (
        *("number", "subject_id", "kind", "purpose", "requested_by_id", "access_id", "made_at", "digest"),
        *("versions_digest", "verify_code"),
    ),
)
HITS = Guard(
    "disclosure_screeninghit",
    ("id", "access_id", "agency_id", "matter", "matter_no", "record_id", "measure_id", "at", "due_on", "reminded_at"),
    open_columns=("reminded_at",),
)
FEEDBACK = Guard(
    "disclosure_screeningfeedback", ("hit_id", "applied", "reason", "amount_fen", "by_id", "at", "entry_id")
)
EVENTS = Guard("disclosure_screeningevent", ("id", "agency_id", "number", "watch_id", "access_id", "kind", "at"))
REPORT_PAPERS = Guard(
    "disclosure_reportpaper",
    ("report_id", "form", "since", "until", "domains", "entry_id", "sealed", "keep_until"),
    blanked_columns=("sealed",),
)
REPORT_FILES = Guard("disclosure_reportfile", ("sha256", "report_id", "at"))
REPORT_WITHDRAWALS = Guard("disclosure_reportwithdrawal", ("report_id", "reason", "by_id", "at", "entry_id"))
REPORT_CHECKS = Guard("disclosure_reportcheck", ("id", "report_id", "at", "entry_id"))
PORTABLE = Guard(
    "disclosure_portablereport",
    (
        *("id", "subject_id", "access_id", "issued_by_id", "issued_at", "expires_at", "list_no", "position", "own_key"),
        *("digest", "as_of", "nothing", "entry_id", "sealed", "superseded_at", "withdrawn_at", "withdrawn_by_id"),
    ),
    open_columns=("superseded_at", "withdrawn_at", "withdrawn_by_id"),
    blanked_columns=("sealed",),
)
PORTABLE_CONTENTS = Guard("disclosure_portablecontent", ("id", "report_id", "record_id", "version_id", "marks"))
PORTABLE_SHOWINGS = Guard(
    "disclosure_portableshowing", ("id", "report_id", "by_id", "at", "until", "shown", "sealed", "entry_id")
)
PROTECTIONS = Guard(
    "disclosure_protectedsubject",
    ("id", "subject_id", "ground", "by_id", "at", "lifted_at"),
    open_columns=("lifted_at",),
)
APPROVALS = Guard(
    "disclosure_enquiryapproval",
    (
        *("id", "kind", "agency_id", "purpose", "subject_id", "digest", "shown", "asked_by_id", "asked_at"),
        *("expires_on", "decided_by_id", "decided_at", "approved", "used_at"),
    ),
    open_columns=("decided_by_id", "decided_at", "approved", "used_at"),
)
ORDERS_AT_FIRST = Guard(
    "disclosure_enquiryorder",
    (
        *("id", "agency_id", "purpose", "statute", "matter_no", "subject_kind", "code_kind", "reason", "lines"),
        *("digest", "asked_by_id", "asked_at", "expires_on", "decided_by_id", "decided_at", "approved", "taken_at"),
    ),
    open_columns=("decided_by_id", "decided_at", "approved", "taken_at"),
)
ORDERS = Guard(ORDERS_AT_FIRST.table, (*ORDERS_AT_FIRST.columns, "matter"), ORDERS_AT_FIRST.open_columns)
PROTECTION_CHANGES = Guard(
    "disclosure_protectionchange",
    (*("id", "act", "subject_id", "ground", "asked_by_id", "asked_at", "decided_by_id", "decided_at", "approved"),),
    open_columns=("decided_by_id", "decided_at", "approved"),
)
OPEN_EDITIONS = Guard(
    "disclosure_openedition",
    (
        *("number", "day", "made_at", "size", "marks", "catalogue", "rows", "manifest", "signature"),
        "entry_id",
    ),
)
AUTHORISATION_ARTEFACTS = Guard(
    "disclosure_authorisationartefact",
    ("id", "authorisation_id", "act", "at", "text", "sha256", "signature", "entry_id"),
)
REPORT_BATCH_APPROVALS = Guard(
    "disclosure_reportbatchapproval",
    ("batch_id", "reason", "digest", "asked_by_id", "expires_on", "decided_by_id", "decided_at", "approved"),
    open_columns=("decided_by_id", "decided_at", "approved"),
)
SNAPSHOT_PAGES = Guard(
    "disclosure_snapshotpage", ("id", "recipient_id", "at", "number", "bucket", "after", "last", "count", "entry_id")
)
HELD_SETS = Guard("disclosure_heldset", ("id", "recipient_id", "at", "number", "count", "sha256", "agrees", "entry_id"))
DELETIONS = Guard("disclosure_deletion", ("id", "recipient_id", "through", "at", "count", "by_id", "entry_id"))
SCREENING_REMINDERS = Guard("disclosure_screeningreminder", ("id", "agency_id", "day", "count", "notice_id"))
