"""The hot read for many subjects at once, in hand-written SQL: whose codes these are, and what list entries stand.

The rules are those of ``hot`` and of ``selectors.in_use``; a test keeps them equal. Nothing here decides who may read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from chengxin.registry.hot import Mark
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.storage.lists import among, as_uuid, listed, listed_ids
from chengxin.vault import services as vault


class Known(NamedTuple):
    """A subject found by exact code; ``name`` is the blind index of a person's name, empty for an organisation."""

    id: UUID
    kind: str
    name: str = ""

    def __repr__(self) -> str:
        """Leave the name out: not even its index belongs into a trace."""
        return f"Known(id={self.id!r}, kind={self.kind!r})"


@dataclass(frozen=True, slots=True)
class Entered:
    """One list entry that stands today, without content."""

    record: UUID
    item: str
    item_zh: str
    item_en: str
    basis: str
    nature: str
    opt_in: bool
    authority: str
    since: date
    until: date | None
    marks: tuple[Mark, ...]


_ORGANISATIONS = """SELECT o.uscc, s.id, s.kind, s.forwarded_to_id FROM registry_organisation o
JOIN registry_subject s ON s.id = o.subject_id JOIN vault_datakey k ON k.id = s.key_id
WHERE (s.forwarded_to_id IS NOT NULL OR k.wrapped IS NOT NULL) AND """
_STANDING = """SELECT s.id, s.kind FROM registry_subject s JOIN vault_datakey k ON k.id = s.key_id
WHERE k.wrapped IS NOT NULL AND """
_PERSONS = """SELECT p.certificate_index, s.id, s.kind, p.name_index FROM registry_person p
JOIN registry_subject c ON c.id = p.subject_id JOIN registry_subject s ON s.id = COALESCE(c.forwarded_to_id, c.id)
JOIN vault_datakey k ON k.id = s.key_id
WHERE k.wrapped IS NOT NULL AND p.certificate_kind = %s AND """
_NAMES = "SELECT n.subject_id, n.key FROM registry_organisationname n WHERE "
_ENTRIES = """SELECT r.subject_id, r.id, i.code, t.name_zh, t.name_en, t.basis_instrument, t.basis_article, v.nature,
t.opt_in, v.authority_name, v.document_date, v.use_until FROM registry_record r
JOIN registry_recordversion v ON v.record_id = r.id AND v.known_until IS NULL
JOIN catalogue_itemversion t ON t.id = r.item_id JOIN catalogue_item i ON i.id = t.item_id
WHERE {subjects} AND r.item_id IN (SELECT w.id FROM catalogue_itemversion w JOIN catalogue_item c ON c.id = w.item_id
WHERE {items}) AND v.ended_at IS NULL AND NOT v.link_suspended
AND (v.use_until IS NULL OR v.use_until >= %s)"""
_OWN = "SELECT m.subject_id FROM registry_mandate m WHERE m.user_id = %s AND m.until IS NULL"
_MARKS = (
    "SELECT a.record_id, a.kind, a.text FROM registry_annotation a WHERE a.until IS NULL AND {records} ORDER BY a.id"
)


PIECE = 500
"""Codes looked up at once: for a list of thousands PostgreSQL reads the whole table instead of the index."""


def organisations(codes: Collection[str]) -> dict[str, Known]:
    """Return the organisations with these codes, by code; one whose key is destroyed is no file."""
    if not codes:
        return {}
    wanted, rows = list(codes), []
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), PIECE):
            cursor.execute(_ORGANISATIONS + among("o.uscc"), [listed(wanted[start : start + PIECE])])
            rows += cursor.fetchall()
    found = {code: Known(as_uuid(pk), kind) for code, pk, kind, merged in rows if merged is None}
    merged_into = {code: as_uuid(merged) for code, _pk, _kind, merged in rows if merged is not None}
    return found | _standing(merged_into) if merged_into else found


def _standing(merged_into: Mapping[str, UUID]) -> dict[str, Known]:
    """Return the files that stand for merged ones, by the merged one's code; they are few, so they are read last."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING + among("s.id"), [listed_ids(set(merged_into.values()))])
        standing = {as_uuid(pk): Known(as_uuid(pk), kind) for pk, kind in cursor.fetchall()}
    return {code: standing[pk] for code, pk in merged_into.items() if pk in standing}


def persons(kind: CodeKind, numbers: Collection[str]) -> dict[str, Known]:
    """Return the persons with these certificate numbers, by number; there is no search by name (charter C06)."""
    if not numbers:
        return {}
    index = vault.blind_indexer(f"certificate:{kind.value}")
    by_index = {index(number): number for number in numbers}
    return {by_index[found]: known for found, known in persons_under(kind, by_index).items()}


def persons_under(kind: CodeKind, indexes: Collection[str]) -> dict[str, Known]:
    """Return the persons whose certificate numbers have these blind indexes, by index: for who kept nothing else."""
    if not indexes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS + among("p.certificate_index"), [kind.value, listed(indexes)])
        return {found: Known(as_uuid(pk), whose, name) for found, pk, whose, name in cursor.fetchall()}


def names_of(subjects: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Return the keys of all names, present and former, that these organisations have borne."""
    found: dict[UUID, set[str]] = defaultdict(set)
    if subjects:
        with connection.cursor() as cursor:
            cursor.execute(_NAMES + among("n.subject_id"), [listed_ids(subjects)])
            for pk, key in cursor.fetchall():
                found[as_uuid(pk)].add(key)
    return {pk: frozenset(keys) for pk, keys in found.items()}


def entries(subjects: Collection[UUID], items: Iterable[str], today: date) -> dict[UUID, list[Entered]]:
    """Return the records under these catalogue items that may be used today, with their open marks, by subject."""
    if not subjects:
        return {}
    query = _ENTRIES.format(subjects=among("r.subject_id"), items=among("c.code"))
    with connection.cursor() as cursor:
        cursor.execute(query, [listed_ids(subjects), listed(items), today])
        rows = cursor.fetchall()
    marks = marks_of({as_uuid(row[1]) for row in rows})
    found: dict[UUID, list[Entered]] = defaultdict(list)
    for subject, record, code, zh, en, instrument, article, nature, opt_in, authority, since, until in rows:
        pk, basis = as_uuid(record), f"《{instrument}》{article}"
        entered = Entered(
            pk, code, zh, en, basis, nature, bool(opt_in), authority, since, until, tuple(marks.get(pk, ()))
        )
        found[as_uuid(subject)].append(entered)
    return found


def own_of(user: UUID) -> frozenset[UUID]:
    """Return the subjects a user may act for."""
    with connection.cursor() as cursor:
        cursor.execute(_OWN, [user if connection.features.has_native_uuid_field else user.hex])
        return frozenset(as_uuid(pk) for (pk,) in cursor.fetchall())


def marks_of(records: Collection[UUID]) -> dict[UUID, list[Mark]]:
    """Return the marks that stand on these records."""
    found: dict[UUID, list[Mark]] = defaultdict(list)
    if records:
        with connection.cursor() as cursor:
            cursor.execute(_MARKS.format(records=among("a.record_id")), [listed_ids(records)])
            for record, kind, text in cursor.fetchall():
                found[as_uuid(record)].append(Mark(kind, text))
    return found
