"""What an edition of the open data had seen of the register, and which records changed since.

Every change of a record is a version with a leaf of its own, so what came behind the size of the log that an edition
had seen is what it cannot know. Most records are new and not changed, so what was looked at once is left alone.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet

from chengxin.catalogue import overlay
from chengxin.disclosure.open_files import canonical
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry
from chengxin.registry.models import Annotation, RecordVersion, SubjectKind

# How far clocks and transactions under way may lie apart when it is asked what came after an edition.
_SLACK, _MARKS_BACK = timedelta(seconds=10), 1_000
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
    if not seen.current_catalogue() or _marked(seen).exists():
        return True
    if _later(max(seen.size, _clear.get(signature, 0))).exists():
        return True
    _clear.clear()
    _clear[signature] = size
    return False


def changed(seen: Seen) -> set[str]:
    """Return the records of organisations that ended, changed or were marked since."""
    later, marked = _later(seen.size).values_list("record_id"), _marked(seen).values_list("record_id")
    return {str(record) for (record,) in [*later, *marked]}


def _later(size: int) -> QuerySet[RecordVersion, Any]:
    """Return present versions, but first ones, whose leaf came at or behind a size of the log or has no place yet.

    The leaves are asked for by number and not as a condition on the version: there are millions of versions.
    """
    leaves = Entry.objects.filter(Q(index__gte=size) | Q(index=None)).values("pk")
    later = RecordVersion.objects.filter(entry__in=leaves, known_until=None, number__gt=1)
    return later.exclude(record__subject__kind=SubjectKind.PERSON)


def _marked(seen: Seen) -> QuerySet[Annotation, Any]:
    found = Annotation.objects.filter(pk__gt=seen.marks - _MARKS_BACK, since__gte=seen.at - _SLACK)
    return found.exclude(record__subject__kind=SubjectKind.PERSON)


def _size() -> int:
    head = ledger.latest_checkpoint()
    return head.size if head else 0
