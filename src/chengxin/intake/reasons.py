"""How findings are stored with a row, and how they are put into words again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chengxin.intake import rulebook
from chengxin.rules.layouts import Layout
from chengxin.rules.validation.codes import Finding, Problem, Rule, render
from chengxin.rules.validation.shapes import NO_SHAPE, Shape

Stored = dict[str, str]


def stored(code: str, field: str = "", shape: Shape = NO_SHAPE, limit: str = "", other: str = "") -> Stored:
    """Return a finding as it is stored with a row: codes and shapes only, blank parts left out."""
    whole = {"code": code, "field": field, "zh": shape.zh, "en": shape.en, "limit": limit, "other": other}
    return {key: value for key, value in whole.items() if value}


def said(found: Stored, layout: Layout, rules: Mapping[str, Rule], row: int = 0) -> Finding:
    """Put a stored finding into words."""
    shape = Shape(found.get("zh", ""), found.get("en", ""))
    problem = Problem(found["code"], found.get("field", ""), shape, found.get("limit", ""), found.get("other", ""))
    finding = render(problem, layout, rules, row)
    if problem.code != "record.differs" or not problem.other:
        return finding
    zh = f"已有记录来自“{problem.other}”第 {problem.limit} 行。"
    en = f" The stored record comes from row {problem.limit} of “{problem.other}”."
    return replace(finding, zh=finding.zh + zh, en=finding.en + en)


def all_rules() -> dict[str, Rule]:
    """Return every rule there has been, so that an old finding can still be put into words."""
    return {**rulebook.rules(None), **rulebook.besides()}
