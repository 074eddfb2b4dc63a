"""权益: which case concerns which record, and what an executed restoration did, each effect with its receipt."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from chengxin.accounts.models import Agency, User
from chengxin.cases.models import Case, Notice
from chengxin.ledger.models import Entry
from chengxin.registry.models import Mandate, Record, Subject
from chengxin.vault.models import DataKey


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


class DutyConfirmation(models.Model):
    """履行确认: an officer of the authority that made the record says that the duty was performed in full, and when."""

    record = models.OneToOneField(Record, primary_key=True, on_delete=models.PROTECT, related_name="+")
    performed_on = models.DateField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "履行确认"


class DutyRevision(models.Model):
    """履行确认的变更: the authority takes a confirmation back, with its reason, or confirms anew after it did.

    The newest row says what stands; a confirmation without any row stands as it was given.
    """

    CANCELLED, CONFIRMED = "cancelled", "confirmed"
    duty = models.ForeignKey(DutyConfirmation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(CANCELLED, "撤销"), (CONFIRMED, "重新确认")])
    performed_on = models.DateField(null=True)
    sealed_reason = models.BinaryField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "履行确认的变更"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="cancelled", performed_on=None) | Q(kind="confirmed", performed_on__isnull=False),
                name="only_a_confirmation_has_a_day",
            )
        ]


class Outreach(models.Model):
    """修复送达: a record was found eligible and its subject told, once for each record.

    ``eligible_on`` is the day the law opened, ``found_on`` the day the platform saw it.
    """

    INVITED, ENDED, APPLIED = "invited", "ended", "applied"
    WAYS = [(INVITED, "已送达修复通知"), (ENDED, "免申请终止"), (APPLIED, "本人已先行申请")]
    record = models.OneToOneField(Record, primary_key=True, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    grade = models.CharField(max_length=10, blank=True, default="")
    eligible_on = models.DateField()
    found_on = models.DateField(db_index=True)
    found_at = models.DateTimeField()
    way = models.CharField(max_length=10, choices=WAYS)
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "修复送达"
        constraints = [
            models.CheckConstraint(
                condition=Q(way="applied", notice=None) | (~Q(way="applied") & Q(notice__isnull=False)),
                name="outreach_tells_all_who_have_not_applied",
            ),
            models.CheckConstraint(condition=Q(eligible_on__lte=F("found_on")), name="outreach_days_in_order"),
        ]


class UnaskedEnding(models.Model):
    """免申请终止: a minor record ended without an application, on its authority's word that the duty was performed.

    ``grounds`` are the conditions as they stood, with their articles, so that nobody has to ask later why.
    """

    record = models.OneToOneField(Record, primary_key=True, on_delete=models.PROTECT, related_name="+")
    duty = models.ForeignKey(DutyConfirmation, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField()
    grounds = models.JSONField()
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "免申请终止"


class UnaskedEffect(models.Model):
    """One effect of an ending without application, with its own time and the ledger entry that proves it (C14)."""

    ending = models.ForeignKey(UnaskedEnding, on_delete=models.PROTECT, related_name="effects")
    kind = models.CharField(max_length=12, choices=EffectKind.choices)
    started_at = models.DateTimeField()
    done_at = models.DateTimeField()
    receipt = models.JSONField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "免申请终止的效力"
        constraints = [
            models.UniqueConstraint(fields=["ending", "kind"], name="one_unasked_effect_of_each_kind"),
            models.CheckConstraint(condition=Q(done_at__gte=F("started_at")), name="unasked_effect_times_in_order"),
        ]


class UnaskedReview(models.Model):
    """免申请终止的复查: whether a record stands again or stays ended, after its confirmation was cancelled.

    One officer proposes after the person was heard, another decides; a proposal sent back leaves no proposal standing.
    """

    REINSTATE, STAND = "reinstate", "stand"
    OUTCOMES = [(REINSTATE, "恢复记录"), (STAND, "维持终止")]
    ending = models.OneToOneField(UnaskedEnding, primary_key=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True, default="")
    sealed_reason = models.BinaryField(null=True)
    proposed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "免申请终止的复查"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | (Q(proposed_by__isnull=False) & ~Q(proposed_by=F("decided_by"))),
                name="two_officers_look_at_an_unasked_ending",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, entry=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, entry__isnull=False),
                name="unasked_review_is_decided_whole",
            ),
        ]


class OutreachRun(models.Model):
    """One day's search for who may be restored; its row is the lock that keeps two searches from telling twice."""

    day = models.DateField(primary_key=True)
    engine = models.CharField(max_length=12)
    records = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "修复资格计算"


