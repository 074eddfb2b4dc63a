"""Four indexes began with the record of a version; the two that are unique find everything the others found."""

from django.db import migrations, models

from chengxin.storage.indexes import without_index


class Migration(migrations.Migration):
    """Drops the two indexes that were only written."""

    dependencies = [("registry", "0004_hidden_for_a_time")]
    operations = [
        migrations.RemoveIndex("recordversion", "present_version"),
        without_index(
            "registry",
            "recordversion",
            "record",
            models.ForeignKey("registry.Record", models.PROTECT, related_name="versions", db_index=False),
        ),
    ]
