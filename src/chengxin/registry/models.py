"""信用主体与信用档案: who a record is about, and what is known of it, when. Nothing here is ever overwritten."""

from __future__ import annotations

import uuid
from functools import lru_cache

from django.db import models
from django.db.models import F, Q

from chengxin.accounts.models import Agency, User
from chengxin.catalogue.models import ItemVersion
from chengxin.ledger.models import Entry
from chengxin.registry.models_changes import NameChange as NameChange
from chengxin.registry.models_changes import RecordMove as RecordMove
from chengxin.registry.models_changes import SubjectChange as SubjectChange
from chengxin.vault.models import DataKey


class SubjectKind(models.TextChoices):
    """主体类别."""

    ORGANISATION = "organisation", "法人及非法人组织"
    INDIVIDUAL_BUSINESS = "individual_business", "个体工商户"
    PERSON = "person", "自然人"


class Grade(models.TextChoices):
    """失信程度 (Order 36)."""

    NONE = "", "—"
    MINOR = "minor", "轻微"
    GENERAL = "general", "一般"
    SERIOUS = "serious", "严重"


class Cause(models.TextChoices):
    """Why a version of a record came to be."""

    ADMITTED = "admitted", "归集入库"
    CORRECTED = "corrected", "更正"
    RESTORED = "restored", "信用修复"
    WITHDRAWN = "withdrawn", "信源撤回"
    DELETED = "deleted", "异议删除"
    STOPPED = "stopped", "停止披露"
    DELISTED = "delisted", "移出名单"
    LINK_SUSPENDED = "link_suspended", "身份存疑，关联中止"
    LINK_CONFIRMED = "link_confirmed", "关联确认"
    REINSTATED = "reinstated", "恢复"
    ERASED = "erased", "应请求删除"
    DISPLAY_SUSPENDED = "display_suspended", "逾期未办结，暂停展示"
    SHIELDED = "shielded", "破产重整，暂时屏蔽"
    RESUMED = "resumed", "恢复展示"
    UNLINKED = "unlinked", "判定不是同一主体，移出"
    MOVED_OUT = "moved_out", "主体合并或拆分，转出"
    MOVED_IN = "moved_in", "主体合并或拆分，转入"


class Subject(models.Model):
    """信用主体: one legal or natural person; its id is opaque, is its mailbox, and says nothing about it.

    ``forwarded_to`` is the file that stands for this one since both were found to be one subject.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=SubjectKind.choices)
    since = models.DateTimeField()
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    forwarded_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "信用主体"
        constraints = [
            models.CheckConstraint(
                condition=Q(forwarded_to=None) | ~Q(forwarded_to=F("id")), name="no_file_stands_for_itself"
            )
        ]


class Organisation(models.Model):
    """法人、非法人组织或个体工商户, found by its unified social credit code."""

    subject = models.OneToOneField(Subject, primary_key=True, on_delete=models.PROTECT, related_name="organisation")
    uscc = models.CharField(max_length=18, unique=True)
    code_exempt = models.BooleanField(default=False)
    region = models.CharField(max_length=6, blank=True, default="")

    class Meta:
        verbose_name = "组织"


class OrganisationName(models.Model):
    """A name an organisation bore during a period; the open one is its present name."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, db_index=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "组织名称"
        constraints = [
            models.UniqueConstraint(fields=["subject"], condition=Q(until=None), name="one_present_name"),
        ]


class Person(models.Model):
    """自然人: sealed under the subject's own key; found only by declared certificate type and number (charter C06)."""

    subject = models.OneToOneField(Subject, primary_key=True, on_delete=models.PROTECT, related_name="person")
    certificate_kind = models.CharField(max_length=30)
    certificate_index = models.CharField(max_length=64)
    name_index = models.CharField(max_length=64)
    sealed_name = models.BinaryField()
    sealed_certificate = models.BinaryField()

    class Meta:
        verbose_name = "自然人"
        constraints = [
            models.UniqueConstraint(fields=["certificate_kind", "certificate_index"], name="one_file_per_certificate"),
        ]


class Mandate(models.Model):
    """A user who may act for a subject: the person themself, an organisation's representative, or one with a proof.

    Agents, guardians and the close relatives of somebody who has died hold theirs on a proof that two officers checked.
    """

    SELF, REPRESENTATIVE = "self", "representative"
    AGENT, GUARDIAN, RELATIVE = "agent", "guardian", "relative"
    CAPACITIES = [
        (SELF, "本人"),
        (REPRESENTATIVE, "单位代表"),
        (AGENT, "委托代理人"),
        (GUARDIAN, "监护人"),
        (RELATIVE, "近亲属"),
    ]
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="mandates")
    capacity = models.CharField(max_length=20, choices=CAPACITIES)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "代表权"
        constraints = [
            models.UniqueConstraint(fields=["user", "subject"], condition=Q(until=None), name="one_open_mandate")
        ]


class Derivation(models.Model):
    """推导: the steps from a decision to the last day, each with its basis; ``key`` is the SHA-256 of the steps.

    Decisions of one day and grade share their derivation, and it names no subject; ten thousand records need few.
    """

    key = models.CharField(max_length=64, primary_key=True)
    steps = models.JSONField()

    class Meta:
        verbose_name = "推导"


@lru_cache(maxsize=4096)
def _steps(key: str) -> tuple[dict[str, str], ...]:
    # What a key stands for never changes, so that it may be remembered for as long as there is room.
    return tuple(Derivation.objects.get(key=key).steps) if key else ()


