"""Validation rules as dated, cited data: severity, words in both languages, remedy and basis."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
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

    ``limits`` are the figures the rule compares with, each named with its unit. ``others`` are the versions of the
    same rule for other times: a decision is judged by the law of its own day, whenever it is filed.
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
    article: str = ""
    others: tuple[Rule, ...] = ()

    @property
    def versions(self) -> tuple[Rule, ...]:
        """This version and those of other times."""
        return self, *self.others

    @property
    def cited(self) -> str:
        """The instrument and, where it is known, its article."""
        return self.basis + self.article

    def in_force(self, on: date) -> bool:
        """Tell whether this version is the law of a day."""
        return self.since <= on and (self.until is None or on <= self.until)

    def comparing(self, limit: str) -> Rule:
        """Return the version that compares with a figure; a finding keeps its figure and so leads back to its law."""
        return next((each for each in self.versions if limit in map(str, each.limits.values())), self)


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
    article: str = ""

    @property
    def cited(self) -> str:
        """The instrument and, where it is known, its article."""
        return self.basis + self.article


# Every code the engines can raise; parse_rules refuses a list that lacks one of them.
CODES = frozenset(
    {
        *("cell.required", "text.too_long", "text.control", "choice.unknown", "document_no.shape"),
        *("uscc.wrong", "uscc.exempt", "uscc.citizen_id", "uscc.kind", "uscc.on_person", "org_code.wrong"),
        *("person.number_wrong", "person.number_old", "person.minor", "subject.no_code"),
        *("date.unreadable", "date.future", "date.too_old", "date.late", "date.order"),
        *("date.ignored", "amount.unreadable", "amount.negative", "amount.unit"),
        *("fine.amount", "fine.category", "confiscation.amount", "confiscation.category", "licence.text"),
        *("category.unnamed", "penalty.simple", "row.not_current", "authority.kind"),
        *("file.duplicate", "column.prohibited", "column.missing"),
        *("column.doubled", "column.unknown", "column.shifted"),
    }
)

# What intake finds besides, when a row meets its file, its catalogue item or the records that stand already.
INTAKE_CODES = frozenset(
    {
        *("row.cells", "row.shifted", "row.procedure", "column.passed", "column.supplied", "column.old_codes"),
        *("file.heading_row", "file.heading_sheet", "file.carried", "file.judged_anew"),
        *("subject.kind_not_in_item", "subject.needs_uscc", "subject.name_differs", "subject.kind_differs"),
        *("subject.not_the_same", "subject.asked_again", "decision.missing", "source.differs", "authority.differs"),
        *("record.exists", "record.differs", "record.other_item", "record.withdrawn", "record.period_over"),
    }
)

# The figures some of them compare with.
LIMITS = {
    "authority.kind": {"registered_by"},
    "amount.unit": {"suspect_wan"},
    "penalty.simple": {"person", "individual_business", "organisation"},
}


def parse_rules(mapping: Mapping[str, Any], on: date | None = None, codes: Collection[str] = CODES) -> dict[str, Rule]:
    """Read the content of ``law/national/validation.yaml``; with ``on`` keep only rules in force that day.

    A code may have one version or a list of them; the one in force, or else the newest, leads to the others.
    Raises RuleFault for a malformed entry, versions that overlap, an unknown code, or one of ``codes`` that is missing.
    """
    families = {code: _family(code, entry) for code, entry in mapping["rules"].items()}
    if set(families) != set(codes):
        odd = ", ".join(sorted(set(families) ^ set(codes)))
        raise RuleFault(f"校验规则清单与程序不一致：{odd}。", f"The list of rules does not fit the programme: {odd}.")
    chosen = ((code, family, _standing(family, on)) for code, family in families.items())
    return {
        code: replace(rule, others=tuple(each for each in family if each is not rule))
        for code, family, rule in chosen
        if rule
    }


def _family(code: str, entry: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> list[Rule]:
    """Return the versions of a rule, the oldest first."""
    entries = [entry] if isinstance(entry, Mapping) else entry
    family = sorted((_rule(code, each) for each in entries), key=lambda rule: rule.since)
    if any(set(rule.limits) != LIMITS.get(code, set()) for rule in family):
        raise RuleFault(f"校验规则 {code} 的限额不齐。", f"Validation rule {code} lacks or adds limits.")
    if any(before.until is None or before.until >= after.since for before, after in pairwise(family)):
        raise RuleFault(f"校验规则 {code} 的版本在时间上重叠。", f"Versions of validation rule {code} overlap.")
    return family


def _standing(family: Sequence[Rule], on: date | None) -> Rule | None:
    return family[-1] if on is None else next((rule for rule in family if rule.in_force(on)), None)


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
            article=entry.get("article", ""),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise RuleFault(f"校验规则 {code} 有误：{fault}。", f"Validation rule {code} is faulty: {fault}.") from fault


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def render(problem: Problem, layout: Layout, rules: Mapping[str, Rule], row: int = 0) -> Finding:
    """Put a problem into words for the person who has to mend it."""
    rule = rules[problem.code].comparing(problem.limit)
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
        article=rule.article,
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
