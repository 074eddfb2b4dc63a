"""An erasure may blank the sealed fields of a version, once and for good; agents are new capacities."""

from django.db import migrations, models

from chengxin.registry.guards import VERSIONS_AT_FIRST
from chengxin.registry.models import Cause, Mandate
from chengxin.storage.guards import replacement


class Migration(migrations.Migration):
    """Widens two lists of words and lets the sealed column be emptied."""

    dependencies = [("registry", "0002_guards")]
    operations = [
        migrations.AlterField("recordversion", "cause", models.CharField(max_length=20, choices=Cause.choices)),
        migrations.AlterField("mandate", "capacity", models.CharField(max_length=20, choices=Mandate.CAPACITIES)),
        replacement(VERSIONS_AT_FIRST),
    ]