class Record(models.Model):
    """信用信息: the identity of one fact about one subject under one item (charter C01 is this foreign key)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The index over subject and item finds the records of a subject, and says which they are without reading them.
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="records", db_index=False)
    # So does the index of the newest records of an item, for the lists of the open site.
    item = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    evidence = models.CharField(max_length=40)
    sameness = models.CharField(max_length=64, unique=True)
    admitted_at = models.DateTimeField()

    class Meta:
        verbose_name = "信用记录"
        constraints = [models.CheckConstraint(condition=~Q(evidence=""), name="record_link_has_evidence")]
        indexes = [
            models.Index(fields=["subject", "item", "id"], name="records_of_subject"),
            models.Index(fields=["item", "-admitted_at", "-id"], name="newest_of_item"),
        ]


class RecordVersion(models.Model):
    """What was known of a record from one moment to the next; the version with no end is the present one.

    Personal fields are in ``sealed``; ``content`` is free of them. Dates are inclusive last days: a record is public on
    its ``public_until`` and gone the day after; ``None`` means never public, or in use without end.
    """

    # The unique pair of record and number finds the versions of a record; a second index would only be written.
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    known_from = models.DateTimeField()
    known_until = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=20, choices=Cause.choices)
    cause_ref = models.CharField(max_length=80, blank=True, default="")
    document_no = models.CharField(max_length=200, blank=True, default="")
    document_date = models.DateField()
    authority_code = models.CharField(max_length=18)
    authority_name = models.CharField(max_length=200)
    nature = models.CharField(max_length=10)
    grade = models.CharField(max_length=10, choices=Grade.choices, blank=True, default="")
    publicity = models.CharField(max_length=12)
    content = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True, blank=True)
    anchor = models.CharField(max_length=20, blank=True, default="")
    public_from = models.DateField(null=True, blank=True)
    public_until = models.DateField(null=True, blank=True)
    use_until = models.DateField(null=True, blank=True)
    restorable_from = models.DateField(null=True, blank=True)
    derived_by = models.CharField(max_length=64, blank=True, default="")
    notified_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    link_suspended = models.BooleanField(default=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "记录版本"
        constraints = [
            models.UniqueConstraint(fields=["record", "number"], name="version_numbers_do_not_repeat"),
            models.UniqueConstraint(fields=["record"], condition=Q(known_until=None), name="one_present_version"),
            models.CheckConstraint(
                condition=~Q(nature="negative") | Q(notified_at__isnull=False), name="negative_record_was_notified"
            ),
            models.CheckConstraint(
                condition=Q(public_until=None) | Q(use_until=None) | Q(public_until__lte=F("use_until")),
                name="publicity_ends_no_later_than_use",
            ),
            models.CheckConstraint(
                condition=Q(public_from=None) | Q(publicity="public"), name="only_public_items_are_published"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-public_from", "-id"],
                condition=Q(known_until=None, ended_at=None, publicity="public"),
                name="newest_published",
            ),
            # An agency finds its record by the number of the decision; a person's number is sealed and stands nowhere.
            models.Index(
                fields=["document_no"], condition=Q(known_until=None) & ~Q(document_no=""), name="present_by_number"
            ),
            # What proved wrong is counted each month among everything that ever was; it is little.
            models.Index(
                fields=["cause", "record"], condition=Q(cause__in=["corrected", "deleted"]), name="put_right_by_cause"
            ),
        ]

    @property
    def derivation(self) -> list[dict[str, str]]:
        """Return the steps by which grade and days were found, in order; a decision's own cause has none."""
        return [dict(step) for step in _steps(self.derived_by)]


class Looked(models.Model):
    """来源单位查看: an official opened a person's record to check it or settle its kind; its subject sees every look.

    Kept here because the room that shows a file to its subject may not look into the room where records are filed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30)
    why = models.CharField(max_length=12, default="source")
    at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "来源单位查看"


class KindQuestion(models.Model):
    """待核定处罚种类: what no rule can settle about a penalty and two people have to read the document for.

    The kind is unclear, or the penalty looks like one of the simple procedure filed as an ordinary one. One officer
    proposes (``sealed_proposal``, under the subject's key), another decides.
    """

    UNCLEAR, SIMPLE = "unclear", "simple"
    REASONS = [(UNCLEAR, "处罚种类不明确"), (SIMPLE, "可能适用简易程序")]
    AS_SIMPLE = "as_simple"
    ANSWERS = [("kinds", "核定处罚种类"), (AS_SIMPLE, "适用简易程序"), ("stands", "维持原样")]
    record = models.OneToOneField(Record, primary_key=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=12, choices=REASONS)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=12, choices=ANSWERS, blank=True, default="")
    sealed_proposal = models.BinaryField(null=True)
    proposed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "待核定处罚种类"
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="two_people_settle_a_kind"
            ),
        ]
        indexes = [models.Index(fields=["why", "asked_at"], condition=Q(decided_at=None), name="open_kind_questions")]


class Annotation(models.Model):
    """A mark every answer must carry while it stands: disputed, under repair, a subject's statement."""

    DISPUTED, UNDER_REPAIR, STATEMENT = "disputed", "under_repair", "statement"
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="annotations")
    kind = models.CharField(
        max_length=20, choices=[(DISPUTED, "异议中"), (UNDER_REPAIR, "修复办理中"), (STATEMENT, "主体声明")]
    )
    cause_ref = models.CharField(max_length=80)
    text = models.TextField(blank=True, default="")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "标注"
        constraints = [
            models.UniqueConstraint(
                fields=["record", "kind", "cause_ref"], condition=Q(until=None), name="one_open_mark_per_cause"
            )
        ]
        indexes = [models.Index(fields=["record"], condition=Q(until=None), name="open_marks")]
