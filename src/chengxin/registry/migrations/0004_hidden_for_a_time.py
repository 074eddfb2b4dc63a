"""A record may be hidden for a time: while its objection is overdue, or while a reorganisation plan is performed."""

from django.db import migrations, models

from chengxin.registry.models import Cause


class Migration(migrations.Migration):
    """Widens the list of causes."""

    dependencies = [("registry", "0003_erasure")]
    operations = [
        migrations.AlterField("recordversion", "cause", models.CharField(max_length=20, choices=Cause.choices)),
    ]
