"""What a restoration did, and who read a case, stays written as it was."""

from __future__ import annotations

from django.db import migrations

from chengxin.storage.guards import Guard, operation

READING = ("id", "case_id", "reader_id", "at", "entry_id")
EFFECT = ("id", "case_id", "kind", "started_at", "done_at", "receipt", "entry_id")


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]

    operations = [operation(Guard("rights_effect", EFFECT), Guard("rights_reading", READING))]
