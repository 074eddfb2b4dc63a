"""A confirmed mapping of columns is written once; only its withdrawal may be added."""

from django.db import migrations

from chengxin.intake.guards import MAPPINGS_AT_FIRST
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guard of the mappings up."""

    dependencies = [("intake", "0007_mapping")]
    operations = [operation(MAPPINGS_AT_FIRST)]
