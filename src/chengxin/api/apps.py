"""The Django application of this room."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """服务接口"""

    name = "chengxin.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
