"""What was offered to everybody is written once."""

from django.db import migrations

from chengxin.disclosure.guards import OPEN_EDITIONS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guard of the editions up."""

    dependencies = [("disclosure", "0017_open_data")]
    operations = [operation(OPEN_EDITIONS)]
