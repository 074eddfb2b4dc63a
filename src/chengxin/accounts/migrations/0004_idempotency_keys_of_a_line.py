"""An idempotency key stands for one request of a line of clients, whichever token it came with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Swaps the constraint once the lines are filled in."""

    dependencies = [("accounts", "0003_keys_tokens_limits")]
    operations = [
        migrations.RemoveConstraint("usedkey", "one_request_per_key"),
        migrations.AddConstraint(
            "usedkey", models.UniqueConstraint(fields=("line", "key"), name="one_request_per_key_of_a_line")
        ),
    ]
