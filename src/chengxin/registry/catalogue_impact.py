"""What a change of the catalogue moves: records, pages and figures, counted before it is approved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from chengxin.accounts.models import Agency, User
from chengxin.catalogue import change_reading, changes, lawbook
from chengxin.catalogue import selectors as catalogue
from chengxin.catalogue.change_policies import check_step
from chengxin.catalogue.models import Change, ItemVersion
from chengxin.catalogue.selectors import NoItemInForce
from chengxin.registry.assessment import MARKET_REGULATOR
from chengxin.registry.models import RecordVersion, SubjectKind
from chengxin.registry.selectors import present_versions, published
from chengxin.rules.catalogue_changes import LayoutChange, Operation, Proposal, Retirement
from chengxin.rules.catalogue_items import ItemDefinition, Nature, Publicity
from chengxin.rules.dated import LawBook
from chengxin.rules.errors import Refusal
from chengxin.rules.layouts import Role
from chengxin.rules.periods import PeriodFacts, UngradedRecord, compute

AT_ONCE = 2000


class ImpactMoved(Refusal):
    """What a change moves is no longer what the approver saw."""

    code = "impact_moved"


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

    ``hidden`` leave the open portal; ``periods`` would end on another day if they were filed under the new definition
    (they keep their own); ``filled`` hold something in the column changed; ``items`` are the items touched.
    """

    items: tuple[str, ...] = ()
    records: int = 0
    agencies: tuple[ByAgency, ...] = ()
    published: int = 0
    hidden: int = 0
    periods: int = 0
    filled: int = 0
    pages: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()

    def stored(self) -> dict[str, Any]:
        """Return the impact as plain data."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain

    def mark(self) -> str:
        """Return a short mark of exactly this impact, by which an approver says what they saw."""
        text = json.dumps(self.stored(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def preview(change: Change, today: date) -> Impact:
    """Count what a change would move if it were in force today."""
    proposal = changes.proposal_of(change)
    codes = _items(proposal, today)
    touched = present_versions().filter(record__item__item__code__in=codes)
    shown = published(today).filter(record__item__item__code__in=codes)
    hidden = _hidden(proposal, shown)
    before = published(today).count()
    return Impact(
        items=codes,
        records=touched.count(),
        agencies=_agencies(touched),
        published=shown.count(),
        hidden=hidden,
        periods=_other_periods(proposal, touched, today),
        filled=_filled(proposal, touched),
        pages=_pages(proposal, codes, shown),
        figures=(Figure("published", before, before - hidden), _items_figure(proposal, today)),
    )


def approve(
    change_id: UUID, reason: str, seen: str, *, actor: User, now: datetime, today: date, version: int | None = None
) -> Change:
    """Approve a change whose impact is still what the approver saw, ``seen`` being its mark.

    Raises ImpactMoved, and before that whatever else stands against this actor's approval.
    """
    change = change_reading.change(change_id)
    check_step(change, "approve", actor, today=today, reason=reason, impact_seen=True)
    impact = preview(change, today)
    if seen != impact.mark():
        raise ImpactMoved(
            "影响与您看到的不同（期间有记录进出）。请重新核对影响后再批准。",
            "What the change moves is not what you saw: records came or went. Look at the impact again, then approve.",
        )
    return changes.approve(change_id, reason, impact.stored(), actor=actor, now=now, today=today, version=version)


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


def _hidden(proposal: Proposal, shown: QuerySet[RecordVersion]) -> int:
    """Count what leaves the portal; an item that only ends keeps what it has until its period is over."""
    if isinstance(proposal, ItemDefinition) and proposal.publicity is not Publicity.PUBLIC:
        return shown.count()
    return 0


def _filled(proposal: Proposal, touched: QuerySet[RecordVersion]) -> int:
    return touched.filter(content__has_key=proposal.field).count() if isinstance(proposal, LayoutChange) else 0


def _pages(proposal: Proposal, codes: tuple[str, ...], shown: QuerySet[RecordVersion]) -> tuple[str, ...]:
    """Name the public pages that change: the catalogue's own, and the pages of organisations when a column does."""
    subjects = shown.exclude(record__subject__kind=SubjectKind.PERSON).values("record__subject").distinct()
    moves = isinstance(proposal, ItemDefinition) or (
        isinstance(proposal, LayoutChange) and proposal.operation is not Operation.SYNONYM
    )
    organisations = subjects.count() if moves else 0
    own = ("/catalogue/", *(f"/catalogue/{code}/" for code in codes))
    return (*own, f"/organisations/ × {organisations}") if organisations else own


def _items_figure(proposal: Proposal, today: date) -> Figure:
    before = len(catalogue.items(today))
    if isinstance(proposal, Retirement):
        return Figure("items", before, before - 1)
    fresh = isinstance(proposal, ItemDefinition) and _present(proposal.code, today) is None
    return Figure("items", before, before + fresh)


def _other_periods(proposal: Proposal, touched: QuerySet[RecordVersion], today: date) -> int:
    """Count the records that would end on another day under the new definition than under the present one."""
    present = _present(proposal.code, today) if isinstance(proposal, ItemDefinition) else None
    if not isinstance(proposal, ItemDefinition) or present is None:
        return 0
    old, law = catalogue.definition_of(present), lawbook.current()
    rows = touched.select_related(None).prefetch_related(None).values(
        "document_date", "grade", "public_from", "content", "authority_name", "record__subject__kind"
    )  # fmt: skip
    ends = ((_ends(row, old, law, today), _ends(row, proposal, law, today)) for row in rows.iterator(AT_ONCE))
    return sum(one != other for one, other in ends)


def _ends(row: Mapping[str, Any], item: ItemDefinition, law: LawBook, today: date) -> tuple[date | None, ...]:
    """Return the last days of publicity and of use; a record without the grade it would need has neither."""
    person = row["record__subject__kind"] == SubjectKind.PERSON
    hidden = person and item.person_public_basis is None and item.publicity is Publicity.PUBLIC
    grade: Any = row["grade"] or item.grade or None
    facts = PeriodFacts(
        document_date=row["document_date"],
        rule=item.periods.value,
        publicity="shared" if hidden else item.publicity.value,
        grade=grade,
        publicised_on=row["public_from"] or today,
        valid_until=_valid_until(item, row["content"]),
        term_months=item.term_months,
        market_regulator=item.nature is Nature.NEGATIVE and MARKET_REGULATOR in row["authority_name"],
    )
    try:
        found = compute(facts, law, today)
    except UngradedRecord:
        return ()
    return found.public_until, found.use_until


def _valid_until(item: ItemDefinition, content: Mapping[str, Any]) -> date | None:
    field = lawbook.layout(item.layout).role(Role.VALID_UNTIL)
    text = content.get(field.code) if field else None
    return date.fromisoformat(text) if isinstance(text, str) and text[:1].isdigit() else None
