"""What the open portal shows: organisations, and a person only where a catalogue item cites the law (charter C11).

Everything here reads ``registry.selectors.published``, so the day after its period a record is in none of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from chengxin.catalogue import lawbook, overlay
from chengxin.catalogue.models import ItemVersion
from chengxin.disclosure.naming import Found as Found
from chengxin.disclosure.naming import search as search
from chengxin.disclosure.rows import as_text
from chengxin.disclosure.shapes import FieldShown
from chengxin.registry import selectors as registry
from chengxin.registry.models import Annotation, Record, RecordVersion, Subject, SubjectKind
from chengxin.rules import masks

SMALLEST_COUNT = 10
PAGE = 20
MOST_ON_PAGE = 200
"""Records of one organisation on one page; the longest files go on over several."""
GROUPS = ("licences", "penalties", "lists", "honours", "commitments", "others")
# The sections of the report that a page groups under a heading of its own; every other section is among the others.
_GROUP_OF_SECTION = {"abnormal": "lists"} | {group: group for group in GROUPS if group != "others"}
_PERSONS = frozenset({SubjectKind.PERSON.value})
# The lists of the open site are sections of the report about organisations.
LISTS = {"serious": "lists", "abnormal": "abnormal", "honours": "honours"}


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """One published record. ``until`` is the last day on the portal; ``derivation`` says line by line why."""

    record: UUID
    item: str
    item_zh: str
    item_en: str
    group: str
    nature: str
    grade: str
    basis: str
    authority_name: str
    document_no: str
    document_date: date
    published_from: date | None
    until: date | None
    restorable_from: date | None
    derivation: tuple[dict[str, Any], ...]
    disputed: bool
    under_repair: bool
    statement: str
    fields: tuple[FieldShown, ...]
    owner: str = ""
    owner_uscc: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """What anyone may see of an organisation today."""

    subject: UUID
    kind: str
    name: str
    uscc: str
    code_exempt: bool
    former_names: tuple[str, ...]
    groups: dict[str, tuple[PublicRecord, ...]] = field(default_factory=dict)
    as_of: date | None = None
    part: int = 1
    more: bool = False

    @property
    def count(self) -> int:
        """Return how many records are published."""
        return sum(len(rows) for rows in self.groups.values())


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the newest published records, and the cursor of the next page, if there is one."""

    rows: tuple[PublicRecord, ...]
    cursor: str


def organisation_page(uscc: str, today: date, part: int = 1) -> OrganisationPage | None:
    """Return an organisation's public page, or None if no organisation has this code.

    Two hundred records make a ``part``; ``more`` tells that older ones stand in the next.
    """
    subject = registry.find_organisation(uscc)
    if subject is None:
        return None
    versions = registry.published(today).filter(record__subject=subject).order_by("-document_date", "-id")
    start = (part - 1) * MOST_ON_PAGE
    rows = [public_record(version) for version in versions[start : start + MOST_ON_PAGE + 1]]
    shown = rows[:MOST_ON_PAGE]
    return OrganisationPage(
        subject=subject.id,
        kind=subject.kind,
        name=registry.present_name(subject),
        uscc=uscc,
        code_exempt=subject.organisation.code_exempt,
        former_names=tuple(registry.former_names(subject)),
        groups={group: tuple(row for row in shown if row.group == group) for group in GROUPS},
        as_of=today,
        part=part,
        more=len(rows) > MOST_ON_PAGE,
    )


def latest(kind: str, today: date, cursor: str = "") -> Page:
    """Return the newest published records of organisations, of one group or of ``all``, a page at a time."""
    return _newest(lambda code: kind in ("all", group_of(code)), today, cursor)


def listed(which: str, today: date, cursor: str = "") -> Page:
    """Return the newest entries in force of one of the LISTS, a page at a time."""
    return _newest(lambda code: _section(code) == LISTS[which], today, cursor)


def _newest(wanted: Callable[[str], bool], today: date, cursor: str) -> Page:
    """Return the newest records under the wanted items: each item's are read in the order of its index, then merged.

    An item whose newest record is older than the last one of the page is not read at all.
    """
    after = _after(cursor)
    found: list[tuple[datetime, UUID]] = []
    for item, newest in _begun(_open_items(wanted, today), after):
        if len(found) > PAGE and found[PAGE][0] > newest:
            break
        found += _records_of(item, today).filter(after).values_list("admitted_at", "pk")[: PAGE + 1]
        found = sorted(found, reverse=True)[: PAGE + 1]
    records = [pk for _at, pk in found]
    shown = _of_organisations(today).filter(record__in=records).select_related("record__subject__organisation")
    versions = {version.record_id: version for version in shown}
    return _page([versions[pk] for pk in records if pk in versions])


def _open_items(wanted: Callable[[str], bool], today: date) -> list[int]:
    """Return the versions of wanted items under which something about an organisation can be public.

    Of the others every record would have to be looked at, and none shown.
    """
    found = ItemVersion.objects.filter(publicity="public").values_list("pk", "item__code", "subject_kinds")
    closed = overlay.present().closed(today)
    return [pk for pk, code, kinds in found if wanted(code) and code not in closed and not _PERSONS.issuperset(kinds)]


