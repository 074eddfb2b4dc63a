"""The Django application of this room."""

from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    """披露"""

    name = "chengxin.disclosure"
    label = "disclosure"
    default_auto_field = "django.db.models.BigAutoField"
