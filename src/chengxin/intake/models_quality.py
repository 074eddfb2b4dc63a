"""归集质量: the counted months, what people enter beside them, the reminders sent and the bulletins issued."""

from __future__ import annotations

from django.db import models

from chengxin.accounts.models import Agency, User
from chengxin.cases.models import Notice
from chengxin.catalogue.models import Item
from chengxin.ledger.models import Entry


class MonthFigure(models.Model):
    """月度统计: rows of one agency for one item that came in one month; derived, and counted anew at any time.

    ``month`` is its first day. ``codes`` says how often each finding was made.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    files = models.PositiveIntegerField()
    received = models.PositiveIntegerField()
    stored = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    pending = models.PositiveIntegerField()
    duplicate = models.PositiveIntegerField()
    mended = models.PositiveIntegerField()
    timed = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    wrong = models.PositiveIntegerField()
    codes = models.JSONField(default=dict)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = "月度统计"
        constraints = [
            models.UniqueConstraint(fields=["month", "agency", "item"], name="one_figure_per_item_and_month")
        ]


class SupplyDuty(models.Model):
    """应报目录项: an item an agency must supply every month, from the month of ``since`` until that of ``until``."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "应报目录项"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "item"], condition=models.Q(until=None), name="one_open_duty_per_item"
            )
        ]


class MonthlyTable(models.Model):
    """双公示月报表: the agency filed the table of a month, with the figures it then confirmed."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    figures = models.JSONField()
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()

    class Meta:
        verbose_name = "双公示月报表"
        constraints = [models.UniqueConstraint(fields=["agency", "month"], name="one_table_per_month")]


class HandPoint(models.Model):
    """人工评分: points for a criterion nobody can count; the newest entry is the one that holds."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    criterion = models.CharField(max_length=40)
    points = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        verbose_name = "人工评分"
        indexes = [models.Index(fields=["month", "agency"], name="points_of_a_month")]


class QualityReminder(models.Model):
    """期限提醒: one reminder of one limit at one stage was put into the agency's mailbox."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=40)
    stage = models.DateField()
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "期限提醒"
        constraints = [
            models.UniqueConstraint(fields=["agency", "kind", "about", "stage"], name="one_reminder_per_stage")
        ]


class Bulletin(models.Model):
    """质量通报: the table of a month as it was issued; figures that moved since make a new edition.

    ``sha256`` is that of ``table``, the CSV text; the platform signs it with the number, as it signs documents.
    """

    month = models.DateField()
    edition = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=40, unique=True)
    body = models.JSONField()
    table = models.TextField()
    sha256 = models.CharField(max_length=64)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "质量通报"
        constraints = [models.UniqueConstraint(fields=["month", "edition"], name="one_bulletin_per_edition")]
