"""Portable reports, what they hold and how they were shown are written once; content may only be blanked."""

from django.db import migrations

from chengxin.disclosure.guards import PORTABLE, PORTABLE_CONTENTS, PORTABLE_SHOWINGS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guards of portable reports up."""

    dependencies = [("disclosure", "0013_portable")]
    operations = [operation(PORTABLE, PORTABLE_CONTENTS, PORTABLE_SHOWINGS)]
