"""What is signed about an authorisation after every act."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the table of artefacts."""

    dependencies = [
        ("disclosure", "0018_open_data_guards"),
        ("ledger", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuthorisationArtefact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("asked", "已申请"),
                            ("granted", "已同意"),
                            ("declined", "未同意"),
                            ("used", "已使用"),
                            ("ending", "即将到期"),
                            ("withdrawn", "已撤回"),
                            ("expired", "已到期"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("text", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=88)),
                (
                    "authorisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="disclosure.authorisation"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"),
                ),
            ],
            options={
                "verbose_name": "授权凭证",
                "constraints": [
                    models.UniqueConstraint(fields=("authorisation", "act"), name="one_artefact_per_act"),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="artefact_says_something"
                    ),
                ],
            },
        ),
    ]
