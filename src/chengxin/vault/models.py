"""Data keys: one per person or purpose, held wrapped under the master key."""

from __future__ import annotations

import uuid

from django.db import models


class DataKey(models.Model):
    """A key for one subject's content; a destroyed key has lost its wrapped bytes and can open nothing any more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="vault_key_whole_or_destroyed",
            )
        ]
