"""决定书预览: the decision as it will read, before anybody issues it, and the dated values it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from chengxin.cases import selectors as cases
from chengxin.cases.models import Case
from chengxin.catalogue import lawbook
from chengxin.rights import objections, restoration, texts
from chengxin.rights.eligibility import eligibility
from chengxin.rights.models import Matter
from chengxin.rights.selectors import CasePage
from chengxin.rights.time_limits import EXTENSIONS
from chengxin.rules.dated import LawGap, Value
from chengxin.rules.workflows.objection import OUTCOMES

PROPOSED = frozenset({"proposed", "contest_proposed"})
KEYS = {
    Matter.OBJECTION: (objections.CENTRE, objections.PROVIDER, objections.TOTAL, EXTENSIONS[objections.TOTAL]),
    Matter.RESTORATION: (restoration.ACCEPT, restoration.REPLY, restoration.EXTENSION),
}


@dataclass(frozen=True)
class Draft:
    """What stands for decision: the outcome's code, the reason drafted, the corrected fields, and the whole text."""

    outcome: str
    reason: str
    changes: dict[str, Any]
    statement: str
    text: str


def draft(page: CasePage, today: date) -> Draft | None:
    """Return the decision as it would read if it were issued now with the reviewer's reason; ``None`` without one."""
    event = cases.last_event(page.case, "propose")
    if page.case.state not in PROPOSED or event is None:
        return None
    reason, outcome = cases.note_of(event), str(event.data["outcome"])
    if page.case.kind == Matter.RESTORATION:
        return Draft(outcome, reason, {}, "", _restoration(page, outcome, reason, today))
    proposed = objections.proposal_of(page.case)
    text = _objection(page, proposed.outcome, reason, today)
    return Draft(proposed.outcome, reason, dict(proposed.changes), proposed.statement, text)


def _objection(page: CasePage, outcome: str, reason: str, today: date) -> str:
    handling = lawbook.current().value(objections.TOTAL, today).basis
    rules = [texts.item_basis(page.record), str(handling)]
    return texts.decision(page.case, OUTCOMES[outcome][0], reason, rules, texts.remedy(page.case.state))


def _restoration(page: CasePage, outcome: str, reason: str, today: date) -> str:
    conditions = eligibility(page.record.id, today).conditions
    rules = [texts.item_basis(page.record), *(str(condition.basis) for condition in conditions)]
    name = restoration.OUTCOMES[outcome][0]
    return texts.decision(page.case, name, reason, rules, texts.restoration_remedy(outcome))


def values_in_force(case: Case, today: date) -> list[Value]:
    """Return the dated values that govern a case today, those the law files have."""
    found: list[Value] = []
    for key in KEYS[case.kind]:
        try:
            found.append(lawbook.current().value(key, today))
        except LawGap:
            continue
    return found
