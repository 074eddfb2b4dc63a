"""The whole set given anew, what a recipient holds, what it must delete, and hits and watches that wait."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes the tables of sharing and screening that the desks were missing."""

    dependencies = [
        ("accounts", "0004_idempotency_keys_of_a_line"),
        ("cases", "0006_outbox_guards"),
        ("disclosure", "0021_second_persons"),
        ("ledger", "0002_guards"),
        ("registry", "0012_newest_of_item"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="screeningevent",
            name="kind",
            field=models.CharField(
                choices=[("struck", "命中"), ("changed", "变化"), ("cleared", "解除"), ("filed", "建档")], max_length=10
            ),
        ),
        migrations.CreateModel(
            name="Deletion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("through", models.DateField()),
                ("at", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "到期删除",
            },
        ),
        migrations.CreateModel(
            name="DeletionDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField()),
                ("late", models.PositiveIntegerField()),
                ("since", models.DateField()),
            ],
            options={
                "verbose_name": "到期待删",
            },
        ),
        migrations.CreateModel(
            name="HeldSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("number", models.BigIntegerField()),
                ("count", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("agrees", models.BooleanField()),
            ],
            options={
                "verbose_name": "持有核对",
            },
        ),
        migrations.CreateModel(
            name="PendingWatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject_kind", models.CharField(max_length=20)),
                ("code_kind", models.CharField(max_length=20)),
                ("code", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, default="", max_length=64)),
                ("matter", models.CharField(max_length=60)),
                ("matter_no", models.CharField(max_length=80)),
                ("statute", models.CharField(max_length=400)),
                ("since", models.DateTimeField()),
                ("until", models.DateField()),
            ],
            options={
                "verbose_name": "待建档监测",
            },
        ),
        migrations.CreateModel(
            name="ScreeningReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "反馈催办",
            },
        ),
        migrations.CreateModel(
            name="SnapshotPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("number", models.BigIntegerField()),
                ("bucket", models.CharField(blank=True, default="", max_length=2)),
                ("after", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "全量页",
            },
        ),
        migrations.AddField(
            model_name="receipt",
            name="verified_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="delta",
            index=models.Index(
                condition=models.Q(("kind", "withdraw")), fields=["record", "number"], name="withdrawals"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("verified_at__isnull", True), ("applied_at__isnull", False), _connector="OR"),
                name="verified_was_applied",
            ),
        ),
        migrations.AddField(
            model_name="deletion",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deletion",
            name="entry",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"),
        ),
        migrations.AddField(
            model_name="deletion",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="disclosure.recipient"
            ),
        ),
        migrations.AddField(
            model_name="deletiondue",
            name="notice",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.notice"
            ),
        ),
        migrations.AddField(
            model_name="deletiondue",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="disclosure.recipient"
            ),
        ),
        migrations.AddField(
            model_name="heldset",
            name="entry",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"),
        ),
        migrations.AddField(
            model_name="heldset",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="disclosure.recipient"
            ),
        ),
        migrations.AddField(
            model_name="pendingwatch",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="pendingwatch",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.agency"
            ),
        ),
        migrations.AddField(
            model_name="screeningreminder",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.agency"
            ),
        ),
        migrations.AddField(
            model_name="screeningreminder",
            name="notice",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.notice"),
        ),
        migrations.AddField(
            model_name="snapshotpage",
            name="entry",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"),
        ),
        migrations.AddField(
            model_name="snapshotpage",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="disclosure.recipient"
            ),
        ),
        migrations.AddIndex(
            model_name="deletion",
            index=models.Index(fields=["recipient", "-through"], name="deletions_of_recipient"),
        ),
        migrations.AddConstraint(
            model_name="deletiondue",
            constraint=models.UniqueConstraint(fields=("recipient", "day"), name="deletion_counted_once_a_day"),
        ),
        migrations.AddIndex(
            model_name="heldset",
            index=models.Index(fields=["recipient", "-at"], name="held_sets_of_recipient"),
        ),
        migrations.AddConstraint(
            model_name="pendingwatch",
            constraint=models.UniqueConstraint(
                fields=("agency", "matter", "matter_no", "code_kind", "code", "name"), name="one_pending_watch"
            ),
        ),
        migrations.AddConstraint(
            model_name="screeningreminder",
            constraint=models.UniqueConstraint(fields=("agency", "day"), name="reminded_of_feedback_once_a_day"),
        ),
        migrations.AddIndex(
            model_name="snapshotpage",
            index=models.Index(fields=["recipient", "-at"], name="snapshots_of_recipient"),
        ),
    ]
