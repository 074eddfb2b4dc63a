"""What a source did to its records is written once."""

from django.db import migrations

from chengxin.intake.guards import CORRECTIONS, RECURRENCES, WITHDRAWALS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guards of the row lifecycle up."""

    dependencies = [("intake", "0003_lifecycle")]
    operations = [operation(RECURRENCES, CORRECTIONS, WITHDRAWALS)]
