"""What an engine answers about a file: findings as a table, typed rows, and which rows are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from chengxin.rules.layouts import Field, FieldType, Layout
from chengxin.rules.validation import codes
from chengxin.rules.validation.codes import Finding, Problem, Rule, Severity
from chengxin.rules.validation.shapes import Shape

# The words are put in at the end and only for the rows somebody looks at (render), so the table stays narrow.
SCHEMA: dict[str, type[pl.DataType]] = {
    "row": pl.UInt32,
    "code": pl.String,
    "field": pl.String,
    "severity": pl.String,
    "shape_zh": pl.String,
    "shape_en": pl.String,
    "limit": pl.String,
    "other": pl.String,
}
DERIVED = ("subject_kind", "subject_code", "document_key")

_TYPES: dict[FieldType, type[pl.DataType]] = {
    FieldType.DATE: pl.Date,
    FieldType.UNTIL: pl.Date,
    FieldType.WAN: pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Validated:
    """The answer about some rows.

    ``findings`` has the columns of SCHEMA, sorted by row, field and code; row counts data rows from 1 and is 0 for
    the file as a whole. ``typed`` has one line per row: ``row``, every field of the layout (text, date, whole fen)
    and DERIVED. ``bad`` is true where a row is refused.
    """

    findings: pl.DataFrame
    typed: pl.DataFrame
    bad: pl.Series


def column_type(field: Field) -> type[pl.DataType]:
    """Return the type a field has among the typed rows."""
    return _TYPES.get(field.type, pl.String)


def typed_schema(layout: Layout) -> dict[str, type[pl.DataType]]:
    """Return names and types of the typed rows of a layout."""
    fields = {field.code: column_type(field) for field in layout.fields}
    return {"row": pl.UInt32} | fields | dict.fromkeys(DERIVED, pl.String)


def table(problems: Iterable[tuple[int, Problem]], rules: Mapping[str, Rule]) -> pl.DataFrame:
    """Set out problems as a table, leaving out rules that are not in force."""
    lines = [
        (row, p.code, p.field, rules[p.code].severity.value, p.shape.zh, p.shape.en, p.limit, p.other)
        for row, p in problems
        if p.code in rules
    ]
    return pl.DataFrame(lines, schema=SCHEMA, orient="row")


def ordered(findings: pl.DataFrame) -> pl.DataFrame:
    """Sort findings the one way both engines give them."""
    return findings.sort("row", "field", "code", "other")


def refused_rows(findings: pl.DataFrame, rows: pl.Series) -> pl.Series:
    """Mark the rows that have at least one error."""
    errors = findings.filter(pl.col("severity") == Severity.ERROR.value)["row"]
    return rows.is_in(errors.unique().implode()).alias("bad")


def render(findings: pl.DataFrame, layout: Layout, rules: Mapping[str, Rule]) -> list[Finding]:
    """Put findings into words; cut the table to the page that is shown first."""
    return [_render(line, layout, rules) for line in findings.iter_rows(named=True)]


def _render(line: Mapping[str, object], layout: Layout, rules: Mapping[str, Rule]) -> Finding:
    shape = Shape(str(line["shape_zh"]), str(line["shape_en"]))
    problem = Problem(str(line["code"]), str(line["field"]), shape, str(line["limit"]), str(line["other"]))
    return codes.render(problem, layout, rules, int(str(line["row"])))
