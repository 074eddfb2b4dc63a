"""Which measures hold today for many subjects at once, in hand-written SQL; the rules of ``measures_in_force``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection

from chengxin.storage.lists import among, as_uuid, listed, listed_ids


@dataclass(frozen=True, slots=True)
class Holding:
    """One measure in force: what it is, who decided it on which basis, its days, and the route of appeal."""

    measure: UUID
    record: UUID
    item: str
    code: str
    zh: str
    en: str
    basis: str
    authority: str
    since: date
    until: date
    remedy: str = field(repr=False)


_HOLDING = """SELECT r.subject_id, m.id, m.record_id, i.code, m.code, m.name_zh, m.name_en, m.basis_instrument,
m.basis_article, a.name_zh, m.starts_on, m.ends_on, m.remedy FROM registry_record r
JOIN supervision_measure m ON m.record_id = r.id AND m.lifted_at IS NULL
JOIN supervision_measureproposal p ON p.id = m.proposal_id JOIN accounts_agency a ON a.id = p.agency_id
JOIN registry_recordversion v ON v.record_id = r.id AND v.known_until IS NULL
JOIN catalogue_itemversion t ON t.id = r.item_id JOIN catalogue_item i ON i.id = t.item_id
WHERE {subjects} AND {codes} AND m.starts_on <= %s AND m.ends_on >= %s
AND v.ended_at IS NULL AND NOT v.link_suspended AND (v.use_until IS NULL OR v.use_until >= %s)"""


def measures_of(subjects: Collection[UUID], codes: Collection[str], today: date) -> dict[UUID, list[Holding]]:
    """Return the measures of these codes that hold for these subjects today, by subject.

    One whose record has ended, expired or lost its link is not there, whatever its own columns say (charter C18).
    """
    found: dict[UUID, list[Holding]] = defaultdict(list)
    if not subjects or not codes:
        return found
    query = _HOLDING.format(subjects=among("r.subject_id"), codes=among("m.code"))
    with connection.cursor() as cursor:
        cursor.execute(query, [listed_ids(subjects), listed(codes), today, today, today])
        for subject, measure, record, item, code, zh, en, instrument, article, *rest in cursor.fetchall():
            basis = f"《{instrument}》{article}"
            held = Holding(as_uuid(measure), as_uuid(record), item, code, zh, en, basis, *rest)
            found[as_uuid(subject)].append(held)
    return found
