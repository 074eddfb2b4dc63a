"""列对应: which heading of an agency's file is which field, as a person confirmed it, and files waiting for that."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import Agency, User
from chengxin.catalogue.models import Item
from chengxin.vault.models import DataKey


class ColumnMapping(models.Model):
    """列对应: one version of what the headings of an agency's file for an item stand for.

    ``signature`` tells sets of headings apart, whatever their order, width and case. ``mapping`` goes from heading to
    field code, "" for a column that is left out; ``supplied`` says by field code what stands in for a column that the
    file does not have; ``proposed`` is what the platform had proposed, with its reasons.
    Versions are added and never changed; ``restores`` names the version that a person went back to.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    layout = models.CharField(max_length=32)
    signature = models.CharField(max_length=64)
    headings = models.JSONField()
    mapping = models.JSONField()
    supplied = models.JSONField(default=dict)
    proposed = models.JSONField(default=list)
    version = models.PositiveIntegerField()
    restores = models.PositiveIntegerField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "列对应"
        constraints = [
            models.UniqueConstraint(fields=["agency", "item", "signature", "version"], name="one_mapping_per_version"),
            models.UniqueConstraint(
                fields=["agency", "item", "signature"], condition=Q(withdrawn_at=None), name="one_mapping_in_force"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="withdrawn_mapping_has_author",
            ),
        ]
        indexes = [models.Index(fields=["agency", "item", "-confirmed_at"], name="mappings_newest_first")]


class HeldFile(models.Model):
    """待对应的文件: a file whose headings wait for a person, sealed under a key of its own that does not live long.

    ``proposal`` holds headings, proposals and shapes, never content. A file too large to be kept has no ``sealed``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=200)
    proposal = models.JSONField()
    sealed = models.BinaryField(null=True)
    key = models.ForeignKey(DataKey, null=True, on_delete=models.PROTECT, related_name="+")
    held_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    held_until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "待对应的文件"
