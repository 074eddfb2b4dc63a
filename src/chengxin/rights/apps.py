"""The Django application of this room."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """权益保护"""

    name = "chengxin.rights"
    label = "rights"
    default_auto_field = "django.db.models.BigAutoField"
