"""Validation rules as dated, cited data: severity, words in both languages, remedy and basis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from chengxin.rules.errors import Refusal
from chengxin.rules.layouts import Layout
from chengxin.rules.validation.shapes import Shape


class RuleFault(Refusal):
    """The list of validation rules is faulty or lacks a rule the programme uses."""

    code = "validation_rule_fault"


class Severity(StrEnum):
    """An error keeps the row out; a warning lets it in and is shown to the reporting unit."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in force from ``since`` to ``until``; texts may hold {field}, {shape}, {limit} and {other}.

    ``limits`` are the figures the rule compares with, each named with its unit.
    """

    code: str
    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    basis: str
    since: date
    until: date | None
    verified: bool
    limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that was broken, before it is put into words; ``other`` names a second field or row."""

    code: str
    field: str
    shape: Shape
    limit: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule in words; never the content of the cell. ``row`` counts data rows from 1, 0 means the file."""

    code: str
    severity: Severity
    field: str
    shape_zh: str
    shape_en: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    basis: str
    row: int = 0


# Every code the engines can raise; parse_rules refuses a list that lacks one of them.
CODES = frozenset(
    {
        *("cell.required", "text.too_long", "text.control", "choice.unknown", "document_no.shape"),
        *("uscc.wrong", "uscc.exempt", "uscc.citizen_id", "uscc.kind", "uscc.on_person", "org_code.wrong"),
        *("person.number_wrong", "person.number_old", "person.minor", "subject.no_code"),
        *("date.unreadable", "date.future", "date.too_old", "date.late", "date.order"),
        *("amount.unreadable", "amount.negative", "amount.unit"),
        *("fine.amount", "confiscation.amount", "licence.text", "category.unnamed", "penalty.simple"),
        *("file.duplicate", "column.prohibited", "column.missing"),
        *("column.doubled", "column.unknown", "column.shifted"),
    }
)

# The figures some of them compare with.
LIMITS = {
    "amount.unit": {"suspect_wan"},
    "penalty.simple": {"person", "individual_business", "organisation"},
}


def parse_rules(mapping: Mapping[str, Any], on: date | None = None) -> dict[str, Rule]:
    """Read the content of ``law/national/validation.yaml``; with ``on`` keep only rules in force that day.

    Raises RuleFault for a malformed entry, an unknown code, or a code the programme uses and the file lacks.
    """
    rules = [_rule(code, entry) for code, entry in mapping["rules"].items()]
    named = {rule.code for rule in rules}
    if named != CODES:
        odd = ", ".join(sorted(named ^ CODES))
        raise RuleFault(f"校验规则清单与程序不一致：{odd}。", f"The list of rules does not fit the programme: {odd}.")
    for rule in rules:
        if set(rule.limits) != LIMITS.get(rule.code, set()):
            raise RuleFault(f"校验规则 {rule.code} 的限额不齐。", f"Validation rule {rule.code} lacks or adds limits.")
    return {rule.code: rule for rule in rules if on is None or _in_force(rule, on)}


def _in_force(rule: Rule, on: date) -> bool:
    return rule.since <= on and (rule.until is None or on <= rule.until)


def _rule(code: str, entry: Mapping[str, Any]) -> Rule:
    try:
        return Rule(
            code=code,
            severity=Severity(entry["severity"]),
            zh=entry["zh"],
            en=entry["en"],
            remedy_zh=entry["remedy"]["zh"],
            remedy_en=entry["remedy"]["en"],
            basis=entry["basis"],
            since=_day(entry["since"]),
            until=_day(entry["until"]) if entry.get("until") else None,
            verified=bool(entry["verified"]),
            limits={name: int(figure) for name, figure in entry.get("limits", {}).items()},
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise RuleFault(f"校验规则 {code} 有误：{fault}。", f"Validation rule {code} is faulty: {fault}.") from fault


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def render(problem: Problem, layout: Layout, rules: Mapping[str, Rule], row: int = 0) -> Finding:
    """Put a problem into words for the person who has to mend it."""
    rule = rules[problem.code]
    zh = {"shape": problem.shape.zh, "limit": problem.limit} | _names(problem, layout, "zh")
    en = {"shape": problem.shape.en, "limit": problem.limit} | _names(problem, layout, "en")
    return Finding(
        code=rule.code,
        severity=rule.severity,
        field=problem.field,
        shape_zh=problem.shape.zh,
        shape_en=problem.shape.en,
        zh=rule.zh.format(**zh),
        en=rule.en.format(**en),
        remedy_zh=rule.remedy_zh.format(**zh),
        remedy_en=rule.remedy_en.format(**en),
        basis=rule.basis,
        row=row,
    )


def _names(problem: Problem, layout: Layout, language: str) -> dict[str, str]:
    return {
        key: field_name(layout, code, language) for key, code in (("field", problem.field), ("other", problem.other))
    }


def field_name(layout: Layout, code: str, language: str) -> str:
    """Return a field's heading in a language; a code that is no field (a heading of the file) stands for itself."""
    try:
        return str(getattr(layout.get(code), language))
    except KeyError:
        return code


def render_all(problems: Iterable[Problem], layout: Layout, rules: Mapping[str, Rule], row: int = 0) -> list[Finding]:
    """Put problems into words; a rule that is not in force raises nothing."""
    return [render(problem, layout, rules, row) for problem in problems if problem.code in rules]
