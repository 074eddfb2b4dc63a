"""Reads, authorisations, deltas, receipts and reports are written once; only later moments are filled in, once each."""

from django.db import migrations

from chengxin.disclosure.guards import ACCESSES, AUTHORISATIONS, DELTAS, RECEIPTS, REPORTS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts this room's guards up."""

    dependencies = [("disclosure", "0001_initial")]
    operations = [operation(ACCESSES, AUTHORISATIONS, DELTAS, RECEIPTS, REPORTS)]
