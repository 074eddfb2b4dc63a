"""披露: who read what and on which basis, what subjects allowed, what recipients were given, what was reported."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import date, timedelta

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import Agency, User
from chengxin.disclosure.models_artefacts import AuthorisationArtefact as AuthorisationArtefact
from chengxin.disclosure.models_open_data import DailyPublished as DailyPublished
from chengxin.disclosure.models_open_data import OpenEdition as OpenEdition
from chengxin.disclosure.models_orders import EnquiryApproval as EnquiryApproval
from chengxin.disclosure.models_orders import EnquiryOrder as EnquiryOrder
from chengxin.disclosure.models_orders import OrderLine as OrderLine
from chengxin.disclosure.models_orders import ProtectedSubject as ProtectedSubject
from chengxin.disclosure.models_orders import ProtectionChange as ProtectionChange
from chengxin.disclosure.models_portable import PortableContent as PortableContent
from chengxin.disclosure.models_portable import PortableReport as PortableReport
from chengxin.disclosure.models_portable import PortableShowing as PortableShowing
from chengxin.disclosure.models_recipients import Chase as Chase
from chengxin.disclosure.models_recipients import DailyReads as DailyReads
from chengxin.disclosure.models_recipients import Deletion as Deletion
from chengxin.disclosure.models_recipients import DeletionDue as DeletionDue
from chengxin.disclosure.models_recipients import HeldSet as HeldSet
from chengxin.disclosure.models_recipients import SnapshotPage as SnapshotPage
from chengxin.disclosure.models_recipients import Terms as Terms
from chengxin.disclosure.models_reports import ReportBatch as ReportBatch
from chengxin.disclosure.models_reports import ReportBatchApproval as ReportBatchApproval
from chengxin.disclosure.models_reports import ReportBatchRow as ReportBatchRow
from chengxin.disclosure.models_reports import ReportCheck as ReportCheck
from chengxin.disclosure.models_reports import ReportFile as ReportFile
from chengxin.disclosure.models_reports import ReportPaper as ReportPaper
from chengxin.disclosure.models_reports import ReportWithdrawal as ReportWithdrawal
from chengxin.disclosure.models_screening import PendingWatch as PendingWatch
from chengxin.disclosure.models_screening import ScreeningEvent as ScreeningEvent
from chengxin.disclosure.models_screening import ScreeningFeedback as ScreeningFeedback
from chengxin.disclosure.models_screening import ScreeningHit as ScreeningHit
from chengxin.disclosure.models_screening import ScreeningHook as ScreeningHook
from chengxin.disclosure.models_screening import ScreeningReminder as ScreeningReminder
from chengxin.disclosure.models_screening import ScreeningWatch as ScreeningWatch
from chengxin.ledger.models import Entry
from chengxin.registry.models import Record, RecordVersion, Subject

LONGEST_DAYS = 90


class Outcome(models.TextChoices):
    """How an enquiry ended."""

    ANSWERED = "answered", "已答复"
    NO_FILE = "no_file", "无一致档案"
    REFUSED = "refused", "已拒绝"


class Access(models.Model):
    """查询留痕: one read or refused read, committed to the ledger by ``entry`` in the same transaction (charter C09).

    The rows of one screening share the entry of its batch, whose leaf holds the root of a tree over them.

    ``fields`` names the field codes that were given, ``shown`` those of them given in clear; neither holds a value.
    ``visible_from`` is when the subject may see this row; ``withheld_basis`` names the article behind a later day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The two indexes below begin with these columns; one more for each would only be written, at every look.
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    actor_role = models.CharField(max_length=40)
    purpose = models.CharField(max_length=60)
    basis_kind = models.CharField(max_length=20)
    basis_ref = models.CharField(max_length=400, blank=True, default="")
    matter_no = models.CharField(max_length=80, blank=True, default="")
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    reason_code = models.CharField(max_length=60, blank=True, default="")
    item_codes = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    shown = models.JSONField(default=list)
    record_count = models.PositiveIntegerField(default=0)
    visible_from = models.DateTimeField()
    withheld_basis = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        verbose_name = "查询留痕"
        constraints = [
            models.CheckConstraint(condition=~Q(outcome="answered") | ~Q(basis_kind=""), name="no_basis_no_answer"),
            models.CheckConstraint(
                condition=~Q(outcome="answered") | ~Q(basis_kind="statute") | (~Q(matter_no="") & ~Q(basis_ref="")),
                name="statute_comes_with_matter",
            ),
            models.CheckConstraint(condition=~Q(outcome="refused") | ~Q(reason_code=""), name="refusal_says_why"),
            models.CheckConstraint(
                condition=~Q(outcome="answered") | Q(subject__isnull=False), name="answer_is_about_somebody"
            ),
            models.CheckConstraint(
                condition=Q(withheld_basis="", visible_from=models.F("at"))
                | (~Q(withheld_basis="") & Q(visible_from__gt=models.F("at"))),
                name="only_a_basis_delays_sight",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "-at"], name="access_of_subject"),
            models.Index(fields=["agency", "-at"], name="access_of_agency"),
        ]


