"""What a change of the catalogue moves in the register: records, pages and figures, counted before it is approved."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from chengxin.accounts.models import Agency
from chengxin.catalogue import changes, lawbook, overlay
from chengxin.catalogue import selectors as catalogue
from chengxin.catalogue.models import Change, ItemVersion
from chengxin.catalogue.selectors import NoItemInForce
from chengxin.registry.catalogue_periods import other_periods
from chengxin.registry.models import RecordVersion, SubjectKind
from chengxin.registry.selectors import present_versions, published, published_under
from chengxin.rules.catalogue_changes import LayoutChange, Operation, Proposal, Retirement
from chengxin.rules.catalogue_items import ItemDefinition, Publicity

NEWEST = 50
_NOBODY = RecordVersion.objects.none


@dataclass(frozen=True, slots=True)
class ByAgency:
    """How many records of one agency are touched; an agency without a registration is named by its code alone."""

    code: str
    zh: str
    en: str
    records: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One public figure before and after the change."""

    key: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change moves on the day it is looked at; every number counts present records that have not ended.

    ``hidden`` leave the open portal and ``reopened`` come back to it; ``blanked`` stay there without what the retired
    column says; ``periods`` would end on another day if they were filed under the new definition (they keep their own);
    ``filled`` hold something in the column changed; ``items`` are the items touched.
    """

    items: tuple[str, ...] = ()
    records: int = 0
    agencies: tuple[ByAgency, ...] = ()
    published: int = 0
    hidden: int = 0
    reopened: int = 0
    blanked: int = 0
    periods: int = 0
    filled: int = 0
    pages: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()

    def stored(self) -> dict[str, Any]:
        """Return the impact as plain data."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain


@dataclass(frozen=True, slots=True)
class Affected:
    """One record that a change reaches: nothing in it is personal."""

    item: str
    document_date: date
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class _Sets:
    """The records a change reaches, as queries: all of its items, those published, and what becomes of them."""

    codes: tuple[str, ...]
    touched: QuerySet[RecordVersion]
    shown: QuerySet[RecordVersion]
    hidden: QuerySet[RecordVersion]
    reopened: QuerySet[RecordVersion]
    blanked: QuerySet[RecordVersion]
    filled: QuerySet[RecordVersion]


def preview(change: Change, today: date) -> Impact:
    """Count what a change would move if it were in force today."""
    proposal = changes.proposal_of(change)
    sets = _sets(proposal, today)
    hidden, reopened, blanked = sets.hidden.count(), sets.reopened.count(), sets.blanked.count()
    shown = sets.shown.count()
    return Impact(
        items=sets.codes,
        records=sets.touched.count(),
        agencies=_agencies(sets.touched),
        published=shown,
        hidden=hidden,
        reopened=reopened,
        blanked=blanked,
        periods=_other_periods(proposal, sets.touched, today),
        filled=sets.filled.count(),
        pages=_pages(proposal, sets, hidden + reopened + blanked),
        figures=(
            Figure("published", shown, shown - hidden + reopened),
            _items_figure(proposal, today),
            *_columns_figure(proposal, today),
        ),
    )


def newest(change: Change, today: date, most: int = NEWEST) -> list[Affected]:
    """Return the newest records that a change reaches: those it hides, opens or empties, else all it touches.

    Item, day of the document and agency only, for the officers who judge the change.
    """
    sets = _sets(changes.proposal_of(change), today)
    for found in (sets.hidden, sets.reopened, sets.blanked, sets.filled, sets.touched):
        plain = found.select_related(None).prefetch_related(None).order_by("-record__admitted_at", "-pk")
        rows = plain.values_list("record__item__item__code", "document_date", "authority_code", "authority_name")
        if listed := list(rows[:most]):
            return _named(listed)
    return []


def _named(rows: list[tuple[str, date, str, str]]) -> list[Affected]:
    english = dict(Agency.objects.filter(uscc__in={row[2] for row in rows}).values_list("uscc", "name_en"))
    return [Affected(item, day, zh, english.get(code, zh)) for item, day, code, zh in rows]


def _sets(proposal: Proposal, today: date) -> _Sets:
    codes = _items(proposal, today)
    touched = present_versions().filter(record__item__item__code__in=codes)
    shown = published(today).filter(record__item__item__code__in=codes)
    holding = touched.filter(content__has_key=proposal.field) if isinstance(proposal, LayoutChange) else _NOBODY()
    return _Sets(
        codes, touched, shown, _hidden(proposal, shown), _reopened(proposal, today), _blanked(proposal, shown), holding
    )  # fmt: skip


def _items(proposal: Proposal, today: date) -> tuple[str, ...]:
    if not isinstance(proposal, LayoutChange):
        return (proposal.code,)
    wanted = proposal.layout.casefold()
    return tuple(each.item.code for each in catalogue.items(today) if each.layout.casefold() == wanted)


