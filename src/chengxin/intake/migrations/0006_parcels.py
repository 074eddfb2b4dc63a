"""Rows on their way to the registry lie in parcels; the rows of a submission need one index less."""

from django.db import migrations, models

from chengxin.storage.indexes import without_index


class Migration(migrations.Migration):
    """Makes the table of parcels and drops the index that only holds what a wider one holds too."""

    dependencies = [("intake", "0005_exchange")]
    operations = [
        without_index(
            "intake",
            "submissionrow",
            "submission",
            models.ForeignKey("intake.Submission", models.PROTECT, related_name="rows", db_index=False),
        ),
        migrations.CreateModel(
            name="Parcel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("rows", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "submission",
                    models.ForeignKey("intake.Submission", models.PROTECT, related_name="+", db_index=False),
                ),
            ],
            options={
                "verbose_name": "待入库分包",
                "constraints": [models.UniqueConstraint(fields=("submission", "number"), name="one_parcel_per_number")],
            },
        ),
    ]
