"""The Django application of this room."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """管理后台"""

    name = "chengxin.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"
