"""Rows that wait for a person can be taken back by their source; their question is then closed without an answer."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds who took a row back, and leaves such questions out of the open ones."""

    dependencies = [
        ("intake", "0015_supplied_columns"),
        ("registry", "0012_newest_of_item"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="question",
            name="open_questions",
        ),
        migrations.AddField(
            model_name="question",
            name="retracted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="question",
            name="retracted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="submissionrow",
            name="state",
            field=models.CharField(
                choices=[
                    ("valid", "待入库"),
                    ("admitted", "已入库"),
                    ("returned", "退回"),
                    ("waiting", "待人工判定"),
                    ("duplicate", "已有相同记录"),
                    ("corrected", "已更正入库"),
                    ("withdrawn", "已撤回"),
                    ("mended", "已重报"),
                    ("retracted", "入库前撤回"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                condition=models.Q(("answered_at", None), ("retracted_at", None)),
                fields=["asked_at"],
                name="open_questions",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("retracted_at", None), ("retracted_by", None)),
                    models.Q(("answered_at", None), ("retracted_at__isnull", False), ("retracted_by__isnull", False)),
                    _connector="OR",
                ),
                name="retraction_closes_an_open_question",
            ),
        ),
    ]
