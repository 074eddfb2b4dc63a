"""The Django application of this room."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """信用档案"""

    name = "chengxin.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"
