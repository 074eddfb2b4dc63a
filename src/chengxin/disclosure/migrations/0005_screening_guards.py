"""Hits and feedback are written once; the guard of reads is put up again, for altering a table on SQLite drops it."""

from django.db import migrations

from chengxin.disclosure.guards import ACCESSES, FEEDBACK, HITS
from chengxin.storage.guards import operation, replacement


class Migration(migrations.Migration):
    """Puts the guards of screening up."""

    dependencies = [("disclosure", "0004_screening")]
    operations = [replacement(ACCESSES), operation(HITS, FEEDBACK)]
