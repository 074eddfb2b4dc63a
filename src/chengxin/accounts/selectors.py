"""Reading agencies, roles and inboxes."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from chengxin.accounts.models import Agency, Message, RoleAssignment, User
from chengxin.accounts.roles import PERMISSIONS, Permission, Role
from chengxin.rules.reach import stem
from chengxin.storage import statements

_ROLES = {role.value: role for role in Role}


def roles_of(user: User) -> frozenset[Role]:
    """Return every role the user holds anywhere. Every enquiry asks this, hence the hand-written SQL."""
    key = user.pk if connection.features.has_native_uuid_field else user.pk.hex
    held = statements.rows("SELECT role FROM accounts_roleassignment WHERE user_id = %s", (key,))
    return frozenset([_ROLES[role] for (role,) in held])


def regions_where(user: User, permission: Permission) -> frozenset[str]:
    """Return the regions in which the user holds a permission; the empty string stands for the whole province."""
    granting = [role.value for role, granted in PERMISSIONS.items() if permission in granted]
    return frozenset(RoleAssignment.objects.filter(user=user, role__in=granting).values_list("region", flat=True))


def reached(user: User, permission: Permission, column: str = "region") -> Q:
    """Match the rows in whose ``column`` stands a region where the user holds a permission, for lists.

    It says of rows what :func:`chengxin.rules.reach.reaches` says of one region.
    """
    found = Q(pk=None)
    for scope in regions_where(user, permission) if user.is_active else ():
        found |= Q(**{f"{column}__startswith": stem(scope)})
    return found


def agency_by_uscc(uscc: str) -> Agency | None:
    """Return the agency with this unified social credit code, if the platform knows it."""
    return Agency.objects.filter(uscc=uscc).first()


def agencies(**having: bool) -> QuerySet[Agency]:
    """Return agencies by function, for example ``agencies(files_records=True)``."""
    return Agency.objects.filter(**having)


def user_by_name(username: str) -> User | None:
    """Return an active user by sign-in name."""
    return User.objects.select_related("agency").filter(username=username, is_active=True).first()


def inbox(mailboxes: Iterable[UUID]) -> QuerySet[Message]:
    """Return the messages of these mailboxes, newest first."""
    return Message.objects.filter(mailbox__in=list(mailboxes)).order_by("-delivered_at")


def unread(mailboxes: Iterable[UUID]) -> int:
    """Return how many messages of these mailboxes nobody has opened yet."""
    return Message.objects.filter(mailbox__in=list(mailboxes), read_at=None).count()


def active_users() -> QuerySet[User]:
    """Return every active person with their agency, officers first; the accounts of API clients are no persons."""
    people = User.objects.select_related("agency").filter(is_active=True, assignments__isnull=False).distinct()
    return people.exclude(username__startswith="client-").order_by("agency__uscc", "username")
