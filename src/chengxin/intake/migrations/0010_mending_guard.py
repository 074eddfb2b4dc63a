"""What was mended is written once."""

from django.db import migrations

from chengxin.intake.guards import MENDINGS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guard of the mendings up."""

    dependencies = [("intake", "0009_uploads_and_mending")]
    operations = [operation(MENDINGS)]
