"""Comments are written once, and so are their answers."""

from django.db import migrations

from chengxin.catalogue.guards import COMMENTS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guard of the comments up."""

    dependencies = [("catalogue", "0004_comments")]
    operations = [operation(COMMENTS)]
