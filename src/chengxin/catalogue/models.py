"""Catalogue items and their versions: outside them there is no public-credit information."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

NATURES = [("positive", "守信"), ("negative", "失信"), ("neutral", "中性")]
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
