"""Versions are never overwritten or deleted; only the end of knowing is filled in, once."""

from django.db import migrations

from chengxin.registry.guards import RECORDS, VERSIONS_AT_FIRST
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the registry's guards up."""

    dependencies = [("registry", "0001_initial")]
    operations = [operation(RECORDS, VERSIONS_AT_FIRST)]
