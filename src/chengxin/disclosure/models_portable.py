"""可携带报告: reports their holders carry away and show in parts, and what those were made of."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import User
from chengxin.ledger.models import Entry
from chengxin.registry.models import Record, RecordVersion, Subject


class PortableReport(models.Model):
    """可携带报告: one issued SD-JWT, its place in a status list, and how it ended.

    ``sealed`` holds the token, what can be shown with it and, when the platform keeps it, the holder's key; all under
    the subject's own key. It is blanked as soon as the report has ended. ``nothing`` names the sections and fields of
    the administration of which the report says that nothing was recorded.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    access = models.ForeignKey("disclosure.Access", on_delete=models.PROTECT, related_name="+")
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    list_no = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    own_key = models.BooleanField()
    digest = models.CharField(max_length=64)
    as_of = models.DateField()
    nothing = models.JSONField(default=list)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(null=True)
    superseded_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "可携带报告"
        constraints = [
            models.UniqueConstraint(fields=["list_no", "position"], name="one_report_per_place"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("issued_at")), name="portable_report_ends"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="withdrawal_has_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "-issued_at"], name="portable_of_subject"),
            models.Index(
                fields=["expires_at"],
                condition=Q(superseded_at=None, withdrawn_at=None),
                name="portable_standing",
            ),
        ]


class PortableContent(models.Model):
    """报告所含记录: a record in a portable report, in which version and with which open marks."""

    report = models.ForeignKey(PortableReport, on_delete=models.PROTECT, related_name="contents")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(RecordVersion, on_delete=models.PROTECT, related_name="+")
    marks = models.JSONField(default=list)

    class Meta:
        verbose_name = "报告所含记录"
        constraints = [models.UniqueConstraint(fields=["report", "record"], name="a_record_once_in_a_report")]


class PortableShowing(models.Model):
    """出示: that the holder made a presentation; for whom and of what is sealed under the subject's own key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(PortableReport, on_delete=models.PROTECT, related_name="showings")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()
    shown = models.PositiveIntegerField()
    sealed = models.BinaryField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "出示"
        constraints = [models.CheckConstraint(condition=Q(until__gt=models.F("at")), name="showing_ends")]
