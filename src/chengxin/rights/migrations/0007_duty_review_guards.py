"""That a confirmation was taken back stays written; its reason may be blanked by an erasure."""

from __future__ import annotations

from django.db import migrations

from chengxin.storage.guards import Guard, operation

REVISION = ("id", "duty_id", "kind", "performed_on", "sealed_reason", "by_id", "at", "entry_id")


class Migration(migrations.Migration):
    """Puts the guard of the revisions up."""

    dependencies = [("rights", "0006_duty_review")]
    operations = [operation(Guard("rights_dutyrevision", REVISION, blanked_columns=("sealed_reason",)))]
