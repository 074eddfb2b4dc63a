"""Agencies, the people who act for them or for themselves, their roles, and the inbox."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from chengxin.accounts.models_access import AccessToken, ClientKey, RateWindow, UsedAssertion
from chengxin.accounts.roles import Role

__all__ = [
    "AccessToken",
    "Agency",
    "ApiClient",
    "ClientKey",
    "FailedSignIn",
    "Message",
    "RateWindow",
    "RoleAssignment",
    "UsedAssertion",
    "UsedKey",
    "User",
    "UserManager",
]


class Agency(models.Model):
    """信源单位 / 用信单位: a body that files records, queries them, or runs the platform. Its id is its mailbox."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    uscc = models.CharField(max_length=18, unique=True)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    region = models.CharField(max_length=6)
    files_records = models.BooleanField(default=False)
    queries_records = models.BooleanField(default=False)
    runs_platform = models.BooleanField(default=False)

    class Meta:
        verbose_name = "单位"
        ordering = ["uscc"]

    def __str__(self) -> str:
        return self.name_zh


class UserManager(BaseUserManager["User"]):
    """Creates users; there is no superuser, because nobody stands above the gate."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, **fields)
        if password is None:
            user.set_unusable_password()
        else:
            user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. Citizens have no agency; officers have exactly one. The id is also the user's mailbox."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=80, unique=True)
    display_name = models.CharField(max_length=80)
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]
    objects = UserManager()

    class Meta:
        verbose_name = "用户"


class RoleAssignment(models.Model):
    """A role held by a user within a region; an empty region means the whole province."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=40, choices=[(role.value, role.value) for role in Role])
    region = models.CharField(max_length=6, blank=True, default="")

    class Meta:
        verbose_name = "角色分配"
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "region"], name="one_assignment_per_role_and_region")
        ]


class Message(models.Model):
    """站内信: one notice in a mailbox; the mailbox is the id of a user, an agency or a subject."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailbox = models.UUIDField()
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    body = models.TextField()
    link = models.CharField(max_length=200, blank=True, default="")
    delivered_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "站内信"
        indexes = [models.Index(fields=["mailbox", "-delivered_at"], name="message_newest_first")]


class FailedSignIn(models.Model):
    """A failed try to sign in, kept to slow guessing down; the name is a keyed hash, so typing errors stay private."""

    name_index = models.CharField(max_length=64)
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "登录失败"
        indexes = [models.Index(fields=["name_index", "address", "at"], name="recent_failures")]


class ApiClient(models.Model):
    """接口客户端: what lets a unit's own system speak for the unit. Of its token only a keyed digest is kept.

    ``line`` stays the same when the token is renewed: keys, idempotency keys and limits belong to the line.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    purposes = models.JSONField()
    token_digest = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, blank=True)
    line = models.UUIDField(default=uuid.uuid4, db_index=True)
    key_only = models.BooleanField(default=False)
    per_minute = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = "接口客户端"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("issued_at")), name="client_ends_after_it_begins"
            )
        ]


class UsedKey(models.Model):
    """幂等键: an idempotency key of a client, with the digest of the request it stands for, and what was answered.

    ``answer`` is kept only where it says nothing of anybody: counts and numbers, or the number of what was made.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField()
    line = models.UUIDField(default=uuid.uuid4)
    answer = models.TextField(null=True)  # noqa: DJ001 — NULL is "not answered yet", written once.

    class Meta:
        verbose_name = "幂等键"
        constraints = [models.UniqueConstraint(fields=["line", "key"], name="one_request_per_key_of_a_line")]
