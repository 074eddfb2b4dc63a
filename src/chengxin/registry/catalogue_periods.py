"""How many records would end on another day under another definition of their item.

Records that agree in everything a period depends on end on the same day, so each such group is computed once: a
register of millions has a few thousand groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet
from django.db.models.fields.json import KT

from chengxin.catalogue import lawbook
from chengxin.registry.assessment import MARKET_REGULATOR
from chengxin.registry.models import RecordVersion, SubjectKind
from chengxin.rules.catalogue_items import ItemDefinition, Nature, PeriodRule, Publicity
from chengxin.rules.dated import LawBook
from chengxin.rules.layouts import Role
from chengxin.rules.periods import PeriodFacts, UngradedRecord, compute

AT_ONCE = 2000


def other_periods(old: ItemDefinition, new: ItemDefinition, touched: QuerySet[RecordVersion], today: date) -> int:
    """Count the records whose last day of publicity or of use is another one under the new definition."""
    law = lawbook.current()
    rows = _groups(old, new, touched).iterator(AT_ONCE)
    return sum(row["n"] for row in rows if _ends(row, "old", old, law, today) != _ends(row, "new", new, law, today))


def _groups(old: ItemDefinition, new: ItemDefinition, touched: QuerySet[RecordVersion]) -> Any:
    """Group records by what their period depends on: days, grade, kind of subject, authority, own validity."""
    market = ExpressionWrapper(Q(authority_name__contains=MARKET_REGULATOR), output_field=BooleanField())
    found = touched.select_related(None).prefetch_related(None).order_by()
    found = found.annotate(kind=F("record__subject__kind"), market=market)
    columns = {"old_valid": _validity(old), "new_valid": _validity(new)}
    valid = {name: KT(f"content__{code}") for name, code in columns.items() if code}
    keys = ("document_date", "grade", "public_from", "kind", "market", *valid)
    return found.annotate(**valid).values(*keys).annotate(n=Count("pk"))


def _validity(item: ItemDefinition) -> str:
    """Return the column whose day ends a record of the item; empty when its period asks for none."""
    if item.periods is not PeriodRule.VALIDITY:
        return ""
    field = lawbook.layout(item.layout).role(Role.VALID_UNTIL)
    return field.code if field else ""


def _ends(
    row: Mapping[str, Any], side: str, item: ItemDefinition, law: LawBook, today: date
) -> tuple[date | None, ...]:
    """Return the last days of publicity and of use; records without the grade they would need have neither."""
    person = row["kind"] == SubjectKind.PERSON
    unnamed = person and item.person_public_basis is None and item.publicity is Publicity.PUBLIC
    grade: Any = row["grade"] or item.grade or None
    facts = PeriodFacts(
        document_date=row["document_date"],
        rule=item.periods.value,
        publicity="shared" if unnamed else item.publicity.value,
        grade=grade,
        publicised_on=row["public_from"] or today,
        valid_until=_day(row.get(f"{side}_valid")),
        term_months=item.term_months,
        market_regulator=item.nature is Nature.NEGATIVE and row["market"],
    )
    try:
        found = compute(facts, law, today)
    except UngradedRecord:
        return ()
    return found.public_until, found.use_until


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text and text[:1].isdigit() else None
