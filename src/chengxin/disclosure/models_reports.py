"""信用报告: what a report was made of, its files, its withdrawal, who checked it, and batches of reports."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import Agency, User
from chengxin.disclosure.models_orders import BY_ANOTHER, DECIDED, REASONED
from chengxin.ledger.models import Entry

FULL, CLEARANCE = "full", "clearance"


class ReportPaper(models.Model):
    """报告内容: its form and scope, and for a few days its content, sealed under the subject's own key.

    ``sealed`` is blanked when its days are over or as soon as the report is seen not to hold any more.
    """

    report = models.OneToOneField("disclosure.Report", primary_key=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=12, choices=[(FULL, "公共信用信息报告"), (CLEARANCE, "无违法违规证明")])
    since = models.DateField(null=True)
    until = models.DateField()
    domains = models.JSONField(default=list)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(null=True)
    keep_until = models.DateField(db_index=True)

    class Meta:
        verbose_name = "报告内容"
        constraints = [
            models.CheckConstraint(condition=Q(since__isnull=True) | Q(since__lte=models.F("until")), name="days_run"),
            models.CheckConstraint(condition=~Q(form=CLEARANCE) | Q(since__isnull=False), name="clearance_has_period"),
        ]


class ReportFile(models.Model):
    """报告文件: the digest of a sheet that was handed out, so that an altered one can be told from it."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    report = models.ForeignKey("disclosure.Report", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "报告文件"


class ReportWithdrawal(models.Model):
    """报告撤回: that a report is not to be relied on any more, by whom and why."""

    report = models.OneToOneField("disclosure.Report", primary_key=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "报告撤回"


class ReportCheck(models.Model):
    """报告核验: that somebody with number and code was shown whose report it is; only kept of natural persons."""

    report = models.ForeignKey("disclosure.Report", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "报告核验"


class ReportBatch(models.Model):
    """批量出具: one desk's list of organisations, each with its own basis; made step by step, and resumable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=60)
    statute = models.CharField(max_length=400, blank=True, default="")
    matter_no = models.CharField(max_length=80, blank=True, default="")
    matter = models.CharField(max_length=60, blank=True, default="")
    site = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "批量出具"
        indexes = [models.Index(fields=["agency", "-at"], name="batches_of_agency")]


class ReportBatchApproval(models.Model):
    """批量出具的批准: a batch put before another person of the unit, good until ``expires_on`` once approved.

    ``digest`` is keyed and binds who asked, the purpose, the basis and every line.
    """

    batch = models.OneToOneField(ReportBatch, primary_key=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_on = models.DateField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    answer = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "批量出具的批准"
        constraints = [
            models.CheckConstraint(condition=DECIDED, name="batch_decision_is_whole"),
            models.CheckConstraint(condition=BY_ANOTHER, name="nobody_approves_their_own_batch"),
            models.CheckConstraint(condition=REASONED, name="refused_batch_says_why"),
            models.CheckConstraint(condition=~Q(reason=""), name="batch_says_why"),
        ]


class ReportBatchRow(models.Model):
    """批量出具的一行: an organisation by code and name, its authorisation if it stands on one, and what became of it.

    ``claimed_at`` is set by whoever is making it; a claim that is old belongs to a process that died.
    """

    batch = models.ForeignKey(ReportBatch, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=18)
    name = models.CharField(max_length=200)
    authorisation = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    report = models.OneToOneField("disclosure.Report", null=True, on_delete=models.PROTECT, related_name="+")
    refusal = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        verbose_name = "批量出具的一行"
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_row_per_number"),
            models.CheckConstraint(condition=Q(report__isnull=True) | Q(refusal=""), name="made_or_refused"),
        ]
