"""权益: which case concerns which record, and what an executed restoration did, each effect with its receipt."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from chengxin.accounts.models import User
from chengxin.cases.models import Case
from chengxin.ledger.models import Entry
from chengxin.registry.models import Record


class Matter(models.Model):
    """The link between a case and the record it is about; a record has at most one open matter of a kind."""

    OBJECTION, RESTORATION = "objection", "restoration"
    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=[(OBJECTION, "异议"), (RESTORATION, "信用修复")])
    open = models.BooleanField(default=True)

    class Meta:
        verbose_name = "权益事项"
        constraints = [
            models.UniqueConstraint(fields=["record", "kind"], condition=Q(open=True), name="one_open_matter_per_kind")
        ]


class EffectKind(models.TextChoices):
    """修复的效力: the three effects of the law, and the word that goes to those who were given the record."""

    PUBLISH = "publish", "停止公示"
    SHARE_USE = "share_use", "停止共享和使用"
    MEASURES = "measures", "解除惩戒措施"
    RECIPIENTS = "recipients", "告知已接收方"


class Effect(models.Model):
    """One effect of an executed restoration, with its own time and the ledger entry that proves it (charter C14)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=EffectKind.choices)
    started_at = models.DateTimeField()
    done_at = models.DateTimeField()
    receipt = models.JSONField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "修复效力"
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="one_effect_of_each_kind"),
            models.CheckConstraint(condition=Q(done_at__gte=F("started_at")), name="effect_times_in_order"),
        ]


class Reading(models.Model):
    """谁看过: an officer opened a case about a natural person; written with its leaf before anything is shown (C09)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "办件查阅"
