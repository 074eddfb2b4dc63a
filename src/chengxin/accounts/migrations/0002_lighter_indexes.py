"""A mailbox is found by the index of its newest messages."""

from django.db import migrations, models

from chengxin.storage.indexes import without_index


class Migration(migrations.Migration):
    """Drops the index that only holds what a wider one holds too."""

    dependencies = [("accounts", "0001_initial")]
    operations = [without_index("accounts", "message", "mailbox", models.UUIDField())]
