"""What lets systems in and how much they may ask: keys, short tokens, used assertions, and the count of a window."""

from __future__ import annotations

import uuid

from django.db import models


class ClientKey(models.Model):
    """签名公钥: a public key under which a client's assertions are accepted; two may stand at once, for a rotation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.UUIDField()
    kid = models.CharField(max_length=64)
    algorithm = models.CharField(max_length=10)
    jwk = models.JSONField()
    thumbprint = models.CharField(max_length=43, unique=True)
    registered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "接口客户端公钥"
        constraints = [models.UniqueConstraint(fields=["line", "kid"], name="one_key_per_kid_of_a_client")]


class AccessToken(models.Model):
    """访问令牌: lives for minutes; only its keyed digest is kept, with its purposes and the certificate it needs."""

    digest = models.CharField(max_length=64, unique=True)
    client = models.ForeignKey("accounts.ApiClient", on_delete=models.CASCADE, related_name="+")
    purposes = models.JSONField()
    certificate = models.CharField(max_length=43, blank=True, default="")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "访问令牌"


class UsedAssertion(models.Model):
    """用过的签名断言: the digest of a ``jti``, kept until the assertion could not be used again anyway."""

    line = models.UUIDField()
    jti = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "用过的签名断言"
        constraints = [models.UniqueConstraint(fields=["line", "jti"], name="one_use_per_assertion")]


class RateWindow(models.Model):
    """限次窗口: how many requests the processes have drawn for a caller in the present window."""

    caller = models.CharField(max_length=64, unique=True)
    window = models.BigIntegerField(db_index=True)
    drawn = models.PositiveIntegerField()

    class Meta:
        verbose_name = "限次窗口"
