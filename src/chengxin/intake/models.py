"""归集: what an agency sent, row by row, what became of each row, and which record it became."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from chengxin.accounts.models import Agency, User
from chengxin.catalogue.models import ItemVersion
from chengxin.intake.models_carried import Carried as Carried
from chengxin.intake.models_carried import RowDigests as RowDigests
from chengxin.intake.models_mapping import ColumnMapping as ColumnMapping
from chengxin.intake.models_mapping import HeldFile as HeldFile
from chengxin.intake.models_quality import Bulletin as Bulletin
from chengxin.intake.models_quality import HandPoint as HandPoint
from chengxin.intake.models_quality import MonthFigure as MonthFigure
from chengxin.intake.models_quality import MonthlyTable as MonthlyTable
from chengxin.intake.models_quality import QualityReminder as QualityReminder
from chengxin.intake.models_quality import SupplyDuty as SupplyDuty
from chengxin.intake.models_uploads import Upload as Upload
from chengxin.intake.models_uploads import UploadPiece as UploadPiece
from chengxin.registry.models import Record
from chengxin.vault.models import DataKey


class Submission(models.Model):
    """报送批次: one file of one agency for one item. The same file is taken once; a refused one may come again.

    ``counts`` holds received, a figure for each state of its rows, and ``by_code``. ``notes`` are findings
    about the file as a whole; ``refusal`` says in both languages why a file was not taken.
    """

    class State(models.TextChoices):
        """How far a file has come."""

        VALIDATED = "validated", "已校验"
        ADMITTED = "admitted", "已处理"
        REFUSED = "refused", "未接收"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    kind = models.CharField(max_length=10, blank=True, default="")
    encoding = models.CharField(max_length=20, blank=True, default="")
    headings = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State.choices)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    refusal = models.JSONField(null=True, blank=True)
    key = models.ForeignKey(DataKey, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "报送批次"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "item", "sha256"], condition=~Q(state="refused"), name="same_file_taken_once"
            )
        ]
        indexes = [models.Index(fields=["agency", "-submitted_at"], name="submissions_newest_first")]


class RowState(models.TextChoices):
    """What became of a row: the states of ``rules.workflows.submission_row`` that are written down."""

    VALID = "valid", "待入库"
    ADMITTED = "admitted", "已入库"
    RETURNED = "returned", "退回"
    WAITING = "waiting", "待人工判定"
    DUPLICATE = "duplicate", "已有相同记录"
    CORRECTED = "corrected", "已更正入库"
    WITHDRAWN = "withdrawn", "已撤回"
    MENDED = "mended", "已重报"
    RETRACTED = "retracted", "入库前撤回"


class SubmissionRow(models.Model):
    """One row as it was sent, sealed under the submission's key until it is a record; then only its keyed digest stays.

    ``row_no`` counts as a spreadsheet does, the heading being row 1. ``findings`` are codes and shapes, never content.
    """

    # The unique pair of submission and row number finds the rows of a submission; a second index would only be written.
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="rows", db_index=False)
    row_no = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=RowState.choices)
    findings = models.JSONField(default=list)
    sealed = models.BinaryField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "报送行"
        constraints = [models.UniqueConstraint(fields=["submission", "row_no"], name="one_line_per_row")]
        indexes = [models.Index(fields=["submission", "state", "row_no"], name="rows_by_state")]


class Parcel(models.Model):
    """待入库: rows in order on their way to the registry, sealed together under the submission's key.

    A parcel becomes rows and records and is deleted in one transaction; what an interruption left is taken up again.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        verbose_name = "待入库分包"
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="one_parcel_per_number")]


class Admission(models.Model):
    """入库: which row became which record. The link stands here because intake knows both ends."""

    row = models.OneToOneField(SubmissionRow, on_delete=models.PROTECT, related_name="admission")
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="+")
    admitted_at = models.DateTimeField()

    class Meta:
        verbose_name = "入库"


STILL_OPEN = Q(answered_at=None, retracted_at=None)
"""Questions that nobody has answered and whose rows their source has not taken back."""


