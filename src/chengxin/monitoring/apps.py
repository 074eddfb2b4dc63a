"""The Django application of this room."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """监测"""

    name = "chengxin.monitoring"
    label = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"
