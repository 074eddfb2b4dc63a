"""The fast engine: whole columns at once, in chunks, with the same answer as the plain engine for every row."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial

import polars as pl

from chengxin.engines import rowrules
from chengxin.engines.cellcolumns import (
    PROBLEMS,
    Column,
    empty_column,
    plain_document_nos,
    read_column,
    slowly,
    stripped,
)
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
_KEY = ("authority", "document", "subject")


def validate(frame: pl.DataFrame, layout: Layout, context: Context) -> Validated:
    """Validate a whole file whose columns are named by field code and hold raw text; absent columns are empty."""
    slices = iter(frame.iter_slices(CHUNK)) if len(frame) else iter([frame])
    parts = list(validate_chunks(slices, layout, context))
    findings = pl.concat([part.findings for part in parts])
    typed = pl.concat([part.typed for part in parts])
    return Validated(findings, typed, pl.concat([part.bad for part in parts]))


def validate_chunks(chunks: Iterable[pl.DataFrame], layout: Layout, context: Context) -> Iterator[Validated]:
    """Validate a file that comes in chunks and yield their answers in order.

    The first chunk should hold SAMPLE rows or more to show slips. Chunks do not know of each other until duplicates
    are looked for, so READERS of them are read at a time, and no more than that are held.
    """
    validator = Validator(layout, context)
    with ThreadPoolExecutor(max_workers=READERS) as pool:
        reading: deque[Future[Read]] = deque()
        for chunk in chunks:
            if len(reading) == READERS:
                yield validator.finish(reading.popleft().result())
            reading.append(pool.submit(validator.read, chunk, validator.next_row(chunk)))
        while reading:
            yield validator.finish(reading.popleft().result())


@dataclass(frozen=True, slots=True)
class Read:
    """A chunk judged as far as it can be without the rows before it; ``keys`` say which rows are the same."""

    first: int
    sheet: rowrules.Sheet
    about_file: list[pl.DataFrame]
    problems: pl.DataFrame
    keys: pl.DataFrame


class Validator:
    """Validates a file chunk by chunk; remembers only the row number and the keys of the rows seen."""

    def __init__(self, layout: Layout, context: Context) -> None:
        self._layout = layout
        self._context = context
        self._seen: list[pl.DataFrame] = []
        self._rows = 0
        # Authorities, dates and categories come back in every chunk; each is read once a file.
        self._readers = {field.code: lru_cache(REMEMBERED)(partial(_read, field, context)) for field in layout.fields}

    def next_row(self, chunk: pl.DataFrame) -> int:
        """Return the number of a chunk's first row, counted from 1; asked once for every chunk, in their order."""
        first = self._rows + 1
        self._rows += len(chunk)
        return first

    def read(self, chunk: pl.DataFrame, first: int) -> Read:
        """Read the cells and judge every row by itself; may run for several chunks at once."""
        columns = {field.code: self._column(field, chunk) for field in self._layout.fields}
        found = [column.problems for column in columns.values()]
        self._read_certificates(columns, found)
        sheet = self._sheet(columns, len(chunk), first)
        problems = pl.concat([*found, *rowrules.problems(sheet)])
        return Read(first, sheet, list(self._about_file(chunk, first)), problems, _keys(sheet))

    def finish(self, read: Read) -> Validated:
        """Compare a chunk with the rows before it; chunks have to come in the order of the file."""
        problems = pl.concat([read.problems, *self._duplicates(read)])
        findings = ordered(pl.concat([*read.about_file, self._findings(problems, read.first)]))
        typed = read.sheet.typed
        return Validated(findings, typed, refused_rows(findings, typed["row"]))

    def _about_file(self, chunk: pl.DataFrame, first: int) -> Iterator[pl.DataFrame]:
        if first == 1:
            sample = chunk.head(SAMPLE).rows(named=True)
            yield table(((0, p) for p in shifted(sample, self._layout, self._context)), self._context.rules)

    def _column(self, field: Field, chunk: pl.DataFrame) -> Column:
        written = _written(field, chunk)
        if written is None:
            return empty_column(field, len(chunk))
        return read_column(field, written, self._readers[field.code])

    def _read_certificates(self, columns: dict[str, Column], found: list[pl.DataFrame]) -> None:
        """Judge certificate numbers by the declared type: one pass over the column per type."""
        for certificate_role, number_role in CERTIFICATES:
            certificate, number = self._layout.role(certificate_role), self._layout.role(number_role)
            if certificate is None or number is None:
                continue
            declared = columns[certificate.code].typed
            for choice in certificate.choices:
                mine = (declared == choice.value).fill_null(False).arg_true()
                if choice.means and len(mine):
                    columns[number.code] = self._judge(number, columns[number.code], mine, choice.means)
                    found.append(columns[number.code].problems)

    def _judge(self, field: Field, column: Column, places: pl.Series, certificate: str) -> Column:
        """Judge the numbers at some places as those of one certificate."""
        today = self._context.today
        numbers = column.typed.gather(places)
        citizen = certificate == CodeKind.CITIZEN_ID.value
        sure = sound_adults(numbers, today.year - ADULT) if citizen else numbers.is_null()
        judged = slowly(field, numbers, sure, numbers, lambda t: read_person_number(field, t, certificate, today))
        typed = column.typed if judged.typed.equals(numbers) else column.typed.scatter(places, judged.typed)
        at = places.cast(pl.UInt32).gather(judged.problems["place"])
        return Column(column.empty, typed, judged.problems.with_columns(place=at))

    def _sheet(self, columns: dict[str, Column], height: int, first: int) -> rowrules.Sheet:
        layout = self._layout
        rows = pl.int_range(first, first + height, dtype=pl.UInt32, eager=True).alias("row")
        typed = pl.DataFrame([rows, *(column.typed for column in columns.values())])
        typed = typed.with_columns(rowrules.subject_kinds(layout, typed))
        sheet = rowrules.Sheet(layout, self._context, typed, columns)
        number = layout.role(Role.DOCUMENT_NO)
        plain = self._plain(columns[number.code]) if number else None
        typed = typed.with_columns(rowrules.subject_codes(sheet), rowrules.document_keys(layout, typed, plain))
        return rowrules.Sheet(layout, self._context, typed.select(list(typed_schema(layout))), columns)

    def _plain(self, numbers: Column) -> pl.Series:
        """Tell which document numbers need no tidying; where a column was recognised as such, this is known."""
        return plain_document_nos(numbers.typed) if numbers.sure is None else numbers.sure

    def _duplicates(self, read: Read) -> Iterator[pl.DataFrame]:
        """Compare hashes first; only rows whose hash was met are compared as text."""
        field = self._layout.role(Role.DOCUMENT_NO)
        if field is None:
            return
        suspects, earlier = self._suspects(read.keys)
        self._seen.append(read.keys)
        if len(suspects):
            rows = pl.concat([*earlier, suspects])
            first = rows.group_by(_KEY).agg(first=pl.col("row").min())
            again = suspects.join(first, on=_KEY).filter(pl.col("first") < pl.col("row"))
            yield _told_duplicates(again, field, read.first)

    def _suspects(self, keys: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
        """Return the rows whose hash occurs more than once in the file so far, and the earlier rows they meet."""
        own = keys["hash"].implode()
        earlier = [part for seen in self._seen if len(part := seen.filter(seen["hash"].is_in(own)))]
        met = pl.concat([part["hash"] for part in earlier]) if earlier else keys["hash"].clear()
        return keys.filter(keys["hash"].is_duplicated() | keys["hash"].is_in(met.implode())), earlier

    def _findings(self, problems: pl.DataFrame, first: int) -> pl.DataFrame:
        """Add row number and severity, and leave out rules that are not in force."""
        rules = self._context.rules
        severities = {code: rule.severity.value for code, rule in rules.items()}
        numbered = problems.with_columns(
            row=(pl.col("place") + first).cast(pl.UInt32),
            severity=pl.col("code").replace_strict(severities, default=None, return_dtype=pl.String),
        )
        return numbered.filter(pl.col("severity").is_not_null()).select(list(SCHEMA))


def _keys(sheet: rowrules.Sheet) -> pl.DataFrame:
    """Row number, authority, document, subject and their common hash, of rows that have all three."""
    parts = (sheet.value(Role.AUTHORITY_CODE), pl.col(rowrules.DOCUMENT), pl.col(rowrules.SUBJECT))
    named = [part.alias(name) for part, name in zip(parts, _KEY, strict=True)]
    whole = sheet.typed.select("row", *named).drop_nulls()
    hashes = [pl.col(name).hash(seed) for seed, name in enumerate(_KEY)]
    return whole.with_columns(hash=hashes[0] ^ hashes[1] ^ hashes[2])


def _written(field: Field, chunk: pl.DataFrame) -> pl.Series | None:
    """Return what is written for a field; where its own column says nothing, the one that may stand in for it."""
    own, other = (chunk[code] if code in chunk.columns else None for code in (field.code, field.fallback))
    if own is None or other is None:
        return other if own is None else own
    said = stripped(own)
    return said.zip_with(said.is_not_null(), other) if said.null_count() else own


def _read(field: Field, context: Context, text: str) -> Reading:
    return read_cell(field, text, context)


def _told_duplicates(again: pl.DataFrame, field: Field, first: int) -> pl.DataFrame:
    empty = pl.lit("", dtype=pl.String)
    return again.select(
        place=(pl.col("row") - first).cast(pl.UInt32),
        code=pl.lit("file.duplicate"),
        field=pl.lit(field.code),
        shape_zh=empty,
        shape_en=empty,
        limit=pl.col("first").cast(pl.String),
        other=empty,
    ).select(list(PROBLEMS))
