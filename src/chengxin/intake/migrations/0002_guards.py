"""Which row became which record is written once."""

from django.db import migrations

from chengxin.intake.guards import ADMISSIONS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the room's guard up."""

    dependencies = [("intake", "0001_initial")]
    operations = [operation(ADMISSIONS)]
