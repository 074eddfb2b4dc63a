"""A version may have several deltas; the guard of deltas is put up again, for altering a table on SQLite drops it."""

import django.db.models.deletion
from django.db import migrations, models

from chengxin.disclosure.guards import DELTAS
from chengxin.storage.guards import replacement


class Migration(migrations.Migration):
    """Lets the feed follow the catalogue."""

    dependencies = [
        ("disclosure", "0008_screening_events_guard"),
        ("registry", "0009_subject_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="feedstate",
            name="catalogue",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="delta",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.recordversion"
            ),
        ),
        replacement(DELTAS),
    ]
