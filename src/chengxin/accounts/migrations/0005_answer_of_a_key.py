"""What a keyed request was answered with, so that the same request gets the same answer."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the answer to the idempotency keys."""

    dependencies = [("accounts", "0004_idempotency_keys_of_a_line")]

    operations = [migrations.AddField("usedkey", "answer", models.TextField(null=True))]
