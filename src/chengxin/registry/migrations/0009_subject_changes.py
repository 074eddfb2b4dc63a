"""Names that a person judged, files that were merged or split, and the file that stands for another one."""

import uuid

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import PROTECT

from chengxin.registry.guards import MOVES, NAME_CHANGES, SUBJECT_CHANGES
from chengxin.registry.models import Cause, SubjectChange
from chengxin.storage.guards import operation

_ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _to(model: str, *, null: bool = False) -> models.Field:
    return models.ForeignKey(model, null=null, on_delete=PROTECT, related_name="+")


class Migration(migrations.Migration):
    """Adds the three tables with their guards, the forwarding, and three causes of a version."""

    dependencies = [
        ("registry", "0008_kind_questions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterField("recordversion", "cause", models.CharField(max_length=20, choices=Cause.choices)),
        migrations.AddField("subject", "forwarded_to", _to("registry.subject", null=True)),
        migrations.AddConstraint(
            "subject",
            models.CheckConstraint(
                condition=Q(forwarded_to=None) | ~Q(forwarded_to=F("id")), name="no_file_stands_for_itself"
            ),
        ),
        migrations.CreateModel(
            "NameChange",
            [
                ("id", _ID),
                ("subject", _to("registry.subject")),
                ("sealed", models.BinaryField()),
                ("since", models.DateField()),
                ("ref", models.CharField(max_length=80, unique=True)),
                ("made_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={"verbose_name": "名称判定"},
        ),
        migrations.CreateModel(
            "SubjectChange",
            [
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=SubjectChange.Kind.choices, max_length=6)),
                ("source", _to("registry.subject")),
                ("target", _to("registry.subject")),
                ("records", models.JSONField(default=list)),
                ("sealed", models.BinaryField()),
                ("proposed_by", _to(settings.AUTH_USER_MODEL)),
                ("proposed_at", models.DateTimeField()),
                ("approved", models.BooleanField(null=True)),
                ("decided_by", _to(settings.AUTH_USER_MODEL, null=True)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "主体变更",
                "constraints": SubjectChange._meta.constraints,
            },
        ),
        migrations.CreateModel(
            "RecordMove",
            [
                ("id", _ID),
                ("change", _to("registry.subjectchange")),
                ("old", _to("registry.record")),
                ("new", _to("registry.record")),
                ("moved_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "记录转移",
                "constraints": [models.UniqueConstraint(fields=["change", "old"], name="one_move_per_change")],
            },
        ),
        operation(NAME_CHANGES, SUBJECT_CHANGES, MOVES),
    ]
