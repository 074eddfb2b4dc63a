"""Official documents on paper, for the parties of a case only; a proposal is no document of the parties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chengxin.accounts.models import User
from chengxin.cases import documents_pdf
from chengxin.cases.models import Document
from chengxin.registry.selectors import may_act_for
from chengxin.rights import erasure_pages, handling

NOT_ISSUED = ("proposal", "evidence")
"""A draft is no document of the parties, and a file that was handed in is not the platform's."""


@dataclass(frozen=True)
class Paper:
    """One document as it leaves the platform: the sheet, and what the offline verifier reads."""

    number: str
    pdf: bytes
    evidence: dict[str, Any]


def own(document_id: int, user: User, *, now: datetime) -> Paper | None:
    """Return a document of a case the user applied in or may act in; None for everybody else."""
    found = _document(document_id)
    if found is None or not (found.case.applicant_id == user.pk or may_act_for(user, found.case.subject_ref)):
        return None
    return _paper(found, now)


def of_office(document_id: int, officer: User, *, now: datetime, today: date) -> Paper | None:
    """Return a document to an officer who may see its case, the look committed first (charter C09)."""
    found = _document(document_id)
    if found is None:
        return None
    read = erasure_pages.read if found.case.kind == "erasure" else handling.read
    page = read(found.case_id, officer, now=now, today=today)
    return _paper(found, now) if page is not None else None


def _document(document_id: int) -> Document | None:
    issued = Document.objects.select_related("case__key", "issued_by__agency").exclude(kind__in=NOT_ISSUED)
    return issued.filter(pk=document_id, case__key__wrapped__isnull=False).first()


def _paper(document: Document, now: datetime) -> Paper:
    sheet = documents_pdf.pdf(document, now=now)
    return Paper(document.number, sheet, documents_pdf.evidence_file(document, now=now))
