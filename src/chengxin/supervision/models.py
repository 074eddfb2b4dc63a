"""惩戒措施: what may follow from a record, never without list, basis, decision, served notice and end (charter C18)."""

from __future__ import annotations

import uuid
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q

from chengxin.accounts.models import Agency, User
from chengxin.cases.models import Notice
from chengxin.registry.models import Record

REGULATIONS = ("law", "administrative_regulation", "local_regulation", "central_policy")
RULES = ("department_rule", "local_rule")
RANKS_BY_CLASS: dict[str, tuple[str, ...]] = {
    "A": REGULATIONS,
    "B": (*REGULATIONS, *RULES),
    "C": (*REGULATIONS, *RULES, "normative_document"),
}
"""Ranks a basis may have: A reduces rights, B is management within a body's duty, C is others' own decision."""

_RANK_SUFFICES = reduce(
    or_, (Q(measure_class=letter, basis_rank__in=ranks) for letter, ranks in RANKS_BY_CLASS.items())
)


class MeasureProposal(models.Model):
    """A measure one person proposes; it has no effect of any kind until another person decides on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    reason = models.TextField(null=True)  # noqa: DJ001 — NULL is "erased with the file of its person".
    starts_on = models.DateField()
    ends_on = models.DateField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    record_version = models.PositiveIntegerField()

    class Meta:
        verbose_name = "拟采取措施"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="proposal_has_reason"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="proposal_days_in_order"),
        ]


class Measure(models.Model):
    """A measure decided and served. Every part it needs is a column that cannot be empty; lifting is written once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    proposal = models.OneToOneField(MeasureProposal, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300)
    measure_class = models.CharField(max_length=1)
    basis_instrument = models.CharField(max_length=200)
    basis_article = models.CharField(max_length=200)
    basis_rank = models.CharField(max_length=30)
    reason = models.TextField(null=True)  # noqa: DJ001 — NULL is "erased with the file of its person".
    remedy = models.TextField()
    decision_no = models.CharField(max_length=100)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    record_use_until = models.DateField()
    lifted_at = models.DateTimeField(null=True)
    lift_ref = models.CharField(max_length=80, null=True)  # noqa: DJ001 — NULL is "not lifted", written once.

    class Meta:
        verbose_name = "惩戒措施"
        constraints = [
            models.CheckConstraint(condition=~Q(proposed_by=F("decided_by")), name="measure_needs_two_people"),
            models.CheckConstraint(condition=~Q(decision_no=""), name="measure_has_decision"),
            models.CheckConstraint(condition=~Q(basis_instrument="") & ~Q(basis_article=""), name="measure_has_basis"),
            models.CheckConstraint(condition=_RANK_SUFFICES, name="measure_basis_ranks_high_enough"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(remedy=""), name="measure_has_reason_and_remedy"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="measure_days_in_order"),
            models.CheckConstraint(
                condition=Q(ends_on__lte=F("record_use_until")), name="measure_ends_with_its_record"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lift_ref=None) | Q(lifted_at__isnull=False, lift_ref__isnull=False),
                name="measure_lifted_with_its_reason",
            ),
        ]
        indexes = [models.Index(fields=["record"], condition=Q(lifted_at=None), name="measures_not_lifted")]
