"""The fast engine: whole columns at once, in chunks, with the same answer as the plain engine for every row."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial

import polars as pl

from chengxin.engines import rowrules
from chengxin.engines.cellcolumns import PROBLEMS, Column, empty_column, plain_document_nos, read_column, slowly
from chengxin.engines.checkdigits import sound_adults
from chengxin.engines.findings import SCHEMA, Validated, ordered, refused_rows, table, typed_schema
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.layouts import Field, Layout, Role
from chengxin.rules.validation.cells import Reading, read_cell
from chengxin.rules.validation.columns import SAMPLE, shifted
from chengxin.rules.validation.context import Context
from chengxin.rules.validation.persons import ADULT, read_person_number
from chengxin.rules.validation.rows import CERTIFICATES

CHUNK = 100_000
READERS = 2
REMEMBERED = 4096
_BETWEEN = "\x1f"  # No typed code can hold a control character, so joined keys stay apart.


def validate(frame: pl.DataFrame, layout: Layout, context: Context) -> Validated:
    """Validate a whole file whose columns are named by field code and hold raw text; absent columns are empty."""
    validator = Validator(layout, context)
    parts = [validator.feed(chunk) for chunk in frame.iter_slices(CHUNK)] or [validator.feed(frame)]
    findings = pl.concat([part.findings for part in parts])
    typed = pl.concat([part.typed for part in parts])
    return Validated(findings, typed, pl.concat([part.bad for part in parts]))


class Validator:
    """Validates a file chunk by chunk; remembers only the row number and the keys of the rows seen."""

    def __init__(self, layout: Layout, context: Context) -> None:
        self._layout = layout
        self._context = context
        self._seen: list[pl.DataFrame] = []
        self._rows = 0
        # Authorities, dates and categories come back in every chunk; each is read once a file.
        self._readers = {field.code: lru_cache(REMEMBERED)(partial(_read, field, context)) for field in layout.fields}

    def feed(self, chunk: pl.DataFrame) -> Validated:
        """Validate the next rows of the file; the first chunk should hold SAMPLE rows or more to show slips."""
        sheet, found = self._read(chunk)
        problems = pl.concat([*found, *rowrules.problems(sheet), *self._duplicates(sheet)])
        findings = ordered(pl.concat([*self._about_file(chunk), self._findings(problems)]))
        self._rows += len(chunk)
        return Validated(findings, sheet.typed, refused_rows(findings, sheet.typed["row"]))

    def _about_file(self, chunk: pl.DataFrame) -> Iterator[pl.DataFrame]:
        if self._rows == 0:
            sample = chunk.head(SAMPLE).rows(named=True)
            yield table(((0, p) for p in shifted(sample, self._layout, self._context)), self._context.rules)

    def _read(self, chunk: pl.DataFrame) -> tuple[rowrules.Sheet, list[pl.DataFrame]]:
        fields = self._layout.fields
        # Reading one column keeps one core busy; columns do not know of each other, so two are read at a time.
        with ThreadPoolExecutor(max_workers=READERS) as pool:
            read = pool.map(lambda field: self._column(field, chunk), fields)
            columns = {field.code: column for field, column in zip(fields, read, strict=True)}
        found = [column.problems for column in columns.values()]
        self._read_certificates(columns, found)
        sheet = self._sheet(columns, len(chunk))
        return sheet, found

    def _column(self, field: Field, chunk: pl.DataFrame) -> Column:
        if field.code in chunk.columns:
            return read_column(field, chunk[field.code], self._readers[field.code])
        return empty_column(field, len(chunk))

    def _read_certificates(self, columns: dict[str, Column], found: list[pl.DataFrame]) -> None:
        """Judge certificate numbers by the declared type: one pass over the column per type."""
        for certificate_role, number_role in CERTIFICATES:
            certificate, number = self._layout.role(certificate_role), self._layout.role(number_role)
            if certificate is None or number is None:
                continue
            declared = columns[certificate.code].typed
            for choice in certificate.choices:
                mine = (declared == choice.value).fill_null(False)
                if choice.means and mine.any():
                    columns[number.code] = self._judge(number, columns[number.code], mine, choice.means)
                    found.append(columns[number.code].problems)

    def _judge(self, field: Field, column: Column, mine: pl.Series, certificate: str) -> Column:
        today = self._context.today
        numbers = pl.DataFrame({"t": column.typed, "m": mine}).select(pl.when("m").then("t"))["t"]
        sure = ~mine
        if certificate == CodeKind.CITIZEN_ID.value:
            sure |= sound_adults(numbers, today.year - ADULT)
        judged = slowly(field, numbers, sure, column.typed, lambda t: read_person_number(field, t, certificate, today))
        return Column(column.empty, judged.typed, judged.problems)

    def _sheet(self, columns: dict[str, Column], height: int) -> rowrules.Sheet:
        layout = self._layout
        rows = pl.int_range(self._rows + 1, self._rows + height + 1, dtype=pl.UInt32, eager=True).alias("row")
        typed = pl.DataFrame([rows, *(column.typed for column in columns.values())])
        typed = typed.with_columns(rowrules.subject_kinds(layout, typed))
        sheet = rowrules.Sheet(layout, self._context, typed, columns)
        number = layout.role(Role.DOCUMENT_NO)
        plain = plain_document_nos(typed[number.code]) if number else None
        typed = typed.with_columns(rowrules.subject_codes(sheet), rowrules.document_keys(layout, typed, plain))
        return rowrules.Sheet(layout, self._context, typed.select(list(typed_schema(layout))), columns)

    def _duplicates(self, sheet: rowrules.Sheet) -> Iterator[pl.DataFrame]:
        """Compare hashes first; only rows whose hash was met are compared as text."""
        field = self._layout.role(Role.DOCUMENT_NO)
        if field is None:
            return
        parts = [sheet.value(Role.AUTHORITY_CODE), pl.col(rowrules.DOCUMENT), pl.col(rowrules.SUBJECT)]
        keys = sheet.typed.select("row", key=pl.concat_str(parts, separator=_BETWEEN)).drop_nulls()
        keys = keys.with_columns(hash=pl.col("key").hash())
        self._seen.append(keys)
        suspects = self._suspects(keys)
        first = pl.concat([suspects, *self._earlier(suspects)]).group_by("key").agg(first=pl.col("row").min())
        again = keys.join(first, on="key").filter(pl.col("first") < pl.col("row"))
        yield _told_duplicates(again, field, self._rows)

    def _suspects(self, keys: pl.DataFrame) -> pl.DataFrame:
        twice = keys["hash"].is_duplicated()
        for earlier in self._seen[:-1]:
            twice |= keys["hash"].is_in(earlier["hash"].implode())
        return keys.filter(twice)

    def _earlier(self, suspects: pl.DataFrame) -> Iterator[pl.DataFrame]:
        if len(suspects):
            for earlier in self._seen[:-1]:
                yield earlier.join(suspects, on=["hash", "key"], how="semi")

    def _findings(self, problems: pl.DataFrame) -> pl.DataFrame:
        """Add row number and severity, and leave out rules that are not in force."""
        rules = self._context.rules
        severities = {code: rule.severity.value for code, rule in rules.items()}
        numbered = problems.with_columns(
            row=(pl.col("place") + self._rows + 1).cast(pl.UInt32),
            severity=pl.col("code").replace_strict(severities, default=None, return_dtype=pl.String),
        )
        return numbered.filter(pl.col("severity").is_not_null()).select(list(SCHEMA))


def _read(field: Field, context: Context, text: str) -> Reading:
    return read_cell(field, text, context)


def _told_duplicates(again: pl.DataFrame, field: Field, before: int) -> pl.DataFrame:
    empty = pl.lit("", dtype=pl.String)
    return again.select(
        place=(pl.col("row") - before - 1).cast(pl.UInt32),
        code=pl.lit("file.duplicate"),
        field=pl.lit(field.code),
        shape_zh=empty,
        shape_en=empty,
        limit=pl.col("first").cast(pl.String),
        other=empty,
    ).select(list(PROBLEMS))
