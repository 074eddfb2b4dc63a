"""自动比对: the hits a unit was given, and what it reported back about each."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import Agency, User
from chengxin.ledger.models import Entry
from chengxin.registry.models import Record
from chengxin.supervision.models import Measure


class ScreeningHit(models.Model):
    """比对命中: one list entry or measure that a unit was told of in one matter, to be answered by ``due_on``.

    Screening the same subject again in the same matter finds the same hit; it is never asked for twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    access = models.ForeignKey("disclosure.Access", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    matter = models.CharField(max_length=60)
    matter_no = models.CharField(max_length=80)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    measure = models.ForeignKey(Measure, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_on = models.DateField()
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "比对命中"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "matter", "matter_no", "record"],
                condition=Q(measure=None),
                name="one_hit_per_listing",
            ),
            models.UniqueConstraint(
                fields=["agency", "matter", "matter_no", "measure"],
                condition=Q(measure__isnull=False),
                name="one_hit_per_measure",
            ),
        ]
        indexes = [models.Index(fields=["agency", "due_on"], name="hits_of_agency")]


class ScreeningFeedback(models.Model):
    """比对反馈: whether the unit applied what a hit advised, or why not; written once."""

    hit = models.OneToOneField(ScreeningHit, primary_key=True, on_delete=models.PROTECT, related_name="+")
    applied = models.BooleanField()
    reason = models.CharField(max_length=500, blank=True, default="")
    amount_fen = models.BigIntegerField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "比对反馈"
        constraints = [
            models.CheckConstraint(condition=Q(applied=True) | ~Q(reason=""), name="not_applied_says_why"),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gte=0), name="feedback_amount_not_negative"
            ),
        ]
