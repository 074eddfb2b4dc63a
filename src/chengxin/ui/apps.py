"""The Django application of this room."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """设计系统"""

    name = "chengxin.ui"
    label = "ui"
    default_auto_field = "django.db.models.BigAutoField"
