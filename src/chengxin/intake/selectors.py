"""Reading submissions: what was received and what became of every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from chengxin.accounts.models import Agency, User
from chengxin.accounts.roles import Permission
from chengxin.accounts.selectors import reached
from chengxin.catalogue import lawbook
from chengxin.catalogue.models import ItemVersion
from chengxin.intake import reasons
from chengxin.intake.models import STILL_OPEN, Admission, Question, RowState, Submission, SubmissionRow
from chengxin.intake.reasons import Stored
from chengxin.registry import forwarding
from chengxin.rules.layouts import Layout
from chengxin.rules.validation.codes import Finding, Rule, field_name


@dataclass(frozen=True)
class Summary:
    """How many rows of a submission ended where, and how often each finding was made."""

    received: int
    admitted: int
    returned: int
    waiting: int
    duplicate: int
    valid: int
    corrected: int
    withdrawn: int
    mended: int
    retracted: int
    by_code: Mapping[str, int]


@dataclass(frozen=True)
class RowView:
    """One row as a page shows it: its number, what became of it, and what was found, in words."""

    row_no: int
    state: str
    findings: tuple[Finding, ...]


def summary(submission: Submission) -> Summary:
    """Return the figures of a submission."""
    counts: dict[str, Any] = submission.counts
    figures = {name: counts.get(name, 0) for name in ("received", *RowState.values)}
    return Summary(**figures, by_code=counts.get("by_code", {}))


def submission(submission_id: UUID) -> Submission | None:
    """Return one submission."""
    found = Submission.objects.select_related("agency", "item__item", "key", "submitted_by")
    return found.filter(id=submission_id).first()


def submissions_of(agency: Agency) -> QuerySet[Submission]:
    """Return what an agency sent, newest first."""
    return Submission.objects.filter(agency=agency).select_related("item__item").order_by("-submitted_at")


def submissions(reader: User | None = None) -> QuerySet[Submission]:
    """Return what the agencies of a reader's region sent, newest first; without a reader what all sent."""
    theirs = reached(reader, Permission.MATCH_SUBJECT, "agency__region") if reader else Q()
    return Submission.objects.select_related("item__item", "agency").filter(theirs).order_by("-submitted_at")


def rows(submission: Submission, state: str = "") -> QuerySet[SubmissionRow]:
    """Return the rows of a submission about which there is something to say, or all rows of one state."""
    found = SubmissionRow.objects.filter(submission=submission).defer("sealed").order_by("row_no")
    return found.filter(state=state) if state else found.exclude(findings=[])


def kept(submission: Submission) -> bool:
    """Tell whether an agency can still take rows of a submission home: sealed, readable, not filed again since."""
    found = SubmissionRow.objects.filter(
        submission=submission, sealed__isnull=False, submission__key__destroyed_at=None
    )
    return found.exclude(state=RowState.MENDED).exists()


def in_words(submission: Submission, rows: QuerySet[SubmissionRow] | list[SubmissionRow]) -> list[RowView]:
    """Put the findings of some rows into words of both languages; slice the rows to a page first."""
    layout, rules = _words(submission)
    return [
        RowView(row.row_no, row.state, tuple(reasons.said(f, layout, rules, row.row_no) for f in row.findings))
        for row in rows
    ]


def findings_in_words(submission: Submission, findings: list[Stored]) -> tuple[Finding, ...]:
    """Put stored findings into words of both languages."""
    layout, rules = _words(submission)
    return tuple(reasons.said(found, layout, rules) for found in findings)


def findings_of(item: ItemVersion, findings: list[Stored]) -> tuple[Finding, ...]:
    """Put findings about a row of an item into words of both languages, where there is no submission."""
    layout, rules = lawbook.layout(item.layout), reasons.all_rules()
    return tuple(reasons.said(found, layout, rules) for found in findings)


def notes(submission: Submission) -> list[Finding]:
    """Return the findings about the file as a whole, in words."""
    layout, rules = _words(submission)
    return [reasons.said(found, layout, rules) for found in submission.notes]


def field_heading(submission: Submission, code: str, language: str) -> str:
    """Return the heading of a field."""
    return field_name(lawbook.layout(submission.item.layout), code, language)


def _words(submission: Submission) -> tuple[Layout, dict[str, Rule]]:
    return lawbook.layout(submission.item.layout), reasons.all_rules()


def _judged_by(reader: User | None) -> Q:
    """Match the questions about rows of a reader's region; without a reader all, for whoever runs the machine."""
    return reached(reader, Permission.MATCH_SUBJECT, "row__submission__agency__region") if reader else Q()


def open_questions(reader: User | None = None) -> QuerySet[Question]:
    """Return the questions nobody has answered, oldest first, those of a reader's region."""
    found = Question.objects.filter(STILL_OPEN, _judged_by(reader))
    return found.select_related("row__submission__agency", "row__submission__item__item").order_by("asked_at", "id")


def is_judged_by(question_id: int, reader: User) -> bool:
    """Tell whether there is such a question, open or answered, about a row of a reader's region."""
    return Question.objects.filter(_judged_by(reader), pk=question_id).exists()


def is_about_kind(question_id: int) -> bool:
    """Tell whether a question is about the kind of a subject whose name agrees."""
    return Question.objects.filter(pk=question_id, reason="subject.kind_differs").exists()


