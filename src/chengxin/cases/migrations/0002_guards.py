"""What happened in a case is never rewritten: events, documents and notices are append-only in the database itself."""

from __future__ import annotations

from django.db import migrations

from chengxin.storage.guards import Guard, operation

EVENT = (
    "id", "case_id", "seq", "action", "source", "target", "actor_id", "role", "at", "sealed_note", "data", "entry_id",
)  # fmt: skip
DEADLINE = ("id", "case_id", "key", "started_on", "due_on", "derivation", "set_at", "met_at", "superseded_at")
DOCUMENT = ("id", "case_id", "kind", "number", "title", "sealed_body", "sha256", "issued_by_id", "issued_at")
NOTICE = ("id", "case_id", "mailbox", "kind", "title", "sha256", "served_at", "message_id")


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        operation(
            Guard("cases_caseevent", EVENT),
            Guard("cases_deadline", DEADLINE, open_columns=("met_at", "superseded_at")),
            Guard("cases_document", DOCUMENT),
            Guard("cases_notice", NOTICE),
        )
    ]
