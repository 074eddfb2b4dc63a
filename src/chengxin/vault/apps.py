"""The Django application of this room."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """密钥"""

    name = "chengxin.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"
