"""The plain engine: row by row, rule by rule. Slow, short, and the specification of every other engine."""

from __future__ import annotations

import polars as pl

from chengxin.engines.findings import Validated, ordered, refused_rows, table, typed_schema
from chengxin.rules.layouts import Layout
from chengxin.rules.validation.codes import Problem
from chengxin.rules.validation.columns import SAMPLE, shifted
from chengxin.rules.validation.context import Context
from chengxin.rules.validation.rows import Typed, duplicate, duplicate_key, read_row


def validate(frame: pl.DataFrame, layout: Layout, context: Context) -> Validated:
    """Validate a whole file whose columns are named by field code and hold raw text; absent columns are empty."""
    rows = list(frame.iter_rows(named=True))
    problems: list[tuple[int, Problem]] = [(0, p) for p in shifted(rows[:SAMPLE], layout, context)]
    first_rows: dict[tuple[str, str, str], int] = {}
    lines: list[list[object]] = []
    for number, cells in enumerate(rows, start=1):
        typed, found = read_row(cells, layout, context)
        key = duplicate_key(typed, layout)
        first = first_rows.setdefault(key, number) if key else number
        problems += [(number, p) for p in [*found, *duplicate(layout, first, number)]]
        lines.append(_line(number, typed, layout))
    findings = ordered(table(problems, context.rules))
    answer = pl.DataFrame(lines, schema=typed_schema(layout), orient="row")
    return Validated(findings, answer, refused_rows(findings, answer["row"]))


def _line(number: int, typed: Typed, layout: Layout) -> list[object]:
    values = [typed.values[code] for code in layout.codes]
    return [number, *values, typed.kind, typed.subject_code, typed.document_key]
