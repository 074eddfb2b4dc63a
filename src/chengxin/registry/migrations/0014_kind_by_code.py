"""A table without a column for the kind used to register individual businesses as organisations; their codes tell."""

from typing import Any

from django.db import migrations


def correct(apps: Any, editor: Any) -> None:
    """Give the files whose code begins with 92 their kind."""
    subjects = apps.get_model("registry", "Subject").objects.using(editor.connection.alias)
    wrong = subjects.filter(kind="organisation", organisation__uscc__startswith="92")
    wrong.update(kind="individual_business")


class Migration(migrations.Migration):
    """Changes no table."""

    dependencies = [("registry", "0013_found_by_number_and_cause")]
    operations = [migrations.RunPython(correct, migrations.RunPython.noop, elidable=True)]
