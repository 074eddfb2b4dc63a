"""What a restoration did stays written as it was done."""

from __future__ import annotations

from django.db import migrations

from chengxin.storage.guards import Guard, operation

EFFECT = ("id", "case_id", "kind", "started_at", "done_at", "receipt", "entry_id")


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]

    operations = [operation(Guard("rights_effect", EFFECT))]
