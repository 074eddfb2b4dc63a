"""What of a case is sealed, under the case's own key, and where."""

from __future__ import annotations

from chengxin.cases.models import Case, CaseEvent, Document
from chengxin.vault import services as vault
from chengxin.vault.services import Place


def seal_note(case: Case, seq: int, note: str) -> bytes | None:
    """Seal the note of an event; an empty note is nothing."""
    return vault.seal(case.key, note.encode(), _note_place(case, seq)) if note else None


def open_note(event: CaseEvent) -> str:
    """Return the note of an event, empty when there is none."""
    if event.sealed_note is None:
        return ""
    return vault.open_sealed(event.case.key, bytes(event.sealed_note), _note_place(event.case, event.seq)).decode()


def seal_extension(case: Case, key: str, note: str) -> bytes:
    """Seal the reason for which an extension was asked."""
    return vault.seal(case.key, note.encode(), Place("cases_extension", "sealed_note", f"{case.pk}:{key}"))


def seal_body(case: Case, number: str, body: bytes) -> bytes:
    """Seal the content of a document."""
    return vault.seal(case.key, body, _body_place(number))


def open_body(document: Document) -> str:
    """Return the text of a document."""
    return open_content(document).decode()


def open_content(document: Document) -> bytes:
    """Return what was sealed of a document: its text, or the file that was handed in."""
    return vault.open_sealed(document.case.key, bytes(document.sealed_body), _body_place(document.number))


def _note_place(case: Case, seq: int) -> Place:
    return Place("cases_caseevent", "sealed_note", f"{case.pk}:{seq}")


def _body_place(number: str) -> Place:
    return Place("cases_document", "sealed_body", number)
