"""The content of a report, sealed under the key of the one it is about: gone with that key."""

from __future__ import annotations

from chengxin.disclosure.models import Report, ReportPaper
from chengxin.registry import selectors as registry
from chengxin.vault import services as vault
from chengxin.vault.services import Place


def seal_body(report: Report, body: bytes) -> bytes:
    """Seal the content of a report."""
    return vault.seal(_key(report), body, _place(report.pk))


def open_body(report: Report, paper: ReportPaper) -> bytes | None:
    """Return the content of a report, or None when it is not kept any more."""
    return vault.open_sealed(_key(report), bytes(paper.sealed), _place(report.pk)) if paper.sealed else None


def _key(report: Report) -> vault.DataKey:
    subject = registry.subject(report.subject_id)
    assert subject is not None
    return subject.key


def _place(number: str) -> Place:
    return Place("disclosure_reportpaper", "sealed", number)
