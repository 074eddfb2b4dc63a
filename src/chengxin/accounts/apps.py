"""The Django application of this room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """单位与用户"""

    name = "chengxin.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
