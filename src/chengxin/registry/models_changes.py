"""主体变更: names a person judged to belong to a subject, files merged or split; nothing is overwritten."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from chengxin.accounts.models import User


class NameChange(models.Model):
    """名称判定: somebody looked and found that a subject bears another name, from a day on; ``ref`` names the act.

    ``sealed`` holds the name under the subject's key. A judgement taken back stays here with the moment it was.
    """

    subject = models.ForeignKey("registry.Subject", on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    since = models.DateField()
    ref = models.CharField(max_length=80, unique=True)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "名称判定"


class SubjectChange(models.Model):
    """合并或拆分: proposed by one person, decided by another. ``source`` gives its place to ``target``.

    A split lets ``source`` stand for itself again and gives it back ``records``, which were chosen one by one.
    ``sealed`` holds the reason and the proof under the target's key.
    """

    class Kind(models.TextChoices):
        """What happens to the two files."""

        MERGE = "merge", "合并"
        SPLIT = "split", "拆分"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    source = models.ForeignKey("registry.Subject", on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey("registry.Subject", on_delete=models.PROTECT, related_name="+")
    records = models.JSONField(default=list)
    sealed = models.BinaryField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved = models.BooleanField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "主体变更"
        constraints = [
            models.CheckConstraint(condition=~Q(source=F("target")), name="a_change_has_two_files"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="change_needs_two_people"
            ),
            models.CheckConstraint(
                condition=Q(approved=None, decided_by=None, decided_at=None)
                | Q(approved__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="change_decision_has_author",
            ),
            models.UniqueConstraint(fields=["source"], condition=Q(decided_at=None), name="one_open_change_of_a_file"),
        ]


class RecordMove(models.Model):
    """转移: a record of one file stands in another since, under an id of its own; both keep their history."""

    change = models.ForeignKey(SubjectChange, on_delete=models.PROTECT, related_name="+")
    old = models.ForeignKey("registry.Record", on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey("registry.Record", on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()

    class Meta:
        verbose_name = "记录转移"
        constraints = [models.UniqueConstraint(fields=["change", "old"], name="one_move_per_change")]
