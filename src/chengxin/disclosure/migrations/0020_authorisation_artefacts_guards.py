"""What was signed about an authorisation is written once."""

from django.db import migrations

from chengxin.disclosure.guards import AUTHORISATION_ARTEFACTS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guard of the artefacts up."""

    dependencies = [("disclosure", "0019_authorisation_artefacts")]
    operations = [operation(AUTHORISATION_ARTEFACTS)]
