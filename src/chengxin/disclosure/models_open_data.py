"""开放数据和公示统计: what was offered to everybody, edition by edition, and the public figures of a day."""

from __future__ import annotations

from django.db import models

from chengxin.ledger.models import Entry


class OpenEdition(models.Model):
    """开放数据的一期: the signed list of files of one making. The files lie beside the database, and only the newest.

    ``size`` is how much of the ledger the edition had seen, ``marks`` the newest mark on a record, ``catalogue`` how
    many changes of the catalogue desk; what came after them tells whether the edition still says what is true.
    """

    number = models.PositiveIntegerField(primary_key=True)
    day = models.DateField()
    made_at = models.DateTimeField()
    size = models.BigIntegerField()
    marks = models.BigIntegerField()
    catalogue = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    manifest = models.TextField()
    signature = models.CharField(max_length=128)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "开放数据期次"


class DailyPublished(models.Model):
    """每日公示统计: what was published on a day, counted once; no hidden count is in it."""

    day = models.DateField(primary_key=True)
    made_at = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        verbose_name = "每日公示统计"