class Question(models.Model):
    """A match that only a person may judge: the code is known, the name is not the one we know (charter C06).

    ``record`` is set when the row is a record already and its link was put in doubt by taking an answer back.
    ``follows`` is the answer that settled this question too. ``sealed`` and ``sealed_undoing`` hold the reasons given,
    under the key of the subject asked about. An answer that was taken back stays, beside the question asked anew. A
    question whose row its source took back is closed without an answer; ``sealed`` then holds the source's reason.
    """

    row = models.ForeignKey(SubmissionRow, on_delete=models.PROTECT, related_name="questions")
    record = models.ForeignKey(Record, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40)
    candidates = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    same_subject = models.BooleanField(null=True)
    name_since = models.DateField(null=True)
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    sealed_undoing = models.BinaryField(null=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    retracted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    retracted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "匹配疑问"
        constraints = [
            models.CheckConstraint(
                condition=Q(same_subject=None, answered_by=None, answered_at=None)
                | Q(same_subject__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="answer_has_author",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False, answered_at__isnull=False),
                name="answer_taken_back_has_author",
            ),
            models.CheckConstraint(
                condition=Q(retracted_at=None, retracted_by=None)
                | Q(retracted_at__isnull=False, retracted_by__isnull=False, answered_at=None),
                name="retraction_closes_an_open_question",
            ),
            models.UniqueConstraint(fields=["row"], condition=Q(undone_at=None), name="one_standing_question"),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=STILL_OPEN, name="open_questions")]


class Recurrence(models.Model):
    """再报: a row that met a record which stands already; its state says whether it agreed with it."""

    row = models.OneToOneField(SubmissionRow, on_delete=models.PROTECT, related_name="recurrence")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "再报"


class Mending(models.Model):
    """重报: a row that was sent back stands again in ``submission``, under ``row_no``.

    The row keeps what the file said; the new submission holds what the clerk made of it. ``changed`` are the headings
    whose cells are different. Of what was changed in the browser ``root`` is the file both go back to; what came again
    in a file has that file as its root.
    """

    row = models.OneToOneField(SubmissionRow, on_delete=models.PROTECT, related_name="mending")
    root = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+", db_index=False)
    row_no = models.PositiveIntegerField()
    changed = models.JSONField()

    class Meta:
        verbose_name = "网页修改"
        constraints = [models.UniqueConstraint(fields=["submission", "row_no"], name="one_mending_per_row")]


class Correction(models.Model):
    """更正: the source put other values into a record it had filed, and with them came version ``number``.

    ``fields`` are codes; the values stand in the record's versions. ``sealed`` holds the words of the clerk under the
    subject's key. ``row`` is the row of a later file that brought the values, if one did.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    row = models.OneToOneField(SubmissionRow, null=True, on_delete=models.PROTECT, related_name="correction")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    fields = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    sealed = models.BinaryField()

    class Meta:
        verbose_name = "更正"
        constraints = [models.UniqueConstraint(fields=["record", "number"], name="one_correction_per_version")]


class Withdrawal(models.Model):
    """撤回: the source took back a record it had filed; it is in no answer from version ``number`` on.

    ``due_on`` is the last day the law gave for it, with its derivation, where the law sets one. The number of the
    document and the words of the clerk are sealed under the subject's key. A withdrawal made by mistake is undone once.
    """

    class Reason(models.TextChoices):
        """Why a record is taken back (行政处罚法 第四十八条; the last one is the source's own mistake)."""

        REVOKED = "revoked", "决定被撤销"
        CHANGED = "changed", "决定被变更"
        ILLEGAL = "illegal", "决定被确认违法"
        VOID = "void", "决定被确认无效"
        MISTAKE = "mistake", "报送有误"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    decided_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    derivation = models.JSONField(default=list)
    days_late = models.PositiveIntegerField(default=0)
    sealed = models.BinaryField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "撤回"
        constraints = [
            models.UniqueConstraint(fields=["record"], condition=Q(undone_at=None), name="one_standing_withdrawal"),
            models.CheckConstraint(
                condition=Q(reason="mistake") | Q(decided_on__isnull=False), name="withdrawal_names_its_decision"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="undoing_has_author",
            ),
        ]
        indexes = [models.Index(fields=["agency", "-made_at"], name="withdrawals_newest_first")]


class ExchangePeer(models.Model):
    """交换对端: a department's system whose public key was checked and pinned by the credit centre."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    public_key = models.CharField(max_length=128, unique=True)
    pinned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    pinned_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "交换对端"


class ExchangeNonce(models.Model):
    """一次性随机数: a message is taken once; kept as long as the message's time could still pass."""

    peer = models.ForeignKey(ExchangePeer, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=32)
    used_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "一次性随机数"
        constraints = [models.UniqueConstraint(fields=["peer", "nonce"], name="a_message_once")]
