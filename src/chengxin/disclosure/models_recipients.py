"""共享接收方的约定、催办和每日查询统计: what stands beside a contract, and the public figures of a day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import ApiClient, User
from chengxin.cases.models import Notice
from chengxin.ledger.models import Entry


class Terms(models.Model):
    """共享约定: how long a recipient keeps what it was given, with which key it fetches, and since when it may no more.

    A contract without a row here was registered before terms were kept; it says nothing of a retention.
    """

    recipient = models.OneToOneField(
        "disclosure.Recipient", primary_key=True, on_delete=models.PROTECT, related_name="terms"
    )
    retention_days = models.PositiveIntegerField()
    client = models.ForeignKey(ApiClient, null=True, on_delete=models.PROTECT, related_name="+")
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "共享约定"
        constraints = [
            models.CheckConstraint(condition=Q(retention_days__gte=1), name="recipient_keeps_for_a_time"),
        ]


class Chase(models.Model):
    """催办: that a recipient was reminded on a day of withdrawals it has not confirmed in time, once a day at most."""

    recipient = models.ForeignKey("disclosure.Recipient", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField()
    since = models.DateTimeField()
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "催办"
        constraints = [models.UniqueConstraint(fields=["recipient", "day"], name="chased_once_a_day")]


class SnapshotPage(models.Model):
    """全量页: that a page of the whole set at a number was given, and between which numbers its records lie.

    A receipt keeps the first moment; that the same record was given anew, and may be kept anew, stands here.
    """

    recipient = models.ForeignKey("disclosure.Recipient", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    number = models.BigIntegerField()
    bucket = models.CharField(max_length=2, blank=True, default="")
    after = models.BigIntegerField()
    last = models.BigIntegerField()
    count = models.PositiveIntegerField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "全量页"
        indexes = [models.Index(fields=["recipient", "-at"], name="snapshots_of_recipient")]


class HeldSet(models.Model):
    """核对: what a recipient said it holds at a number, count and digest, and whether that is what it should hold."""

    recipient = models.ForeignKey("disclosure.Recipient", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    number = models.BigIntegerField()
    count = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    agrees = models.BooleanField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "持有核对"
        indexes = [models.Index(fields=["recipient", "-at"], name="held_sets_of_recipient")]


class Deletion(models.Model):
    """到期删除: a recipient's word, or its letter at the centre, that what it had to delete by a day is deleted."""

    recipient = models.ForeignKey("disclosure.Recipient", on_delete=models.PROTECT, related_name="+")
    through = models.DateField()
    at = models.DateTimeField()
    count = models.PositiveIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "到期删除"
        indexes = [models.Index(fields=["recipient", "-through"], name="deletions_of_recipient")]


class DeletionDue(models.Model):
    """到期待删: how many records a recipient had kept past its time on a day, counted once a day, and who was told."""

    recipient = models.ForeignKey("disclosure.Recipient", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    since = models.DateField()
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "到期待删"
        constraints = [models.UniqueConstraint(fields=["recipient", "day"], name="deletion_counted_once_a_day")]


class DailyReads(models.Model):
    """每日查询统计: the public figures of reads as they were computed once on a day; no hidden count is in it."""

    day = models.DateField(primary_key=True)
    made_at = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        verbose_name = "每日查询统计"
