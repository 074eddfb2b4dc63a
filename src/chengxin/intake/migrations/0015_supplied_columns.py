"""A mapping may fill columns that a file lacks; its guard goes up again, for altering a table on SQLite drops it."""

from django.db import migrations, models

from chengxin.intake.guards import MAPPINGS, MAPPINGS_AT_FIRST
from chengxin.storage.guards import operation, taken_down


class Migration(migrations.Migration):
    """Adds the ways that were confirmed to each version of a mapping."""

    dependencies = [("intake", "0014_rows_sent_again")]

    operations = [
        taken_down(MAPPINGS_AT_FIRST),
        migrations.AddField(model_name="columnmapping", name="supplied", field=models.JSONField(default=dict)),
        operation(MAPPINGS),
    ]
