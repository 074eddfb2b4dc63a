"""What dated law makes of a record's content: its grade and the days until which it may be seen and used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from chengxin.catalogue import lawbook
from chengxin.catalogue.models import ItemVersion
from chengxin.registry.drafts import Assessed
from chengxin.rules.dated import LawBook
from chengxin.rules.grading import Graded, GradeFacts, grade, split_categories
from chengxin.rules.layouts import Role
from chengxin.rules.periods import PeriodFacts, compute

# Order 45 claims the decisions of these authorities besides Order 36; the conflict is decided by a dated value.
MARKET_REGULATOR = "市场监督管理"


def assess(
    item: ItemVersion,
    subject_kind: str,
    content: Mapping[str, Any],
    *,
    document_date: date,
    authority_name: str,
    publicised_on: date,
    on: date,
    simple: bool = False,
) -> Assessed:
    """Return grade and periods of a record under the law in force ``on`` a day.

    ``content`` is a record's content by layout field code: text, ISO dates, money as ``{"fen": int, ...}``.
    ``simple`` says that people found a penalty to be one of the simple procedure, which is not published.
    """
    law, facts = lawbook.current(), _by_role(item.layout, content)
    graded = _graded(item, subject_kind, facts, law, on, simple)
    market = item.nature == "negative" and MARKET_REGULATOR in authority_name
    periods = compute(
        PeriodFacts(
            document_date=document_date,
            rule=item.definition["periods"],
            publicity=_publicity(item, subject_kind, simple),
            grade=graded.grade if graded else item.definition.get("grade") or None,
            publicised_on=publicised_on,
            valid_until=_day(facts.get(Role.VALID_UNTIL)),
            term_months=item.definition.get("term_months"),
            market_regulator=market,
        ),
        law,
        on,
    )
    if graded is None:
        return Assessed(item.definition.get("grade", "") or "", periods)
    return Assessed(graded.grade, periods, graded.why, graded.uncertain)


def _publicity(item: ItemVersion, subject_kind: str, simple: bool) -> Any:
    """Return how far the item reaches for this kind of subject; a person's is public only where a law orders it."""
    hidden = simple or (subject_kind == "person" and not item.person_public_basis)
    return "shared" if hidden and item.publicity == "public" else item.publicity


def _graded(
    item: ItemVersion, subject_kind: str, facts: Mapping[Role, Any], law: LawBook, on: date, simple: bool
) -> Graded | None:
    """Grade a record whose period depends on its grade, by the law, or by the item where the law fixed it there."""
    if item.definition["periods"] != "graded" or item.definition.get("grade"):
        return None
    fine = facts.get(Role.FINE)
    return grade(
        GradeFacts(
            categories=split_categories(facts.get(Role.CATEGORY, "")),
            procedure="simple" if simple or item.definition.get("procedure") == "simple" else "ordinary",
            subject_kind=subject_kind,
            fine_fen=fine["fen"] if fine else None,
        ),
        law,
        on,
    )


def _by_role(layout: str, content: Mapping[str, Any]) -> dict[Role, Any]:
    fields = lawbook.layout(layout).fields
    return {field.role: content[field.code] for field in fields if field.role and field.code in content}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text and text[0].isdigit() else None
