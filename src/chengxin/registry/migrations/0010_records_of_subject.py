"""One index finds the records of a subject under an item without reading a record; the plain one was only written."""

from django.db import migrations, models

from chengxin.storage.indexes import without_index


class Migration(migrations.Migration):
    """Adds the wide index first, so that there is always one."""

    dependencies = [("registry", "0009_subject_changes")]
    operations = [
        migrations.AddIndex("record", models.Index(fields=["subject", "item", "id"], name="records_of_subject")),
        without_index(
            "registry",
            "record",
            "subject",
            models.ForeignKey("registry.Subject", models.PROTECT, related_name="records", db_index=False),
        ),
    ]
