"""意见: what the public and the agencies say about a change while it is open to comment, and what they are answered."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import Agency, User
from chengxin.ledger.models import Entry
from chengxin.vault.models import DataKey


class ChangeComment(models.Model):
    """一条意见: sealed under a key of its own with the name and address somebody may have left, and so is its answer.

    ``address_index`` is a keyed digest of where it came from, kept only while it limits how many may come from there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    change = models.ForeignKey("catalogue.Change", on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    address_index = models.CharField(max_length=64, null=True)  # noqa: DJ001 — NULL is "forgotten", written once.
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    sealed_answer = models.BinaryField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "意见"
        constraints = [
            models.CheckConstraint(
                condition=Q(agency=None, author=None) | Q(agency__isnull=False, author__isnull=False),
                name="an_agency_comments_through_somebody",
            ),
            models.CheckConstraint(
                condition=Q(sealed_answer=None, answered_by=None, answered_at=None)
                | Q(sealed_answer__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="an_answer_has_its_author",
            ),
        ]
        indexes = [
            models.Index(fields=["change", "made_at"], name="comments_of_change"),
            models.Index(
                fields=["address_index", "made_at"],
                condition=Q(address_index__isnull=False),
                name="comments_from_an_address",
            ),
        ]
