"""上传: files on their way in, piece by piece, sealed until they are filed, given up or out of time."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import Agency, User
from chengxin.catalogue.models import Item
from chengxin.vault.models import DataKey


class Upload(models.Model):
    """上传: one file of one user for one item; it ends when it is filed, and is forgotten after ``expires_at``.

    ``mark`` is the SHA-256 of the file's first and last piece, by which the same file is known again after a break.
    ``outcome`` says of an ended upload what became of its tables; its pieces and their key are gone by then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=200)
    size = models.BigIntegerField()
    mark = models.CharField(max_length=64)
    received = models.BigIntegerField(default=0)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=list)

    class Meta:
        verbose_name = "上传"
        constraints = [
            models.CheckConstraint(condition=Q(received__lte=models.F("size")), name="upload_within_its_size"),
            models.UniqueConstraint(
                fields=["user", "item", "filename", "size", "mark"],
                condition=Q(ended_at=None),
                name="one_open_upload_per_file",
            ),
        ]


class UploadPiece(models.Model):
    """上传分片: some bytes of a file at their place, sealed; ``sha256`` lets the sender see that they are still his."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="+", db_index=False)
    offset = models.BigIntegerField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    sealed = models.BinaryField()

    class Meta:
        verbose_name = "上传分片"
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="one_piece_per_place")]
