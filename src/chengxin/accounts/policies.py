"""Who may act. The state of the thing acted on is judged elsewhere: who is not when."""

from __future__ import annotations

from chengxin.accounts import selectors
from chengxin.accounts.models import User
from chengxin.accounts.roles import PERMISSION_NAMES, Permission
from chengxin.rules.errors import Refusal
from chengxin.rules.reach import reaches


class NotPermitted(Refusal):
    """The actor lacks a permission, or holds it for another region only."""

    code = "not_permitted"


def check_may(actor: User, permission: Permission, region: str | None = None) -> None:
    """Raise :class:`NotPermitted` unless the actor holds the permission for the region.

    ``None`` asks for any region: for entering a desk, never for an object. What has no region is ``reach.WHOLE``.
    """
    held = selectors.regions_where(actor, permission) if actor.is_active else frozenset()
    if any(region is None or reaches(scope, region) for scope in held):
        return
    zh, en = PERMISSION_NAMES[permission]
    raise NotPermitted(
        f"您没有“{zh}”的权限，或该权限不含此地区；请联系本单位管理员。",
        f"You do not hold the permission “{en}” here; ask your unit's administrator.",
        permission=permission.value,
    )


def can_may(actor: User, permission: Permission, region: str | None = None) -> bool:
    """Tell whether :func:`check_may` would pass."""
    try:
        check_may(actor, permission, region)
    except NotPermitted:
        return False
    return True
