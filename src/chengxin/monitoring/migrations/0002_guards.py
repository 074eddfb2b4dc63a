"""Steps, audit looks, judged days, probes and reminders are written once."""

from django.db import migrations

from chengxin.monitoring.guards import AUDIT_LOOKS, JUDGED_DAYS, PROBES, REMINDERS, STEPS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts this room's guards up."""

    dependencies = [("monitoring", "0001_initial")]
    operations = [operation(JUDGED_DAYS, STEPS, AUDIT_LOOKS, PROBES, REMINDERS)]