def answered_questions(reader: User | None = None) -> QuerySet[Question]:
    """Return the answers given and the ones taken back, the newest first, those of a reader's region."""
    found = Question.objects.filter(_judged_by(reader), answered_at__isnull=False)
    related = ("row__submission__agency", "row__submission__item__item", "answered_by", "undone_by")
    return found.select_related(*related).order_by("-answered_at", "-id")


def source_of(record_id: UUID) -> tuple[Submission, int] | None:
    """Return the submission and the row number from which a record came."""
    found = (
        Admission.objects.filter(record_id__in=forwarding.ids_of(record_id))
        .select_related("row__submission__agency")
        .first()
    )
    return (found.row.submission, found.row.row_no) if found else None


def states(submission: Submission) -> Iterator[tuple[int, str]]:
    """Yield each row's number and what became of it."""
    yield from SubmissionRow.objects.filter(submission=submission).values_list("row_no", "state").iterator()


def admitted_count() -> int:
    """Return how many rows of all submissions have become records."""
    return Admission.objects.count()


def reason_name(code: str, language: str) -> str:
    """Return a short name for a kind of finding, without any field or figure."""
    return REASON_NAMES[code][0 if language == "zh" else 1]


REASON_NAMES: dict[str, tuple[str, str]] = {
    "amount.negative": ("金额为负", "Negative amount"),
    "amount.unit": ("金额单位可疑", "Doubtful unit of amount"),
    "amount.unreadable": ("金额无法读取", "Unreadable amount"),
    "authority.differs": ("决定机关不是本单位", "Other deciding authority"),
    "authority.kind": ("决定机关代码存疑", "Doubtful code of the authority"),
    "cell.required": ("必填项未填写", "Required field empty"),
    "choice.unknown": ("取值不在范围内", "Value not in the list"),
    "column.doubled": ("列重复", "Column occurs twice"),
    "column.missing": ("缺少列", "Column missing"),
    "column.passed": ("未读取的列", "Column not read"),
    "column.prohibited": ("禁止采集的列", "Prohibited column"),
    "column.shifted": ("可能串列", "Columns slipped"),
    "column.unknown": ("未知列", "Unknown column"),
    "confiscation.amount": ("缺少没收金额", "Confiscated amount missing"),
    "confiscation.category": ("有没收金额，没有没收类别", "Confiscated amount without its category"),
    "date.future": ("日期晚于今天", "Date in the future"),
    "date.ignored": ("日期没有采用", "Date left out"),
    "date.late": ("超过报送时限", "Reported late"),
    "date.order": ("日期先后颠倒", "Dates in the wrong order"),
    "date.too_old": ("日期过早", "Date too early"),
    "date.unreadable": ("日期无法读取", "Unreadable date"),
    "decision.missing": ("缺少决定文书", "Decision document missing"),
    "document_no.shape": ("文号写法可疑", "Unusual document number"),
    "file.duplicate": ("文件内重复", "Repeated in the file"),
    "fine.amount": ("缺少罚款金额", "Fine missing"),
    "fine.category": ("有罚款金额，没有罚款类别", "Fine without its category"),
    "licence.text": ("缺少证照名称", "Licence name missing"),
    "org_code.wrong": ("组织机构代码不符", "Organisation code wrong"),
    "person.minor": ("未满十八周岁", "Under eighteen"),
    "person.number_old": ("15 位身份证号", "15-digit identity number"),
    "person.number_wrong": ("证件号码不符", "Certificate number wrong"),
    "record.differs": ("与已有记录内容不同", "Differs from the stored record"),
    "record.exists": ("已有相同记录", "Stored already"),
    "record.other_item": ("已在另一目录项入库", "Stored under another item"),
    "record.period_over": ("使用期已满", "Period of use is over"),
    "record.withdrawn": ("记录已被撤回", "Withdrawn by its source"),
    "row.not_current": ("决定已不是正常状态", "Decision no longer stands"),
    "row.procedure": ("程序与目录项不符", "Procedure not that of the item"),
    "row.shifted": ("这一行串列", "Row slipped"),
    "row.cells": ("单元格数不符", "Wrong number of cells"),
    "source.differs": ("来源单位不是本单位", "Other source agency"),
    "subject.asked_again": ("原判定已撤销，重新判定", "Judgement taken back, asked anew"),
    "subject.kind_differs": ("号码与主体类别不一致", "Number known for another kind"),
    "subject.kind_not_in_item": ("主体类别不属于该目录项", "Kind of subject not in the item"),
    "subject.name_differs": ("号码与名称不一致", "Number known under another name"),
    "subject.needs_uscc": ("缺少统一社会信用代码", "Unified social credit code missing"),
    "subject.no_code": ("没有主体代码", "No code of the subject"),
    "subject.not_the_same": ("判定不是同一主体", "Judged not the same subject"),
    "text.control": ("含控制字符", "Control characters"),
    "text.too_long": ("文字过长", "Text too long"),
    "uscc.citizen_id": ("误填身份证号", "Identity number in a code field"),
    "uscc.exempt": ("历史代码", "Historic code"),
    "uscc.kind": ("代码与主体类别不符", "Code does not fit the kind"),
    "uscc.on_person": ("自然人填了信用代码", "Organisation code on a person"),
    "uscc.wrong": ("统一社会信用代码不符", "Unified social credit code wrong"),
}
