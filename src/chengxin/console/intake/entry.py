"""Who may open a page of this desk."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import get_language

from chengxin.accounts.policies import NotPermitted, check_may
from chengxin.accounts.roles import Permission


def enter(user: Any, permission: Permission, region: str | None = None) -> None:
    """Answer with the page “not permitted” and its reason unless the user holds a permission, for a region if given."""
    try:
        check_may(user, permission, region)
    except NotPermitted as refusal:
        raise PermissionDenied(refusal.in_language(get_language() or "")) from refusal
