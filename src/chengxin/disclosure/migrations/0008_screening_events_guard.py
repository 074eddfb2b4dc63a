"""Events of watching are written once."""

from django.db import migrations

from chengxin.disclosure.guards import EVENTS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guard of events up."""

    dependencies = [("disclosure", "0007_screening_watch")]
    operations = [operation(EVENTS)]
