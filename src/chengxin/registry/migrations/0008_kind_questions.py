"""待核定处罚种类: what two people have to settle about a penalty; and why an official opened a person's record."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from chengxin.registry.guards import LOOKED
from chengxin.storage.guards import replacement

PROTECT = django.db.models.deletion.PROTECT
REASONS = [("unclear", "处罚种类不明确"), ("simple", "可能适用简易程序")]
ANSWERS = [("kinds", "核定处罚种类"), ("as_simple", "适用简易程序"), ("stands", "维持原样")]
OFFICER: dict[str, Any] = {"null": True, "on_delete": PROTECT, "related_name": "+", "to": settings.AUTH_USER_MODEL}
TWO_PEOPLE = models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by"))


class Migration(migrations.Migration):
    """Adds the questions, and the reason of a look to what its guard keeps."""

    dependencies = [("registry", "0007_looked_guard"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="KindQuestion",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        on_delete=PROTECT, primary_key=True, related_name="+", serialize=False, to="registry.record"
                    ),
                ),
                ("why", models.CharField(choices=REASONS, max_length=12)),
                ("asked_at", models.DateTimeField()),
                ("answer", models.CharField(blank=True, choices=ANSWERS, default="", max_length=12)),
                ("sealed_proposal", models.BinaryField(null=True)),
                ("proposed_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.ForeignKey(**OFFICER)),
                ("proposed_by", models.ForeignKey(**OFFICER)),
            ],
            options={"verbose_name": "待核定处罚种类"},
        ),
        migrations.AddIndex(
            "kindquestion",
            models.Index(condition=models.Q(decided_at=None), fields=["why", "asked_at"], name="open_kind_questions"),
        ),
        migrations.AddConstraint(
            "kindquestion", models.CheckConstraint(condition=TWO_PEOPLE, name="two_people_settle_a_kind")
        ),
        migrations.AddField("looked", "why", models.CharField(default="source", max_length=12)),
        replacement(LOOKED),
    ]
