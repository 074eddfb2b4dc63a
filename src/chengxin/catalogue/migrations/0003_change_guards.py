"""Steps of changes are written once."""

from django.db import migrations

from chengxin.catalogue.guards import STEPS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guard of the steps up."""

    dependencies = [("catalogue", "0002_changes")]
    operations = [operation(STEPS)]
