"""A look is written once."""

from django.db import migrations

from chengxin.registry.guards import LOOKED
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guard of the looks up."""

    dependencies = [("registry", "0006_looked")]
    operations = [operation(LOOKED)]