class DailyFigures(models.Model):
    """每日权益统计: the public figures of a day, computed once; it holds published counts and never a hidden one."""

    day = models.DateField(primary_key=True)
    made_at = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        verbose_name = "每日权益统计"


class Erasure(models.Model):
    """删除请求: what a person asked to be erased, their whole file or one record, and how it ended, with its proof.

    ``target`` is the file's or the record's id, so that one request at a time is open about it. ``findings`` holds what
    the law said of each record on the day of the decision. ``located`` keeps how a frozen file was found, as digests.
    """

    FILE, RECORD = "file", "record"
    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, null=True, on_delete=models.PROTECT, related_name="+")
    target = models.UUIDField()
    scope = models.CharField(max_length=8, choices=[(FILE, "整份档案"), (RECORD, "一条记录")])
    open = models.BooleanField(default=True)
    findings = models.JSONField(default=list)
    frozen_until = models.DateField(null=True, db_index=True)
    located = models.JSONField(null=True)
    erased_at = models.DateTimeField(null=True)
    receipt = models.JSONField(null=True)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "删除请求"
        constraints = [
            models.UniqueConstraint(fields=["target"], condition=Q(open=True), name="one_open_erasure_per_target"),
            models.CheckConstraint(
                condition=Q(erased_at=None, entry=None) | Q(erased_at__isnull=False, entry__isnull=False),
                name="erased_means_proved",
            ),
            models.CheckConstraint(
                condition=Q(scope="record", record__isnull=False) | Q(scope="file", record=None),
                name="erasure_scope_names_its_target",
            ),
        ]


class Power(models.Model):
    """代理证明: somebody asks to act for another person and hands in a proof; two officers look at it before it counts.

    ``subject`` stays empty when nobody fits the declared number and name: the answer comes from an officer, so that
    asking tells nobody whether a file exists. What was declared and the proof itself are sealed under ``key``.
    """

    AGENT, GUARDIAN, RELATIVE = Mandate.AGENT, Mandate.GUARDIAN, Mandate.RELATIVE
    CAPACITIES = [(AGENT, "委托代理人"), (GUARDIAN, "监护人"), (RELATIVE, "死者近亲属")]
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=20, choices=CAPACITIES)
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed_claim = models.BinaryField()
    sealed_proof = models.BinaryField()
    proof_sha256 = models.CharField(max_length=64)
    ends_on = models.DateField()
    filed_at = models.DateTimeField()
    checked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    holds = models.BooleanField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    sealed_reason = models.BinaryField(null=True)
    ended_at = models.DateTimeField(null=True)
    mandate = models.ForeignKey(Mandate, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = "代理证明"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | (Q(checked_by__isnull=False) & ~Q(checked_by=F("decided_by"))),
                name="two_officers_look_at_a_power",
            ),
            models.CheckConstraint(
                condition=(Q(checked_by=None) | ~Q(checked_by=F("applicant")))
                & (Q(decided_by=None) | ~Q(decided_by=F("applicant"))),
                name="nobody_grants_themself_a_power",
            ),
            models.CheckConstraint(
                condition=~Q(granted=True) | Q(holds=True, subject__isnull=False), name="granted_power_was_found_good"
            ),
        ]