class Authorisation(models.Model):
    """查询授权: what one subject allows one unit for one purpose, by items, for at most ninety days (charter C12)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    grantee = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=60)
    item_codes = models.JSONField()
    days = models.PositiveSmallIntegerField()
    once = models.BooleanField(default=False)
    text_version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    since = models.DateField(null=True)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "查询授权"
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=LONGEST_DAYS), name="authorisation_ends_within_90_days"
            ),
            models.CheckConstraint(
                condition=Q(granted_at__isnull=True, granted_by__isnull=True, since__isnull=True)
                | Q(granted_at__isnull=False, granted_by__isnull=False, since__isnull=False),
                name="grant_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True) | Q(granted_at__isnull=True), name="declined_is_not_granted"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(granted_at__isnull=False), name="only_granted_is_used"
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "-asked_at"], name="authorisation_of_subject"),
            models.Index(fields=["grantee", "-asked_at"], name="authorisation_of_grantee"),
        ]

    @property
    def until(self) -> date | None:
        """Return the last day of the authorisation, or None while it is not granted."""
        return self.since + timedelta(days=self.days - 1) if self.since else None

    def computed_digest(self) -> str:
        """Return the SHA-256 of what was agreed to; a changed purpose, item, unit or length no longer matches it."""
        agreed = [
            str(self.subject_id), str(self.grantee_id), self.purpose, sorted(self.item_codes), self.days, self.once,
            self.text_version,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(agreed, ensure_ascii=False).encode()).hexdigest()


class Recipient(models.Model):
    """共享接收方: a unit that takes published organisation records under a contract, for one purpose, for a time."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=60)
    contract_no = models.CharField(max_length=80)
    since = models.DateField()
    until = models.DateField()

    class Meta:
        verbose_name = "共享接收方"
        constraints = [
            models.UniqueConstraint(fields=["agency", "contract_no"], name="one_recipient_per_contract"),
            models.CheckConstraint(condition=~Q(contract_no=""), name="recipient_has_contract"),
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="contract_days_in_order"),
        ]


class FeedState(models.Model):
    """One row that the collector locks: how far in the ledger, and up to which day, versions have become deltas."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    next_index = models.BigIntegerField(default=0)
    day = models.DateField()
    # How many changes of the catalogue desk the feed has followed.
    catalogue = models.PositiveIntegerField(default=0)


class Delta(models.Model):
    """增量: one step of the feed. It holds no content: what may be given is read again at every pull (charter C13).

    A version may have several: a change of the catalogue closes and opens records that say what they said before.
    """

    PUBLISH, CHANGE, WITHDRAW = "publish", "change", "withdraw"
    number = models.BigIntegerField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(RecordVersion, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(PUBLISH, "公开"), (CHANGE, "变更"), (WITHDRAW, "撤回")])
    at = models.DateTimeField()

    class Meta:
        verbose_name = "增量"
        # Who is late is read from the withdrawals, which are few, and never from what was given, which is everything.
        indexes = [models.Index(fields=["record", "number"], condition=Q(kind="withdraw"), name="withdrawals")]


class Receipt(models.Model):
    """回执: that a recipient was given a delta, says it received it, says it applied it, and holds what it should."""

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+")
    delta = models.ForeignKey(Delta, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    # Whether the record itself went with it, or only the word that it is gone; not known of receipts before this field.
    with_content = models.BooleanField(null=True)
    received_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    # When a set the recipient holds, this step among what made it, was found equal to what it should hold.
    verified_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "回执"
        constraints = [
            models.UniqueConstraint(fields=["recipient", "delta"], name="one_receipt_per_delta"),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(received_at__isnull=False), name="applied_was_received"
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True) | Q(applied_at__isnull=False), name="verified_was_applied"
            ),
        ]


class Report(models.Model):
    """信用报告: the trace of a report that was made; its content is not kept, only what it can be checked by."""

    number = models.CharField(primary_key=True, max_length=30)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    purpose = models.CharField(max_length=60)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    access = models.OneToOneField(Access, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    versions_digest = models.CharField(max_length=64)
    verify_code = models.CharField(max_length=16)

    class Meta:
        verbose_name = "信用报告"


class Endpoint(models.Model):
    """推送地址: where the feed is pushed for a recipient, how far it has come, and who is pushing at this moment.

    At most one batch is under way for a recipient: after ``cursor``, through ``in_flight``, until it is acknowledged.
    A ``lease`` that has run out belongs to a process that died; the same batch is then sent again.
    """

    recipient = models.OneToOneField(Recipient, primary_key=True, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=300)
    registered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    cursor = models.BigIntegerField(default=0)
    in_flight = models.BigIntegerField(null=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=40, blank=True, default="")
    retry_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = "推送地址"
        constraints = [
            models.CheckConstraint(
                condition=Q(in_flight__isnull=True) | Q(in_flight__gt=models.F("cursor")), name="batch_lies_ahead"
            ),
            models.CheckConstraint(
                condition=Q(lease__isnull=True, leased_until__isnull=True)
                | Q(lease__isnull=False, leased_until__isnull=False),
                name="lease_has_an_end",
            ),
        ]
