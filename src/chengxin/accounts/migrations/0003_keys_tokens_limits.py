"""Keys, short tokens and limits of API clients; idempotency keys outlive the renewal of a token."""

import uuid

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def lines(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Every client there is begins a line of its own, and its idempotency keys go with it."""
    apps.get_model("accounts", "ApiClient").objects.update(line=models.F("id"))
    apps.get_model("accounts", "UsedKey").objects.update(line=models.F("client_id"))


class Migration(migrations.Migration):
    """Adds the tables, then the lines; data and constraints are steps of their own for PostgreSQL."""

    dependencies = [("accounts", "0002_lighter_indexes")]
    operations = [
        migrations.AddField("apiclient", "line", models.UUIDField(db_index=True, default=uuid.uuid4)),
        migrations.AddField("apiclient", "key_only", models.BooleanField(default=False)),
        migrations.AddField("apiclient", "per_minute", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField("usedkey", "line", models.UUIDField(default=uuid.uuid4)),
        migrations.RunPython(lines, migrations.RunPython.noop),
        migrations.CreateModel(
            "AccessToken",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("purposes", models.JSONField()),
                ("certificate", models.CharField(blank=True, default="", max_length=43)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.apiclient"
                    ),
                ),
            ],
            options={"verbose_name": "访问令牌"},
        ),
        migrations.CreateModel(
            "ClientKey",
            [
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("line", models.UUIDField()),
                ("kid", models.CharField(max_length=64)),
                ("algorithm", models.CharField(max_length=10)),
                ("jwk", models.JSONField()),
                ("thumbprint", models.CharField(max_length=43, unique=True)),
                ("registered_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"verbose_name": "接口客户端公钥"},
        ),
        migrations.CreateModel(
            "RateWindow",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("caller", models.CharField(max_length=64, unique=True)),
                ("window", models.BigIntegerField(db_index=True)),
                ("drawn", models.PositiveIntegerField()),
            ],
            options={"verbose_name": "限次窗口"},
        ),
        migrations.CreateModel(
            "UsedAssertion",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.UUIDField()),
                ("jti", models.CharField(max_length=64)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={"verbose_name": "用过的签名断言"},
        ),
        migrations.AddConstraint(
            "clientkey",
            models.UniqueConstraint(fields=("line", "kid"), name="one_key_per_kid_of_a_client"),
        ),
        migrations.AddConstraint(
            "usedassertion", models.UniqueConstraint(fields=("line", "jti"), name="one_use_per_assertion")
        ),
    ]
