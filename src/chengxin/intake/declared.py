"""What a row said about its subject, read from the row or, once it is a record, from the record; and what is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from chengxin.catalogue import lawbook
from chengxin.intake.admission import opened
from chengxin.intake.models import Admission, Question, SubmissionRow
from chengxin.registry import naming
from chengxin.registry import selectors as registry
from chengxin.registry.models import RecordVersion, Subject, SubjectKind
from chengxin.registry.naming import Borne
from chengxin.registry.sealing import open_content, open_name
from chengxin.rules import masks
from chengxin.rules.layouts import Role


@dataclass(frozen=True, slots=True)
class Declared:
    """A subject and a document as a row declared them."""

    kind: str
    name: str = field(repr=False)
    number: str = field(repr=False)
    document_no: str = field(repr=False)
    document_date: str
    authority_name: str


@dataclass(frozen=True)
class Evidence:
    """Both sides of a question: what was declared, and what is known under the same number."""

    question: Question
    kind: str
    declared_kind: str
    number: str
    declared_name: str
    known_name: str
    names: tuple[Borne, ...]
    document_no: str
    document_date: str
    authority_name: str
    records: int
    sources: tuple[str, ...]

    @property
    def former_names(self) -> tuple[Borne, ...]:
        """Return the names that are borne no more."""
        return tuple(borne for borne in self.names if borne.until is not None)

    @property
    def kinds_differ(self) -> bool:
        """Tell whether the row declared another kind of subject than the file is of."""
        return self.declared_kind != self.kind


def of(question: Question) -> Declared:
    """Return what the row of a question declared."""
    if question.record_id:
        version = registry.present_version(question.record_id)
        assert version is not None
        return of_record(version)
    reading = opened(question.row.submission, stored(question.row))[0].reading
    return Declared(
        reading.kind, reading.name, reading.number, reading.document_no, reading.document_date, reading.authority_name
    )


def of_record(version: RecordVersion) -> Declared:
    """Return what the row of a record declared, from the record's own content."""
    subject = version.record.subject
    content = open_content(version, subject)
    layout = lawbook.layout(version.record.item.layout)
    person = subject.kind == SubjectKind.PERSON

    def said(role: Role) -> str:
        found = layout.role(role)
        return str(content.get(found.code, "")) if found else ""

    return Declared(
        kind=subject.kind,
        name=said(Role.SUBJECT_NAME),
        number=said(Role.PERSON_NUMBER if person else Role.SUBJECT_USCC),
        document_no=version.document_no or str(content.get("document_no", "")),
        document_date=version.document_date.isoformat(),
        authority_name=version.authority_name,
    )


def stored(row: SubmissionRow) -> list[tuple[object, ...]]:
    """Return a stored row as the admission opens it."""
    return [(row.pk, row.row_no, row.findings, row.fingerprint, row.sealed)]


def evidence(question: Question, subject: Subject) -> Evidence:
    """Return both sides of a question; certificate numbers are masked."""
    said, person = of(question), subject.kind == SubjectKind.PERSON
    return Evidence(
        question=question,
        kind=subject.kind,
        declared_kind=said.kind,
        number=masks.citizen_id(said.number) if person else said.number,
        declared_name=said.name,
        known_name=open_name(subject) if person else registry.present_name(subject),
        names=() if person else naming.names_of(subject),
        document_no=said.document_no,
        document_date=said.document_date,
        authority_name=said.authority_name,
        records=registry.present_versions().filter(record__subject=subject).count(),
        sources=_sources(subject.id),
    )


def _sources(subject: UUID) -> tuple[str, ...]:
    """Return the agencies whose rows became records of a subject."""
    found = Admission.objects.filter(record__subject_id=subject).order_by("row__submission__agency__name_zh")
    return tuple(found.values_list("row__submission__agency__name_zh", flat=True).distinct())
