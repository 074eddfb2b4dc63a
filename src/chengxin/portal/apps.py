"""The Django application of this room."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """信用网站"""

    name = "chengxin.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"
