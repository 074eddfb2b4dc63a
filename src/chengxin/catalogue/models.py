"""Catalogue items and their versions: outside them there is no public-credit information."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import User
from chengxin.catalogue.models_comments import ChangeComment as ChangeComment
from chengxin.ledger.models import Entry

NATURES = [("positive", "守信"), ("negative", "失信"), ("neutral", "中性")]
LAW, DESK = "law", "desk"
ORIGINS = [(LAW, "法规文件"), (DESK, "目录变更")]
PUBLICITIES = [("public", "社会公开"), ("shared", "政务共享"), ("authorised", "授权查询")]


class Item(models.Model):
    """An item of the catalogue; what it means on a day is said by the version in force on that day."""

    code = models.CharField(max_length=32, unique=True)

    def __str__(self) -> str:
        return self.code


class ItemVersion(models.Model):
    """What an item means from a day on. A version is never edited; a changed definition is a new version."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    national_class = models.PositiveSmallIntegerField()
    nature = models.CharField(max_length=10, choices=NATURES)
    subject_kinds = models.JSONField()
    layout = models.CharField(max_length=32)
    publicity = models.CharField(max_length=12, choices=PUBLICITIES)
    person_public_basis = models.CharField(max_length=300, blank=True)
    basis_instrument = models.CharField(max_length=200)
    basis_article = models.CharField(max_length=200)
    opt_in = models.BooleanField(default=False)
    needs_consent = models.BooleanField(default=False)
    in_force_from = models.DateField()
    in_force_until = models.DateField(null=True, blank=True)
    verified = models.BooleanField(default=False)
    definition = models.JSONField()
    loaded_at = models.DateTimeField()
    origin = models.CharField(max_length=4, choices=ORIGINS, default=LAW)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "version"], name="item_version_once"),
            models.CheckConstraint(
                condition=~Q(basis_instrument="") & ~Q(basis_article=""), name="item_version_has_basis"
            ),
            models.CheckConstraint(
                condition=Q(in_force_until__isnull=True) | Q(in_force_until__gte=models.F("in_force_from")),
                name="item_version_days_in_order",
            ),
        ]
        indexes = [models.Index(fields=["item", "-in_force_from", "-version"], name="item_version_in_force")]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.version}"


class Change(models.Model):
    """目录变更: what is proposed, and how far it has come; every step it took is a row of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=32)
    content = models.JSONField()
    why = models.TextField()
    state = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=1)
    since = models.DateField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    checker = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approver = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    comment_from = models.DateField(null=True, blank=True)
    comment_until = models.DateField(null=True, blank=True)
    impact = models.JSONField(null=True, blank=True)
    proposed_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "目录变更"
        indexes = [models.Index(fields=["state", "since"], name="changes_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(checker__isnull=True) | ~Q(checker=models.F("author")), name="checker_is_not_author"
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True)
                | (~Q(approver=models.F("author")) & ~Q(approver=models.F("checker")) & Q(impact__isnull=False)),
                name="approver_is_a_third_person_who_saw_the_impact",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"


class ChangeStep(models.Model):
    """One step of a change: who did what when and why, with what the change said then. Never edited."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True, default="")
    content = models.JSONField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "目录变更步骤"
        ordering = ["id"]
