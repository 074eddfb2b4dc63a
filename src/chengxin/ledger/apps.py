"""The Django application of this room."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """存证"""

    name = "chengxin.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
