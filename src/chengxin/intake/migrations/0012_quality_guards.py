"""Tables filed, points entered and bulletins issued are written once."""

from django.db import migrations

from chengxin.intake.guards import BULLETINS, POINTS, TABLES
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guards of the quality desk up."""

    dependencies = [("intake", "0011_quality")]
    operations = [operation(TABLES), operation(POINTS), operation(BULLETINS)]
