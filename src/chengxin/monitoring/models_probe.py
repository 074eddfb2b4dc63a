"""合规巡查: the public pages of recipients, each round of looking at them, and what was still to be found there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import User
from chengxin.cases.models import Notice
from chengxin.disclosure.models import Recipient
from chengxin.ledger.models import Entry
from chengxin.registry.models import Record


class Site(models.Model):
    """公示页地址: where a recipient shows to the public what it was given, as its contract declares."""

    recipient = models.OneToOneField(Recipient, primary_key=True, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=300)
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        verbose_name = "公示页地址"


class Probe(models.Model):
    """巡查: one round over the pages of one recipient: how many were read, their common digest, or why none was.

    ``whole`` says that nothing was left out, so that what was not found is really gone.
    """

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()
    pages = models.PositiveSmallIntegerField()
    whole = models.BooleanField()
    digest = models.CharField(max_length=64, blank=True, default="")
    failure = models.CharField(max_length=40, blank=True, default="")
    sought = models.PositiveIntegerField()
    found = models.PositiveIntegerField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "巡查"
        indexes = [models.Index(fields=["recipient", "-at"], name="probes_of_recipient")]


class Trace(models.Model):
    """仍在公示的记录: a record that has ended and was found on a recipient's page: which page, where in it, since when.

    The page is kept as digest, place and length only. ``NAME`` means that only the organisation's name was found,
    which proves nothing: it is for people to look at, and nobody is listed for it.
    """

    DOCUMENT, NAME = "document", "name"
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(DOCUMENT, "文书号"), (NAME, "仅名称")])
    page = models.CharField(max_length=300)
    page_digest = models.CharField(max_length=64)
    start = models.PositiveIntegerField()
    length = models.PositiveSmallIntegerField()
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "仍在公示的记录"
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "record"], condition=Q(gone_at=None), name="one_open_trace_per_record"
            )
        ]


class ProbeReminder(models.Model):
    """巡查催办: that a recipient was reminded on a day of ended records its page still shows, once a day at most."""

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField()
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "巡查催办"
        constraints = [models.UniqueConstraint(fields=["recipient", "day"], name="probe_reminds_once_a_day")]
