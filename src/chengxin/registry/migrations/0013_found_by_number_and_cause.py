"""A record is found by the number of its decision, and what was put right by its cause, however much there is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the two partial indexes."""

    dependencies = [
        ("ledger", "0002_guards"),
        ("registry", "0012_newest_of_item"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="recordversion",
            index=models.Index(
                condition=models.Q(("known_until", None), models.Q(("document_no", ""), _negated=True)),
                fields=["document_no"],
                name="present_by_number",
            ),
        ),
        migrations.AddIndex(
            model_name="recordversion",
            index=models.Index(
                condition=models.Q(("cause__in", ["corrected", "deleted"])),
                fields=["cause", "record"],
                name="put_right_by_cause",
            ),
        ),
    ]
