"""Two indexes of who looked began as two others do; every look of every screening had to write them."""

from django.db import migrations, models

from chengxin.storage.indexes import without_index


def _plain(to: str) -> models.ForeignKey:
    return models.ForeignKey(to, models.PROTECT, null=True, related_name="+", db_index=False)


class Migration(migrations.Migration):
    """Drops the two indexes that were only written."""

    dependencies = [("disclosure", "0009_catalogue_moves")]
    operations = [
        without_index("disclosure", "access", "agency", _plain("accounts.Agency")),
        without_index("disclosure", "access", "subject", _plain("registry.Subject")),
    ]
