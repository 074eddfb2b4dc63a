"""The hot read, in hand-written SQL: who a declared code belongs to, and what stands about them today.

The object mapper is the largest cost of an enquiry, so this one path does without it. The rules are those of
``selectors.in_use``; a test keeps the two equal. Nothing here decides who may read: that is the gate's work.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from chengxin.registry.sealing import version_place
from chengxin.registry.selectors import certificate_index, name_index
from chengxin.rules import names
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.storage import jsontext, statements
from chengxin.vault import services as vault


@dataclass(frozen=True, slots=True)
class Found:
    """A subject found by exact declared code and agreeing name. ``own`` tells whether the asker may act for it."""

    id: UUID
    kind: str
    key: vault.DataKey = field(repr=False)
    own: bool
    uscc: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """An open mark on a record."""

    kind: str
    text: str = field(repr=False)


@dataclass(slots=True)  # There are very many of them, and a frozen one takes three times as long to make.
class Standing:
    """One record in use today, as an answer needs it; ``sealed`` is still closed."""

    version: int
    record: UUID
    number: int
    document_no: str = field(repr=False)
    document_date: date
    authority_code: str
    authority_name: str
    nature: str
    grade: str
    publicity: str
    content: dict[str, Any] = field(repr=False)
    sealed: bytes | None = field(repr=False)
    public_from: date | None
    public_until: date | None
    use_until: date | None
    restorable_from: date | None
    item: str
    item_zh: str
    item_en: str
    layout: str
    instrument: str
    article: str
    opt_in: bool
    marks: tuple[Mark, ...] = ()


_OWN = """EXISTS (SELECT 1 FROM registry_mandate m WHERE m.subject_id = s.id AND m.user_id = %s AND m.until IS NULL)"""

# A code of a file that was merged into another finds the one that stands for both.
_PERSON = f"""SELECT s.id, s.kind, k.id, k.wrapped, {_OWN}, p.name_index FROM registry_person p
JOIN registry_subject c ON c.id = p.subject_id JOIN registry_subject s ON s.id = COALESCE(c.forwarded_to_id, c.id)
JOIN vault_datakey k ON k.id = s.key_id WHERE p.certificate_kind = %s AND p.certificate_index = %s"""  # noqa: S608 — constants only.

_ORGANISATION = f"""SELECT s.id, s.kind, k.id, k.wrapped, {_OWN}, n.key FROM registry_organisation o
JOIN registry_subject c ON c.id = o.subject_id JOIN registry_subject s ON s.id = COALESCE(c.forwarded_to_id, c.id)
JOIN vault_datakey k ON k.id = s.key_id
JOIN registry_organisationname n ON n.subject_id = s.id WHERE o.uscc = %s"""  # noqa: S608 — constants only.

_STANDING = """SELECT v.id, v.record_id, v.number, v.document_no, CAST(v.document_date AS text),
v.authority_code, v.authority_name,
v.nature, v.grade, v.publicity, CAST(v.content AS text), v.sealed, CAST(v.public_from AS text),
CAST(v.public_until AS text), CAST(v.use_until AS text), CAST(v.restorable_from AS text),
i.code, t.name_zh, t.name_en, t.layout, t.basis_instrument, t.basis_article, t.opt_in
FROM registry_record r
JOIN registry_recordversion v ON v.record_id = r.id AND v.known_until IS NULL
JOIN catalogue_itemversion t ON t.id = r.item_id JOIN catalogue_item i ON i.id = t.item_id
WHERE r.subject_id = %s AND v.ended_at IS NULL AND (v.use_until IS NULL OR v.use_until >= %s)"""
_LINK_HOLDS, _NEWEST_FIRST = " AND NOT v.link_suspended", " ORDER BY v.document_date DESC, v.id DESC"

_MARKS = """SELECT a.record_id, a.kind, a.text FROM registry_annotation a JOIN registry_record r ON r.id = a.record_id
WHERE r.subject_id = %s AND a.until IS NULL ORDER BY a.id"""


def find(kind: CodeKind, code: str, name: str, asker: UUID) -> Found | None:
    """Return the subject with exactly this declared code whose name agrees; never a search by name (charter C06)."""
    if kind.is_personal:
        return _person(kind, code, name, asker)
    return _organisation(code, name, asker) if kind is CodeKind.USCC else None


def standing(subject: UUID, today: date, *, suspended: bool = False) -> list[Standing]:
    """Return every record of a subject that may be used today, newest document first, with its open marks.

    ``suspended=True`` includes records whose link is contested, which only the subject's own view may show.
    """
    query = _STANDING + ("" if suspended else _LINK_HOLDS) + _NEWEST_FIRST
    key = _key(subject)
    rows = statements.rows(query, (key, today.isoformat()))
    marks: dict[UUID, list[Mark]] = defaultdict(list)
    for record, kind, text in statements.rows(_MARKS, (key,)):
        marks[_uuid(record)].append(Mark(kind, text))
    return [_standing(row, marks) for row in rows]


def opened(row: Standing, sealer: vault.Sealer) -> dict[str, Any]:
    """Return every field of a record, sealed ones included."""
    if row.sealed is None:
        return row.content
    plain = sealer.open(row.sealed, version_place(row.record, row.number))
    return {**row.content, **jsontext.read(plain)}


def _person(kind: CodeKind, code: str, name: str, asker: UUID) -> Found | None:
    row = statements.row(_PERSON, (_key(asker), kind.value, certificate_index(kind, code)))
    return _found(row) if row and row[5] == name_index(name) else None


def _organisation(code: str, name: str, asker: UUID) -> Found | None:
    rows = statements.rows(_ORGANISATION, (_key(asker), code))
    key = names.organisation_key(name)
    return next((_found(row, code) for row in rows if key and row[5] == key), None)


def _found(row: tuple[Any, ...], uscc: str = "") -> Found:
    subject, kind, key, wrapped, own, _name = row
    return Found(_uuid(subject), kind, vault.DataKey(id=_uuid(key), wrapped=wrapped), bool(own), uscc)


def _standing(row: tuple[Any, ...], marks: dict[UUID, list[Mark]]) -> Standing:
    record, sealed = _uuid(row[1]), row[11]
    columns: list[Any] = [
        row[0],
        record,
        *row[2:4],
        date.fromisoformat(row[4]),
        *row[5:10],
        jsontext.read(row[10]),
        bytes(sealed) if sealed is not None else None,
        *[date.fromisoformat(day) if day else None for day in row[12:16]],
        *row[16:22],
        bool(row[22]),
        tuple(marks[record]) if record in marks else (),
    ]
    return Standing(*columns)


def _key(value: UUID) -> UUID | str:
    """Return a UUID as this database stores it."""
    return value if connection.features.has_native_uuid_field else value.hex


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(int=int(value, 16))
