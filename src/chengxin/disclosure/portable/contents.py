"""What goes into a portable report: the holder's own file of today, cut into pieces that can be shown one by one.

This file alone knows how a file and a credit report are built; the rest of this folder works on ``Piece``.
Numbers and names of anybody inside a record are masked: the holder may show a record without showing a third person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.catalogue import lawbook
from chengxin.catalogue import selectors as catalogue
from chengxin.disclosure import own_file
from chengxin.disclosure.portable.law import statement_years
from chengxin.disclosure.rows import OPEN_CLASSES
from chengxin.disclosure.shapes import FieldShown, RowShown
from chengxin.registry import hot
from chengxin.registry import selectors as registry
from chengxin.registry.sealing import open_certificate
from chengxin.rules import masks, report_domains
from chengxin.rules.periods import add_months
from chengxin.rules.report_layouts import ADVICE

RECORD, SECTION, DOMAIN = "record", "section", "domain"


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing the holder can show or keep back, as it stands in the token."""

    value: dict[str, Any] = field(repr=False)

    @property
    def says_nothing(self) -> str:
        """Return the section or field of which this piece says that nothing was recorded, else an empty text."""
        empty = self.value["is"] != RECORD and not self.value["count"] and not self.value.get("unsorted")
        return f"{self.value['is']}:{self.value['code']}" if empty else ""


@dataclass(frozen=True, slots=True)
class Source:
    """A record in the report: its version when it was read, until when it may be used, its open marks."""

    record: UUID
    version: int
    use_until: date | None
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything a portable report is made of."""

    kind: str
    name: str = field(repr=False)
    code: str = field(repr=False)
    masked_code: str
    as_of: date
    access: UUID
    pieces: tuple[Piece, ...]
    sources: tuple[Source, ...]


def read(subject_id: UUID, actor: User, *, now: datetime, today: date) -> Contents:
    """Read the holder's own file, which is itself committed to the ledger, and cut it into pieces; raises NotYours."""
    # Versions are taken first: a change that comes in between makes the report superseded at once, never wrong.
    before = {row.record: row for row in hot.standing(subject_id, today)}
    own = own_file.read(subject_id, actor, now=now, today=today)
    rows = [each.row for each in own.held if not each.link_suspended and each.row.record in before]
    code, masked = _codes(subject_id, own.kind)
    pieces = (*_records(rows, own.kind, today), *_sections(rows, own.kind, today), *_domains(rows, today))
    sources = tuple(_source(before[row.record]) for row in rows)
    return Contents(own.kind, own.name, code, masked, today, own.access, pieces, sources)


def section_of(item: str, kind: str, today: date) -> str:
    """Return the section of the report about this kind of subject in which records of an item stand."""
    return lawbook.section_of(item, kind, today)


def domains_of(authority_name: str, today: date) -> str:
    """Return the field of the administration an authority belongs to; empty when it is not known."""
    return report_domains.domain_of(authority_name, lawbook.domains(today))


def _codes(subject_id: UUID, kind: str) -> tuple[str, str]:
    subject = registry.subject(subject_id)
    if subject is None:
        raise own_file.NotYours
    if kind != "person":
        uscc = subject.organisation.uscc
        return uscc, uscc
    code = open_certificate(subject)
    citizen = subject.person.certificate_kind == "citizen_id"
    return code, masks.citizen_id(code) if citizen else masks.certificate(code)


def _source(row: hot.Standing) -> Source:
    return Source(row.record, row.version, row.use_until, tuple(sorted(mark.kind for mark in row.marks)))


def _records(rows: Iterable[RowShown], kind: str, today: date) -> Iterable[Piece]:
    for row in rows:
        yield Piece(
            {
                "is": RECORD,
                "section": section_of(row.item, kind, today),
                "item": row.item,
                "zh": row.item_zh,
                "en": row.item_en,
                "authority": row.authority_name,
                "document": row.document_no,
                "decided": row.document_date.isoformat(),
                "nature": row.nature,
                "grade": row.grade,
                "basis": row.basis,
                "until": row.use_until.isoformat() if row.use_until else None,
                "disputed": row.disputed,
                "under_repair": row.under_repair,
                "statement": masks.by_class(masks.FieldClass.FREE_TEXT, row.statement),
                "fields": _fields(row, today),
            }
        )


def _fields(row: RowShown, today: date) -> list[dict[str, str]]:
    layout = lawbook.layout(catalogue.version_in_force(row.item, today).layout)
    classes = {each.code: each.klass for each in layout.fields}
    return [_field(each, classes.get(each.code, masks.FieldClass.SECRET.value)) for each in row.fields]


def _field(shown: FieldShown, klass: str) -> dict[str, str]:
    text = shown.value if klass in OPEN_CLASSES else masks.by_class(klass, shown.value)
    return {"zh": shown.zh, "en": shown.en, "text": text}


def _sections(rows: Iterable[RowShown], kind: str, today: date) -> Iterable[Piece]:
    counted = [section_of(row.item, kind, today) for row in rows]
    for each in lawbook.report_layout(kind, today).shown_to(kind):
        if each.code != ADVICE:  # Advice is no record; that there is none of it would say nothing.
            yield Piece({"is": SECTION, "code": each.code, "zh": each.zh, "en": each.en,
                         "count": counted.count(each.code), "as_of": today.isoformat()})  # fmt: skip


def _domains(rows: list[RowShown], today: date) -> Iterable[Piece]:
    known, since = lawbook.domains(today), add_months(today, -12 * statement_years(today))
    for said in report_domains.statements(rows, known, known, since, today):
        yield Piece({"is": DOMAIN, "code": said.code, "zh": said.zh, "en": said.en, "count": said.count,
                     "unsorted": said.unsorted, "since": since.isoformat(), "until": today.isoformat()})  # fmt: skip
