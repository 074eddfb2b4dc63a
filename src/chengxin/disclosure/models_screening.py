"""自动比对: the hits a unit was given, what it reported back, and the subjects it has registered for watching."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import Agency, User
from chengxin.cases.models import Notice
from chengxin.ledger.models import Entry
from chengxin.registry.models import Record, Subject
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


class ScreeningReminder(models.Model):
    """反馈催办: that a unit was reminded on a day of the hits it has not answered in time."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField()
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "反馈催办"
        constraints = [models.UniqueConstraint(fields=["agency", "day"], name="reminded_of_feedback_once_a_day")]


class ScreeningWatch(models.Model):
    """持续监测: one subject a unit has registered for one matter, until a day; ``state`` is the outcome last told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    matter = models.CharField(max_length=60)
    matter_no = models.CharField(max_length=80)
    statute = models.CharField(max_length=400)
    since = models.DateTimeField()
    until = models.DateField()
    closed_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=64)

    class Meta:
        verbose_name = "持续监测"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "matter", "matter_no", "subject"],
                condition=Q(closed_at=None),
                name="one_open_watch_per_matter",
            )
        ]
        indexes = [models.Index(fields=["matter", "until"], condition=Q(closed_at=None), name="watches_open")]


class PendingWatch(models.Model):
    """待建档监测: a code a unit wants watched that has no file yet; it becomes a watch on the day the file is opened.

    An organisation's code stands as it is. Of a person only the blind indexes of number and name are kept, so a row
    tells nobody whom it is about; it goes when the watch begins, is taken off the register, or runs out.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=20)
    code_kind = models.CharField(max_length=20)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=64, blank=True, default="")
    matter = models.CharField(max_length=60)
    matter_no = models.CharField(max_length=80)
    statute = models.CharField(max_length=400)
    since = models.DateTimeField()
    until = models.DateField()

    class Meta:
        verbose_name = "待建档监测"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "matter", "matter_no", "code_kind", "code", "name"], name="one_pending_watch"
            )
        ]


class ScreeningEvent(models.Model):
    """监测变化: that the outcome of a watch became another one; numbered without gaps for each unit, never twice."""

    STRUCK, CHANGED, CLEARED, FILED = "struck", "changed", "cleared", "filed"
    KINDS = ((STRUCK, "命中"), (CHANGED, "变化"), (CLEARED, "解除"), (FILED, "建档"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField()
    watch = models.ForeignKey(ScreeningWatch, on_delete=models.PROTECT, related_name="+")
    access = models.ForeignKey("disclosure.Access", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=KINDS)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "监测变化"
        constraints = [models.UniqueConstraint(fields=["agency", "number"], name="event_numbers_do_not_repeat")]


class ScreeningHook(models.Model):
    """监测推送: where a unit's events go, how far they have come, and who is sending at this moment."""

    agency = models.OneToOneField(Agency, primary_key=True, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=300)
    cursor = models.BigIntegerField(default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=40, blank=True, default="")
    retry_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "监测推送"
