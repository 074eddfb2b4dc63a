"""The Django application of this room."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """归集"""

    name = "chengxin.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"
