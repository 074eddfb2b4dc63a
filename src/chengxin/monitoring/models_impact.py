"""所看的影响: what a change of the catalogue would move, as it was shown to somebody at a moment."""

from __future__ import annotations

import uuid

from django.db import models

from chengxin.catalogue.models import Change


class ImpactShown(models.Model):
    """影响快照: one count of what a change moves. ``version`` is the change's own, so that it holds for what it says.

    Kept for as long as somebody may approve on it; what was approved on is kept with the change.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    taken_at = models.DateTimeField()

    class Meta:
        verbose_name = "影响快照"
        indexes = [models.Index(fields=["change", "-taken_at"], name="impacts_newest_first")]
