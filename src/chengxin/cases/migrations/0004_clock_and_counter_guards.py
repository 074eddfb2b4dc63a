"""Pauses, extensions, query codes and visits to the counter: what was written stays; only an open end may be closed."""

from __future__ import annotations

from django.db import migrations

from chengxin.storage.guards import Guard, operation

PAUSE = ("id", "case_id", "reason", "since", "until", "started_at", "started_by_id", "ended_at")
EXTENSION = (
    "id", "case_id", "key", "law_key", "started_on", "reason", "sealed_note", "asked_by_id", "asked_at",
    "answered_by_id", "answered_at", "approved",
)  # fmt: skip
CODE = ("id", "case_id", "code_index", "issued_by_id", "issued_at", "replaced_at")
VISIT = (
    "id", "number", "subject_ref", "applicant_id", "officer_id", "consent_version", "started_at", "ends_at", "entry_id",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_clock_and_counter")]

    operations = [
        operation(
            Guard("cases_pause", PAUSE, open_columns=("until", "ended_at")),
            Guard("cases_extension", EXTENSION, open_columns=("answered_by_id", "answered_at", "approved")),
            Guard("cases_querycode", CODE, open_columns=("replaced_at",)),
            Guard("cases_countervisit", VISIT),
        )
    ]