def _begun(items: list[int], after: Q) -> list[tuple[int, datetime]]:
    """Return those of the items that have records, each with the moment its newest one was admitted, newest first."""
    ordered = Record.objects.filter(after, item=OuterRef("pk")).order_by("-admitted_at", "-pk")
    heads = ItemVersion.objects.filter(pk__in=items).annotate(newest=Subquery(ordered.values("admitted_at")[:1]))
    return list(heads.exclude(newest=None).order_by("-newest", "pk").values_list("pk", "newest"))


def _records_of(item: int, today: date) -> QuerySet[Record]:
    """Return the published records under a version of an item, newest first: read off one index, never sorted."""
    shown = _of_organisations(today).filter(record=OuterRef("pk"))
    return Record.objects.filter(Exists(shown), item=item).order_by("-admitted_at", "-pk")


def _after(cursor: str) -> Q:
    """Match what comes after the record of a version; the first page has none before it."""
    last = RecordVersion.objects.filter(pk=_number(cursor)).select_related("record").first() if cursor else None
    if last is None:
        return Q()
    at, record = last.record.admitted_at, last.record_id
    return Q(admitted_at__lte=at) & (Q(admitted_at__lt=at) | Q(pk__lt=record))


def _of_organisations(today: date) -> QuerySet[RecordVersion]:
    return registry.published(today).exclude(record__subject__kind="person")


def _page(versions: list[RecordVersion]) -> Page:
    names = _names(version.record.subject for version in versions)
    rows = [public_record(version, names[version.record.subject_id]) for version in versions[:PAGE]]
    return Page(tuple(rows), str(versions[PAGE - 1].pk) if len(versions) > PAGE else "")


def statistics(today: date) -> list[tuple[str, int | None]]:
    """Return how many records of organisations are published by group; a count below ten is None (charter C26)."""
    found = registry.published(today).exclude(record__subject__kind="person").order_by().prefetch_related(None)
    by_code = found.values_list("record__item__item__code").annotate(Count("pk"))
    counts: Counter[str] = Counter()
    for code, count in by_code:
        counts[group_of(code)] += count
    return suppressed([(group, counts.get(group, 0)) for group in GROUPS])


def suppressed(counts: list[tuple[str, int]]) -> list[tuple[str, int | None]]:
    """Hide counts from 1 to 9; if only one is hidden, hide the next smallest too, so that no total gives it away."""
    small = {name for name, count in counts if 0 < count < SMALLEST_COUNT}
    rest = sorted((count, name) for name, count in counts if count >= SMALLEST_COUNT)
    if len(small) == 1 and rest:
        small.add(rest[0][1])
    return [(name, None if name in small else count) for name, count in counts]


def group_of(code: str) -> str:
    """Return the heading under which an item stands on a page."""
    return _GROUP_OF_SECTION.get(_section(code), "others")


def public_record(version: RecordVersion, owner: tuple[str, str] = ("", "")) -> PublicRecord:
    """Return a published version for showing: only fields its layout publishes, personal ones left out."""
    record, item = version.record, version.record.item
    marks: list[Annotation] = record.open_marks  # type: ignore[attr-defined]  # The selector prefetches them.
    kinds = {mark.kind for mark in marks}
    return PublicRecord(
        record=record.id,
        item=item.item.code,
        item_zh=item.name_zh,
        item_en=item.name_en,
        group=group_of(item.item.code),
        nature=version.nature,
        grade=version.grade,
        basis=f"《{item.basis_instrument}》{item.basis_article}",
        authority_name=version.authority_name,
        document_no=version.document_no,
        document_date=version.document_date,
        published_from=version.public_from,
        until=version.public_until,
        restorable_from=version.restorable_from,
        derivation=tuple(version.derivation),
        disputed=Annotation.DISPUTED in kinds,
        under_repair=Annotation.UNDER_REPAIR in kinds,
        statement="；".join(mark.text for mark in marks if mark.kind == Annotation.STATEMENT),
        fields=tuple(_published_fields(item.layout, version.content)),
        owner=owner[0],
        owner_uscc=owner[1],
    )


def _published_fields(layout: str, content: dict[str, Any]) -> Iterable[FieldShown]:
    """Yield the fields a layout marks as published; running text still loses identity and telephone numbers."""
    codes = published_codes(layout)
    for each in lawbook.layout(layout).fields:
        if each.code in codes and each.code in content:
            text = as_text(content[each.code])
            yield FieldShown(each.code, each.zh, each.en, masks.free_text(text), False)


def _section(code: str) -> str:
    return lawbook.section_of(code, "organisation")


def published_codes(layout: str) -> tuple[str, ...]:
    """Return the fields a layout marks as published; one that the catalogue desk has retired is kept, but not shown."""
    retired = overlay.present().retired(layout)
    return tuple(each.code for each in lawbook.layout(layout).fields if each.published and each.code not in retired)


def _names(subjects: Iterable[Subject]) -> dict[UUID, tuple[str, str]]:
    codes = {each.id: each.organisation.uscc for each in subjects}
    names = registry.present_names(codes)
    return {subject: (names.get(subject, ""), code) for subject, code in codes.items()}


def _number(cursor: str) -> int:
    return int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 19 else 0
