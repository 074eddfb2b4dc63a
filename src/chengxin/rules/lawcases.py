"""Situations written by lawyers, run against the rules: each says its facts, what is expected and the article."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from chengxin.rules import deadlines, eligibility, grading, periods, retention
from chengxin.rules.dated import Basis, LawBook
from chengxin.rules.lawreader import Entry, fault
from chengxin.rules.workdays import Calendar

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Situation:
    """One situation: what is known, and what must come out of the rules."""

    kind: str
    title: str
    facts: dict[str, Any]
    expected: Answer
    basis: Basis
    where: str


def read_situation(entry: Entry) -> Situation:
    """Read one situation of a case file."""
    situation = Situation(
        kind=entry.text("kind"),
        title=entry.text("title"),
        facts=dict(entry.raw("facts") or {}),
        expected=dict(entry.raw("expected") or {}),
        basis=entry.basis(),
        where=entry.where,
    )
    entry.finish()
    if situation.kind not in KINDS:
        raise fault(entry.where, "kind", "不是可用的情形种类", f"must be one of {', '.join(KINDS)}")
    if not situation.expected:
        raise fault(entry.where, "expected", "没有填写", "is missing")
    return situation


def differences(situation: Situation, law: LawBook, calendar: Calendar) -> list[str]:
    """Run a situation and return one line per answer that is not the expected one; empty means that all agree."""
    actual = KINDS[situation.kind](dict(situation.facts), law, calendar)
    return [
        f"{key}: expected {wanted!r}, got {actual.get(key)!r}"
        for key, wanted in situation.expected.items()
        if key not in actual or actual[key] != wanted
    ]


def _period(facts: dict[str, Any], law: LawBook, calendar: Calendar) -> Answer:
    on: date = facts.pop("on")
    found = periods.compute(periods.PeriodFacts(**facts), law, on)
    return {
        "public_from": found.public_from,
        "public_until": found.public_until,
        "use_until": found.use_until,
        "restorable_from": found.restorable_from,
        "anchor": found.anchor,
        "says": [step.zh for step in found.derivation],
    }


def _publicity(facts: dict[str, Any], law: LawBook, calendar: Calendar) -> Answer:
    """Ask one thing only: does the public see the record on `seen_on`?"""
    seen_on: date = facts.pop("seen_on")
    found = _period(facts, law, calendar)
    begins, ends = found["public_from"], found["public_until"]
    public = begins is not None and begins <= seen_on and (ends is None or seen_on <= ends)
    usable = found["use_until"] is None or seen_on <= found["use_until"]
    return {"public": public, "usable": usable}


def _grade(facts: dict[str, Any], law: LawBook, calendar: Calendar) -> Answer:
    on: date = facts.pop("on")
    facts["categories"] = grading.split_categories(facts.pop("categories", ""))
    found = grading.grade(grading.GradeFacts(**facts), law, on)
    return {"grade": found.grade, "uncertain": found.uncertain, "instrument": found.basis.instrument}


def _deadline(facts: dict[str, Any], law: LawBook, calendar: Calendar) -> Answer:
    found = deadlines.due(facts["key"], facts["start"], law, calendar)
    return {"due_on": found.due_on}


def _eligibility(facts: dict[str, Any], law: LawBook, calendar: Calendar) -> Answer:
    on: date = facts.pop("on")
    facts["penalty_kinds"] = tuple(facts.get("penalty_kinds", ()))
    conditions = eligibility.restorable(eligibility.RestorationFacts(**facts), law, on)
    return {
        "eligible": eligibility.eligible(conditions),
        "not_met": [each.code for each in conditions if each.met is False],
        "unknown": [each.code for each in conditions if each.met is None],
    }


def _erasure(facts: dict[str, Any], law: LawBook, calendar: Calendar) -> Answer:
    on: date = facts.pop("on")
    found = retention.rule(retention.HeldFacts(**{"use_until": None, **facts}), law, on)
    return {"fate": found.fate.value, "until": found.until, "articles": [str(each) for each in found.basis]}


def _value(facts: dict[str, Any], law: LawBook, calendar: Calendar) -> Answer:
    found = law.value(facts["key"], facts["on"])
    value = list(found.value) if isinstance(found.value, tuple) else found.value
    return {"value": value, "unit": found.unit, "verified": found.verified, "instrument": found.basis.instrument}


KINDS: dict[str, Callable[[dict[str, Any], LawBook, Calendar], Answer]] = {
    "period": _period,
    "publicity": _publicity,
    "grade": _grade,
    "deadline": _deadline,
    "eligibility": _eligibility,
    "erasure": _erasure,
    "value": _value,
}
