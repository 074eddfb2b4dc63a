"""What was given, held and deleted is written once; the guard of receipts knows when a receipt was verified."""

from django.db import migrations

from chengxin.disclosure.guards import DELETIONS, HELD_SETS, SCREENING_REMINDERS, SNAPSHOT_PAGES, VERIFIED_RECEIPTS
from chengxin.storage.guards import operation, replacement


class Migration(migrations.Migration):
    """Puts the guards of sharing up."""

    dependencies = [("disclosure", "0022_sharing")]
    operations = [
        replacement(VERIFIED_RECEIPTS),
        operation(SNAPSHOT_PAGES, HELD_SETS, DELETIONS, SCREENING_REMINDERS),
    ]
