"""An answer about a match has a reason, may settle others, and may be taken back with its history kept."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    """Lets a row be asked about again; one question of it stands at a time."""

    dependencies = [
        ("intake", "0012_quality_guards"),
        ("registry", "0009_subject_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="follows",
            field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="intake.question"),
        ),
        migrations.AddField(
            model_name="question",
            name="name_since",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="question",
            name="record",
            field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="registry.record"),
        ),
        migrations.AddField(
            model_name="question",
            name="sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="question",
            name="sealed_undoing",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="question",
            name="undone_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="question",
            name="undone_by",
            field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name="question",
            name="row",
            field=models.ForeignKey(on_delete=PROTECT, related_name="questions", to="intake.submissionrow"),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_at", None), ("undone_by", None)),
                    models.Q(
                        ("answered_at__isnull", False), ("undone_at__isnull", False), ("undone_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="answer_taken_back_has_author",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("row",), name="one_standing_question"
            ),
        ),
    ]
