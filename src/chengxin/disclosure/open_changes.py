"""What an edition of the open data had seen of the register, and which records changed since.

Every change of a record is a version with a leaf of its own, so what came behind the size of the log that an edition
had seen is what it cannot know. Most records are new and not changed, so what was looked at once is left alone.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Max

from chengxin.catalogue import overlay
from chengxin.disclosure.open_files import canonical
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry
from chengxin.registry.models import Annotation, Record
from chengxin.storage.lists import as_uuid

# How far clocks and transactions under way may lie apart when it is asked what came after an edition.
_SLACK, _MARKS_BACK = timedelta(seconds=10), 1_000
# The joins are crossed so that SQLite keeps to their order and begins at the leaves: there are millions of versions.
_BEHIND = """
SELECT v.record_id FROM ledger_entry e CROSS JOIN registry_recordversion v CROSS JOIN registry_record r
CROSS JOIN registry_subject s
WHERE {where} AND v.entry_id = e.id AND v.known_until IS NULL AND v.number > 1
AND r.id = v.record_id AND s.id = r.subject_id AND s.kind <> 'person' LIMIT %s"""
MOST = 10_000_000
_clear: dict[str, int] = {}
"""Up to which leaf this process has found nothing that overtakes an edition, by the edition's signature."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How much of the log, which newest mark, and which state of the catalogue there was, and when."""

    size: int
    marks: int
    catalogue: int
    at: datetime
    day: date

    def text(self) -> str:
        """Return it as a text to keep."""
        return canonical(asdict(self))

    @classmethod
    def read(cls, text: str) -> Seen:
        """Return what was kept."""
        told = json.loads(text)
        return cls(told["size"], told["marks"], told["catalogue"], datetime.fromisoformat(told["at"]),
                   date.fromisoformat(told["day"]))  # fmt: skip

    def current_catalogue(self) -> bool:
        """Tell whether the catalogue is still the one that was seen."""
        return overlay.present().revision == self.catalogue


def seen_now(now: datetime, today: date) -> Seen:
    """Return what there is to be seen; the log must have been sequenced before."""
    marks = Annotation.objects.aggregate(last=Max("pk"))["last"] or 0
    return Seen(_size(), marks, overlay.present().revision, now, today)


def overtaken(seen: Seen, signature: str) -> bool:
    """Tell whether a record of an organisation ended, changed or was marked since, or the catalogue did."""
    size = _size()
    # An edition is that of its day; what a clock that has been put back since once wrote does not concern it.
    if not seen.current_catalogue() or _marked(seen, seen.day):
        return True
    if _later(max(seen.size, _clear.get(signature, 0)), most=1):
        return True
    _clear.clear()
    _clear[signature] = size
    return False


def changed(seen: Seen) -> set[str]:
    """Return the records of organisations that ended, changed or were marked since."""
    return {str(record) for record in (*_later(seen.size), *_marked(seen))}


def _later(size: int, most: int = MOST) -> list[UUID]:
    """Return records with a version, but a first one, whose leaf came behind a size of the log or has no place yet."""
    behind = _asked('e."index" >= %s', [size, most]) if Entry.objects.filter(index__gte=size).exists() else []
    waiting = _asked('e."index" IS NULL', [most]) if Entry.objects.filter(index=None).exists() else []
    return [*behind, *waiting]


def _asked(where: str, parameters: list[int]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND.format(where=where), parameters)
        return [as_uuid(record) for (record,) in cursor.fetchall()]


def _marked(seen: Seen, until: date | None = None) -> list[UUID]:
    found = Annotation.objects.filter(pk__gt=seen.marks - _MARKS_BACK, since__gte=seen.at - _SLACK)
    found = found.filter(since__date__lte=until) if until else found
    records = set(found.values_list("record_id", flat=True))
    if not records:
        return []
    return list(Record.objects.filter(pk__in=records).exclude(subject__kind="person").values_list("pk", flat=True))


def _size() -> int:
    head = ledger.latest_checkpoint()
    return head.size if head else 0
