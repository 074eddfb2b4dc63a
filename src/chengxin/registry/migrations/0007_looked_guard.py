"""A look is written once."""

from django.db import migrations

from chengxin.storage.guards import Guard, operation

LOOKED = Guard("registry_looked", ("id", "record_id", "subject_id", "actor_id", "agency_id", "role", "at", "entry_id"))


class Migration(migrations.Migration):
    """Puts the guard of the looks up."""

    dependencies = [("registry", "0006_looked")]
    operations = [operation(LOOKED)]
