"""The Django application of this room."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """目录"""

    name = "chengxin.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
