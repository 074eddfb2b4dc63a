"""授权凭证: what an authorisation said after each act, signed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chengxin.ledger.models import Entry


class AuthorisationArtefact(models.Model):
    """授权凭证: the machine-readable record of an authorisation after one act, as it was signed at that moment.

    ``text`` is canonical JSON (RFC 8785) and names nobody; ``entry`` is the leaf that commits to its digest.
    """

    ACTS = [
        ("asked", "已申请"), ("granted", "已同意"), ("declined", "未同意"), ("used", "已使用"),
        ("ending", "即将到期"), ("withdrawn", "已撤回"), ("expired", "已到期"),
    ]  # fmt: skip
    authorisation = models.ForeignKey("disclosure.Authorisation", on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=10, choices=ACTS)
    at = models.DateTimeField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    signature = models.CharField(max_length=88)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "授权凭证"
        constraints = [
            models.UniqueConstraint(fields=["authorisation", "act"], name="one_artefact_per_act"),
            models.CheckConstraint(condition=~Q(text=""), name="artefact_says_something"),
        ]
