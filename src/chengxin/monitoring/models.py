"""监测: tickets about reads that need explaining, what auditors looked at, and what recipients still show in public."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from chengxin.accounts.models import Agency, User
from chengxin.ledger.models import Entry
from chengxin.monitoring.models_impact import ImpactShown as ImpactShown
from chengxin.monitoring.models_probe import Probe as Probe
from chengxin.monitoring.models_probe import ProbeReminder as ProbeReminder
from chengxin.monitoring.models_probe import Site as Site
from chengxin.monitoring.models_probe import Trace as Trace
from chengxin.registry.models import Subject
from chengxin.vault.models import DataKey


class JudgedDay(models.Model):
    """已核查的日子: the reads of this day have been put to the rules; a day not in here is still to be done."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()
    looks = models.PositiveIntegerField()
    tickets = models.PositiveIntegerField()

    class Meta:
        verbose_name = "已核查的日子"


class Ticket(models.Model):
    """核查单: one finding of a rule, put to the unit, judged by one auditor and confirmed by another.

    ``key`` is the sameness of the finding, so that one thing is never asked about twice. Nothing in it names a subject:
    the file is referred to by id, the reads by theirs. ``weight`` never stands without its reason beside it.
    """

    VERDICTS = [("justified", "有正当理由"), ("misuse", "属于违规查询"), ("rule_wrong", "规则误报")]
    id = models.BigAutoField(primary_key=True)
    rule = models.CharField(max_length=20)
    key = models.CharField(max_length=64, unique=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    accesses = models.JSONField()
    zh = models.TextField()
    en = models.TextField()
    facts = models.JSONField()
    weight = models.PositiveSmallIntegerField()
    weight_zh = models.CharField(max_length=300)
    weight_en = models.CharField(max_length=300)
    state = models.CharField(max_length=20)
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    verdict = models.CharField(max_length=12, choices=VERDICTS, blank=True, default="")
    judged_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    notes_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "核查单"
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | (Q(judged_by__isnull=False) & ~Q(confirmed_by=F("judged_by"))),
                name="two_people_judge_a_ticket",
            ),
            models.CheckConstraint(
                condition=(Q(judged_by=None) | ~Q(judged_by=F("actor")))
                & (Q(confirmed_by=None) | ~Q(confirmed_by=F("actor"))),
                name="nobody_judges_themself",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | (Q(confirmed_by__isnull=False) & ~Q(verdict="")),
                name="closed_was_judged_and_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=100) & ~Q(weight_zh="") & ~Q(weight_en=""),
                name="weight_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-opened_at"], name="tickets_by_state"),
            models.Index(fields=["agency", "state"], name="tickets_of_agency"),
        ]

    @property
    def number(self) -> str:
        """Return what people call this ticket."""
        return f"HC-{self.pk:06d}"


class TicketStep(models.Model):
    """核查经过: one act on a ticket with its leaf; what was written is sealed under the ticket's own key."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=20)
    source = models.CharField(max_length=20, blank=True, default="")
    target = models.CharField(max_length=20)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sealed_note = models.BinaryField(null=True)
    verdict = models.CharField(max_length=12, blank=True, default="")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "核查经过"
        constraints = [
            models.UniqueConstraint(fields=["ticket", "seq"], name="one_ticket_step_per_number"),
            models.CheckConstraint(
                condition=Q(actor__isnull=False) | Q(action="open"), name="only_opening_a_ticket_is_automatic"
            ),
        ]


class AuditLook(models.Model):
    """审计查看留痕: what an auditor was shown of the log of reads, with the leaf of the same transaction (L10)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=20)
    asked = models.JSONField(default=dict)
    rows = models.PositiveIntegerField()
    at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "审计查看留痕"
        indexes = [models.Index(fields=["-at"], name="audit_looks_newest_first")]


class MonthlyMisuse(models.Model):
    """每日公布的核查统计: the public figures of reads and reviews as computed once on a day, hidden counts hidden."""

    day = models.DateField(primary_key=True)
    made_at = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        verbose_name = "核查统计"
