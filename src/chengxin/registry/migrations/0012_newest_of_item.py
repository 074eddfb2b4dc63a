"""One index finds the newest records of an item, which the open lists show a page at a time; the plain one goes."""

from django.db import migrations, models

from chengxin.storage.indexes import without_index


class Migration(migrations.Migration):
    """Adds the wide index first, so that there is always one."""

    dependencies = [("registry", "0011_derivations")]
    operations = [
        migrations.AddIndex("record", models.Index(fields=["item", "-admitted_at", "-id"], name="newest_of_item")),
        without_index(
            "registry",
            "record",
            "item",
            models.ForeignKey("catalogue.ItemVersion", models.PROTECT, related_name="+", db_index=False),
        ),
    ]
