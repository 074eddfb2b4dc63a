"""Rows written by lawyers in law/**/cases/rows: what is wrong with each, and which rows of a file are the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from polars.testing import assert_frame_equal

from chengxin.engines import columnar, reference
from chengxin.rules.layouts import Layout, parse_layout
from chengxin.rules.validation.codes import CODES, parse_rules
from chengxin.rules.validation.context import Context
from chengxin.rules.validation.rows import check_row, is_refused

LAW = Path(__file__).parents[3] / "law"
RULES = parse_rules(yaml.safe_load((LAW / "national" / "validation.yaml").read_text(encoding="utf-8")))
# Headings are judged before any row is read; tests/unit/rules/test_validation.py shows those.
ABOUT_HEADINGS = {code for code in CODES if code.startswith("column.")}
BOOKS: list[dict[str, Any]] = [
    yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(LAW.glob("*/cases/rows/*.yaml"))
]


def layout(book: dict[str, Any]) -> Layout:
    path = LAW / "national" / "layouts" / f"{book['layout']}.yaml"
    return parse_layout(yaml.safe_load(path.read_text(encoding="utf-8")))


def context(book: dict[str, Any]) -> Context:
    return Context(RULES, book["filed_on"], book["filed_on"], on_time_from=book["on_time_from"])


def written(part: str) -> Iterator[Any]:
    for book in BOOKS:
        for case in book[part]:
            yield pytest.param(book, case, id=f"{book['layout']}：{case['title']}")


@pytest.mark.parametrize(("book", "case"), list(written("rows")))
def test_a_row_is_judged_as_written(book: dict[str, Any], case: dict[str, Any]) -> None:
    findings = check_row(book["base"] | case["cells"], layout(book), context(book))
    assert {finding.code: finding.field for finding in findings} == case["expected"]
    assert is_refused(findings) is case.get("returned", False)


@pytest.mark.parametrize(("book", "case"), list(written("files")))
@pytest.mark.parametrize("engine", [reference, columnar], ids=["plain", "columnar"])
def test_rows_of_a_file_are_compared_as_written(engine: Any, book: dict[str, Any], case: dict[str, Any]) -> None:
    lines = [book["base"] | cells for cells in case["rows"]]
    file = pl.DataFrame(lines, schema=dict.fromkeys(layout(book).codes, pl.String))
    found = engine.validate(file, layout(book), context(book)).findings.filter(pl.col("code") == "file.duplicate")
    same = {row: int(first) for row, first in found.select("row", "limit").iter_rows()}
    assert same == {row: first for row, first in enumerate(case["same_as"], start=1) if first}


@pytest.mark.parametrize("book", BOOKS, ids=[book["layout"] for book in BOOKS])
def test_both_engines_judge_the_written_rows_alike(book: dict[str, Any]) -> None:
    lines = [book["base"] | case["cells"] for case in book["rows"]]
    file = pl.DataFrame(lines, schema=dict.fromkeys(layout(book).codes, pl.String))
    plain, fast = (engine.validate(file, layout(book), context(book)) for engine in (reference, columnar))
    assert_frame_equal(plain.findings, fast.findings)
    assert_frame_equal(plain.typed, fast.typed)


def test_every_rule_about_rows_has_a_situation() -> None:
    shown = {code for book in BOOKS for case in book["rows"] for code in case["expected"]}
    shown |= {"file.duplicate" for book in BOOKS for case in book["files"] if any(case["same_as"])}
    assert shown == CODES - ABOUT_HEADINGS


def test_every_rule_says_what_where_why_and_what_to_do() -> None:
    """A text about a cell names its heading and, where something is written in it, what that looks like."""
    shapeless = {"file.duplicate", "person.minor", "subject.no_code"}
    for code, rule in RULES.items():
        assert rule.remedy_zh and rule.remedy_en and rule.basis
        assert code in shapeless or ("{field}" in rule.zh and "{field}" in rule.en), code
        unreadable = code not in ABOUT_HEADINGS and code.endswith(("unreadable", "wrong", "unknown", "long", "control"))
        assert not unreadable or ("{shape}" in rule.zh and "{shape}" in rule.en), code
