"""What is wrong with a file as a whole: headings that are missing, unknown or forbidden, columns that slipped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from chengxin.rules.layouts import Field, FieldType, Layout, fold_header
from chengxin.rules.validation.cells import read_cell, stripped
from chengxin.rules.validation.codes import Finding, Problem, render_all
from chengxin.rules.validation.context import Context
from chengxin.rules.validation.shapes import NO_SHAPE

# Enough rows to see a habit, few enough to be read before anything else.
SAMPLE = 50
_LEAST = 3
# Any text fits a text column, so only these can show that values stand one column off.
_DATES = {FieldType.DATE, FieldType.UNTIL}
_TELLING = frozenset(FieldType) - {FieldType.TEXT, FieldType.PERSON_CODE, FieldType.ORG_CODE, FieldType.DOCUMENT_NO}


def check_headers(headers: Sequence[str], layout: Layout, context: Context) -> list[Finding]:
    """Return what keeps the headings from being read; a forbidden heading refuses its whole column (charter C02)."""
    matched = layout.match(headers)
    problems = [Problem("column.prohibited", header, NO_SHAPE) for header in prohibited(headers, context.prohibited)]
    problems += [Problem("column.missing", code, NO_SHAPE) for code in matched.missing]
    problems += [Problem("column.doubled", header, NO_SHAPE) for header in matched.doubled]
    problems += [Problem("column.unknown", header, NO_SHAPE) for header in matched.extra]
    return render_all(problems, layout, context.rules)


def prohibited(headers: Iterable[str], words: Sequence[str]) -> list[str]:
    """Return the headings that contain a forbidden word, whatever their width, case or blanks."""
    folded = [fold_header(word) for word in words]
    return [header for header in headers if any(word and word in fold_header(header) for word in folded)]


def check_shift(sample: Sequence[Mapping[str, str | None]], layout: Layout, context: Context) -> list[Finding]:
    """Say which columns seem to hold their neighbour's values, judged by the first rows of a file."""
    return render_all(shifted(sample[:SAMPLE], layout, context), layout, context.rules)


def shifted(sample: Sequence[Mapping[str, str | None]], layout: Layout, context: Context) -> Iterator[Problem]:
    """Yield a problem for each column most of whose values can only be read as the neighbour's."""
    steps = [*pairwise(layout.fields), *((right, left) for left, right in pairwise(layout.fields))]
    for field, neighbour in steps:
        written = [text for row in sample if (text := stripped(row.get(field.code)))]
        if len(written) >= _LEAST and _fits_neighbour(written, field, neighbour, context):
            yield Problem("column.shifted", field.code, NO_SHAPE, "", neighbour.code)


def _fits_neighbour(written: Sequence[str], field: Field, neighbour: Field, context: Context) -> bool:
    types = {field.type, neighbour.type}
    if len(types) == 1 or types == _DATES or not types <= _TELLING:
        return False
    slipped = sum(1 for text in written if _slipped(text, field, neighbour, context))
    return slipped * 2 > len(written)


def _slipped(text: str, field: Field, neighbour: Field, context: Context) -> bool:
    return read_cell(field, text, context).bad and not read_cell(neighbour, text, context).bad
