"""The Django application of this room."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """信用监管"""

    name = "chengxin.supervision"
    label = "supervision"
    default_auto_field = "django.db.models.BigAutoField"
