"""Rows that are sent again unchanged: how they are known, and whose verdict they keep; both written once."""

import django.db.models.deletion
from django.db import migrations, models

from chengxin.intake.guards import CARRIED, DIGESTS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Adds the two tables with their guards."""

    dependencies = [
        ("intake", "0013_answers_taken_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="Carried",
            fields=[
                (
                    "row",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="intake.submissionrow",
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.submissionrow"
                    ),
                ),
            ],
            options={
                "verbose_name": "沿用结论",
            },
        ),
        migrations.CreateModel(
            name="RowDigests",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("shape", models.CharField(max_length=64)),
                ("basis", models.CharField(max_length=64)),
                ("packed", models.BinaryField()),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "报送行摘要",
                "indexes": [models.Index(fields=["shape", "-id"], name="digests_newest_first")],
                "constraints": [models.UniqueConstraint(fields=("submission", "number"), name="one_piece_of_digests")],
            },
        ),
        operation(DIGESTS, CARRIED),
    ]
