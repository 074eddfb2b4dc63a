"""第二人批准、受保护主体和批量查询: what a second person decides before a file is read."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import Agency, User
from chengxin.ledger.models import Entry
from chengxin.registry.models import Subject

DECIDED = Q(decided_at__isnull=True, decided_by__isnull=True, approved__isnull=True) | Q(
    decided_at__isnull=False, decided_by__isnull=False, approved__isnull=False
)
BY_ANOTHER = Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by"))
REASONED = Q(approved__isnull=True) | Q(approved=True) | ~Q(answer="")


class ProtectedSubject(models.Model):
    """受保护主体: a subject whose file nobody reads without the credit centre's approval, whatever the purpose."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "受保护主体"
        constraints = [
            models.UniqueConstraint(fields=["subject"], condition=Q(lifted_at=None), name="protected_once"),
            models.CheckConstraint(condition=~Q(ground=""), name="protection_has_ground"),
        ]


class ProtectionChange(models.Model):
    """保护的提议: that a subject be protected, or be protected no longer, put by one person and decided by another."""

    PROTECT, LIFT = "protect", "lift"
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.CharField(max_length=7, choices=[(PROTECT, "设定"), (LIFT, "解除")])
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=200)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    answer = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "保护的提议"
        constraints = [
            models.CheckConstraint(condition=DECIDED, name="protection_decision_is_whole"),
            models.CheckConstraint(condition=BY_ANOTHER, name="nobody_approves_their_own_protection"),
            models.CheckConstraint(condition=REASONED, name="refused_protection_says_why"),
            models.CheckConstraint(condition=~Q(ground=""), name="protection_change_has_ground"),
            models.UniqueConstraint(
                fields=["subject", "act"], condition=Q(decided_at=None), name="one_open_change_of_protection"
            ),
        ]


class EnquiryApproval(models.Model):
    """查询批准: one exact enquiry put before a second person; approved, it is good for one read until ``expires_on``.

    ``digest`` is keyed and binds asker, subject, purpose, basis, matter and reason; ``shown`` is what the second person
    sees, sealed under the subject's own key.
    """

    UNIT, CENTRE = "unit", "centre"
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=6, choices=[(UNIT, "本单位另一人"), (CENTRE, "信用中心")])
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=60)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    shown = models.BinaryField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_on = models.DateField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    answer = models.CharField(max_length=300, blank=True, default="")
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "查询批准"
        constraints = [
            models.CheckConstraint(condition=DECIDED, name="approval_is_whole"),
            models.CheckConstraint(condition=BY_ANOTHER, name="nobody_approves_their_own"),
            models.CheckConstraint(condition=REASONED, name="refused_approval_says_why"),
            models.CheckConstraint(condition=Q(used_at__isnull=True) | Q(approved=True), name="used_was_approved"),
        ]
        indexes = [models.Index(fields=["agency", "-asked_at"], name="approvals_of_agency")]


class EnquiryOrder(models.Model):
    """批量查询: many subjects under one purpose, article and matter, approved by a second person, bounded in time.

    ``digest`` is keyed and binds the asker, the purpose, the basis and every line; the file of results is taken once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=60)
    statute = models.CharField(max_length=400)
    matter_no = models.CharField(max_length=80)
    matter = models.CharField(max_length=60, blank=True, default="")
    subject_kind = models.CharField(max_length=20)
    code_kind = models.CharField(max_length=30)
    reason = models.CharField(max_length=300)
    lines = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_on = models.DateField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    answer = models.CharField(max_length=300, blank=True, default="")
    taken_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "批量查询"
        constraints = [
            models.CheckConstraint(condition=DECIDED, name="order_is_whole"),
            models.CheckConstraint(condition=BY_ANOTHER, name="nobody_approves_their_own_order"),
            models.CheckConstraint(condition=REASONED, name="refused_order_says_why"),
            models.CheckConstraint(condition=Q(lines__gte=1), name="order_has_lines"),
            models.CheckConstraint(condition=Q(taken_at__isnull=True) | Q(approved=True), name="taken_was_approved"),
        ]
        indexes = [models.Index(fields=["agency", "-asked_at"], name="orders_of_agency")]


class OrderLine(models.Model):
    """批量查询的一行: one subject, sealed; its answer, sealed, with the ledger entry of its own read.

    Both are blanked when the results are taken (these a day later where they may be had again), or the order ends.
    """

    order = models.ForeignKey(EnquiryOrder, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    asked = models.BinaryField(null=True)
    outcome = models.CharField(max_length=60, blank=True, default="")
    result = models.BinaryField(null=True)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "批量查询的一行"
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="one_line_per_number"),
            models.CheckConstraint(
                condition=Q(outcome="", entry__isnull=True) | (~Q(outcome="") & Q(entry__isnull=False)),
                name="answered_line_has_entry",
            ),
        ]
