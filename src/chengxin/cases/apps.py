"""The Django application of this room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """办件"""

    name = "chengxin.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
