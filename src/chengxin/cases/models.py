"""办件: one engine for every statutory case: parties, events, clock, documents and served notices."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from chengxin.accounts.models import Agency, Message, User
from chengxin.ledger.models import Entry
from chengxin.vault.models import DataKey


class NumberSeries(models.Model):
    """The last number given to a kind of case in a year; raised inside the transaction that opens the case."""

    prefix = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "办件编号"
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="one_series_per_kind_and_year")]


class Case(models.Model):
    """办件: where one matter stands. ``version`` rises with every act, so that two acts on one page cannot both win.

    ``facts`` hold references, codes and dates, never personal content; free text is sealed under ``key``.
    ``reviewer`` is who proposed last and ``decider`` who decided: the database keeps them apart (charter C25).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=20)
    workflow = models.CharField(max_length=40)
    state = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    subject_ref = models.UUIDField(db_index=True)
    applicant_mailbox = models.UUIDField()
    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    respondent = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decider = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "办件"
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewer=None) | Q(decider=None) | ~Q(reviewer=F("decider")),
                name="reviewer_is_not_decider",
            ),
            models.CheckConstraint(
                condition=Q(decider=None) | ~Q(decider=F("applicant")), name="applicant_does_not_decide"
            ),
        ]
        indexes = [models.Index(fields=["state"], condition=Q(closed_at=None), name="open_cases_by_state")]


class CaseEvent(models.Model):
    """One act on a case, with its ledger leaf; append-only by a database guard. ``data`` holds no personal content."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=40)
    source = models.CharField(max_length=40, blank=True, default="")
    target = models.CharField(max_length=40)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    at = models.DateTimeField()
    sealed_note = models.BinaryField(null=True)
    data = models.JSONField(default=dict)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "办件经过"
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="one_event_per_step"),
            models.CheckConstraint(
                condition=Q(actor__isnull=False) | Q(role="system"), name="only_the_system_acts_without_a_person"
            ),
            models.CheckConstraint(
                condition=~Q(role="system") | ~Q(action__in=["propose", "decide", "approve", "deny", "cancel"]),
                name="the_system_decides_nothing",
            ),
        ]


class Deadline(models.Model):
    """期限: a due date with the lines that lead to it; an extension supersedes it and leaves it readable."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deadlines")
    key = models.CharField(max_length=80)
    started_on = models.DateField()
    due_on = models.DateField(db_index=True)
    derivation = models.JSONField()
    set_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "办理期限"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key"], condition=Q(superseded_at=None), name="one_standing_deadline_per_key"
            )
        ]


class Document(models.Model):
    """文书: a numbered document of a case; its text is sealed, its digest stays."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    sealed_body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "文书"


class Notice(models.Model):
    """送达: proof that a notice was put into a mailbox; the text itself is the message."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="notices")
    mailbox = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    served_at = models.DateTimeField()
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "送达记录"

    @property
    def body(self) -> str:
        """Return the text that was served."""
        return self.message.body


class Pause(models.Model):
    """暂停计时: days that do not count, from the day after ``since`` to ``until``; open while ``until`` is empty."""

    MATERIAL, TESTING = "material", "testing"
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=[(MATERIAL, "补正材料"), (TESTING, "检测鉴定")])
    since = models.DateField()
    until = models.DateField(null=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "期限暂停"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(until=None), name="one_open_pause_per_case"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="pause_days_in_order"),
        ]


class Extension(models.Model):
    """延长: asked for by one person with a reason, answered by another; the length is the law's own."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    law_key = models.CharField(max_length=80)
    started_on = models.DateField()
    reason = models.CharField(max_length=20)
    sealed_note = models.BinaryField(null=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)

    class Meta:
        verbose_name = "期限延长"
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")), name="extension_needs_another_person"
            ),
            models.UniqueConstraint(
                fields=["case", "key", "started_on"],
                condition=Q(approved=None) | Q(approved=True),
                name="one_extension_of_a_deadline",
            ),
        ]


class QueryCode(models.Model):
    """查询码: lets the bearer of a paper see where a case stands; of the code only a keyed hash is kept."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    code_index = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "查询码"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(replaced_at=None), name="one_query_code_per_case")
        ]


class FailedLookup(models.Model):
    """A query code nobody issued, kept by the keyed hash of the address to slow guessing down."""

    address_index = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "查询码错误"
        indexes = [models.Index(fields=["address_index", "at"], name="recent_failed_lookups")]


class CounterVisit(models.Model):
    """窗口协办: a person came to a counter, showed a certificate and agreed to be helped; written with its leaf."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    subject_ref = models.UUIDField(db_index=True)
    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    consent_version = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "窗口协办"
        constraints = [
            models.CheckConstraint(condition=~Q(officer=F("applicant")), name="nobody_helps_themself_at_the_counter")
        ]


class Contact(models.Model):
    """联系方式: where else than the inbox a mailbox's owner wants to be told; sealed under the platform's own key."""

    SMS, EMAIL = "sms", "email"
    mailbox = models.UUIDField(db_index=True)
    channel = models.CharField(max_length=8, choices=[(SMS, "短信"), (EMAIL, "电子邮件")])
    sealed_address = models.BinaryField()
    since = models.DateTimeField()

    class Meta:
        verbose_name = "联系方式"
        constraints = [models.UniqueConstraint(fields=["mailbox", "channel"], name="one_address_per_channel")]


class OutboxMessage(models.Model):
    """发件: one notice on its way through one channel. ``id`` is the event id that every try to send it carries.

    Written in the transaction of the notice; ``turn`` keeps the order within a mailbox. A worker leases it before it
    sends, so a worker that dies loses nothing: the lease ends and another takes it up.
    """

    turn = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    mailbox = models.UUIDField()
    channel = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    link = models.CharField(max_length=200, blank=True, default="")
    written_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    fault = models.CharField(max_length=80, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "发件"
        constraints = [
            models.CheckConstraint(condition=Q(sent_at=None) | Q(dropped_at=None), name="sent_or_dropped_not_both"),
            models.UniqueConstraint(fields=["notice", "channel"], name="one_message_per_notice_and_channel"),
        ]
        indexes = [
            models.Index(fields=["mailbox", "channel", "turn"], condition=Q(sent_at=None, dropped_at=None),
                         name="waiting_to_be_sent"),
        ]  # fmt: skip
