"""The rows of the open data, read column by column: what the portal shows of each record, several times faster.

``publication.public_record`` is the specification; a test holds the two together. A stretch of records is one query
with two small ones beside it, so that making an edition never holds the register open for long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from chengxin.catalogue.models import ItemVersion
from chengxin.disclosure.open_files import Row
from chengxin.disclosure.publication import group_of, published_codes
from chengxin.disclosure.rows import as_text
from chengxin.registry import selectors as registry
from chengxin.registry.models import Annotation, RecordVersion, SubjectKind
from chengxin.rules import masks

_COLUMNS = (
    "record_id", "nature", "grade", "authority_name", "document_no", "document_date", "public_from", "public_until",
    "use_until", "content", "record__item_id", "record__subject_id", "record__subject__organisation__uscc",
)  # fmt: skip
Item = tuple[Row, tuple[str, ...]]
Shown = Callable[[str], str]
Marks = dict[UUID, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows of neighbouring records, and the first day on which one of them may be shown no longer but for that."""

    rows: tuple[Row, ...]
    ends: date | None


def stretch(today: date, after: UUID | None, until: UUID | None = None, most: int | None = None) -> Stretch:
    """Return what is published about organisations behind one record's id up to another's, or at most so many rows."""
    found = _published(today)
    found = found.filter(record_id__gt=after) if after else found
    found = found.filter(record_id__lte=until) if until else found
    read = list(found.values_list(*_COLUMNS)[:most] if most else found.values_list(*_COLUMNS))
    if not read:
        return Stretch((), None)
    shown = cache(masks.free_text)  # Many fields of many rows say the same.
    names, marks, items = registry.present_names({each[11] for each in read}), _marks(read[0][0], read[-1][0]), _items()
    rows = tuple(_row(each, names.get(each[11], ""), marks.get(each[0], []), items(each[10]), shown) for each in read)
    ends = [day for each in read for day in each[7:9] if day]
    return Stretch(rows, min(ends, default=None))


def every(today: date, most: int) -> Iterator[Row]:
    """Yield all rows in the order of the records' ids, read so many at a time."""
    after: UUID | None = None
    while rows := stretch(today, after, most=most).rows:
        yield from rows
        after = UUID(rows[-1]["record"])


def _published(today: date) -> QuerySet[RecordVersion]:
    found = registry.published(today).exclude(record__subject__kind=SubjectKind.PERSON)
    return found.select_related(None).prefetch_related(None).order_by("record_id")


def _marks(first: UUID, last: UUID) -> Marks:
    found: Marks = {}
    marks = Annotation.objects.filter(until=None, record_id__gte=first, record_id__lte=last).order_by("pk")
    for record, kind, text in marks.values_list("record_id", "kind", "text"):
        found.setdefault(record, []).append((kind, text))
    return found


def _items() -> Callable[[int], Item]:
    """Return how the item of a row is looked up: a stretch holds few different ones."""

    @cache
    def look_up(number: int) -> Item:
        item = ItemVersion.objects.select_related("item").get(pk=number)
        told = {
            "item": item.item.code,
            "item_zh": item.name_zh,
            "item_en": item.name_en,
            "group": group_of(item.item.code),
            "basis": f"《{item.basis_instrument}》{item.basis_article}",
        }
        return told, published_codes(item.layout)

    return look_up


def _row(read: tuple[Any, ...], name: str, marks: list[tuple[str, str]], item: Item, shown: Shown) -> Row:
    record, nature, grade, authority, number, decided, since, until, _use, content, _item, _subject, uscc = read
    told, codes = item
    kinds = {kind for kind, _text in marks}
    return {
        "record": str(record),
        "uscc": uscc,
        "name": name,
        **told,
        "nature": nature,
        "grade": grade,
        "authority": authority,
        "document_no": number,
        "document_date": decided,
        "published_from": since,
        "until": until,
        "disputed": Annotation.DISPUTED in kinds,
        "under_repair": Annotation.UNDER_REPAIR in kinds,
        "statement": "；".join(text for kind, text in marks if kind == Annotation.STATEMENT),
        "fields": {code: shown(as_text(content[code])) for code in codes if code in content},
    }