def _present(code: str, today: date) -> ItemVersion | None:
    try:
        return catalogue.version_in_force(code, today)
    except NoItemInForce:
        return None


def _agencies(touched: QuerySet[RecordVersion]) -> tuple[ByAgency, ...]:
    counted = dict(touched.order_by().values_list("authority_code").annotate(count=Count("id")))
    known = {each.uscc: (each.name_zh, each.name_en) for each in Agency.objects.filter(uscc__in=counted)}
    rows = [ByAgency(code, *known.get(code, (code, code)), number) for code, number in counted.items()]
    return tuple(sorted(rows, key=lambda row: (-row.records, row.code)))


def _hidden(proposal: Proposal, shown: QuerySet[RecordVersion]) -> QuerySet[RecordVersion]:
    """Return what leaves the portal: all of an item that closes, the persons of one that cites no law for them.

    An item that only ends keeps what it has until its period is over.
    """
    if not isinstance(proposal, ItemDefinition):
        return _NOBODY()
    if proposal.publicity is not Publicity.PUBLIC:
        return shown
    if proposal.person_public_basis is None:
        return shown.filter(record__subject__kind=SubjectKind.PERSON)
    return _NOBODY()


def _reopened(proposal: Proposal, today: date) -> QuerySet[RecordVersion]:
    """Return what comes back to the portal: records of an item, or of its persons, that the desk had closed before."""
    if not isinstance(proposal, ItemDefinition) or proposal.publicity is not Publicity.PUBLIC:
        return _NOBODY()
    desk, code = overlay.present(), {proposal.code}
    closed, unnamed = desk.closed(today), desk.without_persons(today)
    after = published_under(
        today, closed - code, unnamed - code if proposal.person_public_basis else unnamed | code
    ).filter(record__item__item__code=proposal.code)
    if proposal.code in closed:
        return after
    return after.filter(record__subject__kind=SubjectKind.PERSON) if proposal.code in unnamed else _NOBODY()


def _blanked(proposal: Proposal, shown: QuerySet[RecordVersion]) -> QuerySet[RecordVersion]:
    """Return the published records that lose what they say in a published column when it is retired."""
    if not isinstance(proposal, LayoutChange) or proposal.operation is not Operation.RETIRE:
        return _NOBODY()
    field = lawbook.layout(proposal.layout.casefold()).get(proposal.field)
    return shown.filter(content__has_key=proposal.field) if field.published else _NOBODY()


def _pages(proposal: Proposal, sets: _Sets, moved: int) -> tuple[str, ...]:
    """Name the public pages that change: the catalogue's own, those of organisations, and the lists of everything."""
    own = ("/catalogue/", *(f"/catalogue/{code}/" for code in sets.codes))
    renamed = isinstance(proposal, ItemDefinition) or (
        isinstance(proposal, LayoutChange) and proposal.operation is not Operation.SYNONYM
    )
    # Where records come back their item is closed now, so that none is counted twice.
    organisations = _organisations(sets.shown) + _organisations(sets.reopened) if renamed else 0
    lists = ("/latest/", "/statistics/", "/open-data/") if moved else ()
    return (*own, *((f"/organisations/ × {organisations}",) if organisations else ()), *lists)


def _organisations(found: QuerySet[RecordVersion]) -> int:
    there = found.exclude(record__subject__kind=SubjectKind.PERSON).order_by()
    return there.values("record__subject").distinct().count()


def _items_figure(proposal: Proposal, today: date) -> Figure:
    before = len(catalogue.items(today))
    if isinstance(proposal, Retirement):
        return Figure("items", before, before - 1)
    fresh = isinstance(proposal, ItemDefinition) and _present(proposal.code, today) is None
    return Figure("items", before, before + fresh)


def _columns_figure(proposal: Proposal, today: date) -> tuple[Figure, ...]:
    """Return how many columns of the table are published, when a change adds or retires one."""
    if not isinstance(proposal, LayoutChange) or proposal.operation not in (Operation.ADD, Operation.RETIRE):
        return ()
    layout = lawbook.layout(proposal.layout.casefold(), today)
    before = sum(field.published for field in layout.fields)
    if proposal.added is not None:
        return (Figure("columns", before, before + proposal.added.published),)
    present = proposal.field in layout.codes and layout.get(proposal.field).published
    return (Figure("columns", before, before - present),)


def _other_periods(proposal: Proposal, touched: QuerySet[RecordVersion], today: date) -> int:
    present = _present(proposal.code, today) if isinstance(proposal, ItemDefinition) else None
    if not isinstance(proposal, ItemDefinition) or present is None:
        return 0
    return other_periods(catalogue.definition_of(present), proposal, touched, today)
