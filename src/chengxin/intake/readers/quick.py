"""The quick way through a plain XLSX table: column by column, without a Python object for every cell.

It takes only what it is sure to read exactly as ``workbook`` does cell by cell: the first sheet begins in A1, headings
are there and distinct, every column holds one kind of value. Anything else returns None and is read cell by cell.
"""

from __future__ import annotations

import logging
import re
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from typing import IO, Final

import fastexcel
import polars as pl

from chengxin.intake.readers import faults, limits
from chengxin.intake.readers.table import ROW, Table, headings_of

# What the library says while it guesses a column's kind is of no use to anybody who runs the platform.
logging.getLogger("fastexcel").setLevel(logging.ERROR)

EXACT: Final = 10**15
"""Spreadsheet programmes keep fifteen significant digits; a longer number has lost its last ones."""

_FIRST_SHEET = re.compile(rb"<sheets>\s*<sheet [^>]*?r:id=\"([^\"]+)\"")
_BEGINS_IN_A1 = re.compile(rb"<sheetData>\s*<row r=\"1\"[^>]*><c r=\"A1\"(?: [a-z]+=\"[^\"]*\")*><(?:v|is)>")
_HEAD = 8192
# Among numbers or days the library takes these words for nothing; a person who wrote one said something.
_WORDS = re.compile(
    rb">(?:#N/A(?: N/A)?|#NA|-?1\.#IND|-?1\.#QNAN|-?NaN|-?nan|&lt;NA&gt;|N/A|NA|NULL|None|n/a|null)<|<r>"
)
# Texts that stand in the sheet itself, where looking for words would take as long as reading them.
_TEXT_IN_SHEET = re.compile(rb" t=\"(?:inlineStr|str)\"")
_PIECE, _LAP = 1 << 20, 64
_RENAMED = re.compile(r"__UNNAMED__\d+|.*_\d+")


class Opening:
    """Reads the shared texts of a workbook in a thread while its sheets are still looked at by the guard."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._book: Future[fastexcel.ExcelReader] | None = None

    def __enter__(self) -> Opening:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._thread.shutdown()

    def begin(self, file: IO[bytes]) -> None:
        """Begin, now that the guard has seen everything but the sheets."""
        file.seek(0)
        self._book = self._thread.submit(fastexcel.read_excel, file.read())

    def book(self) -> fastexcel.ExcelReader:
        """Return the opened workbook; raises FastExcelError."""
        assert self._book is not None
        return self._book.result()


def quick_table(file: IO[bytes], opening: Opening) -> Table | None:
    """Return the table of a workbook that passed its guard, or None when it has to be read cell by cell."""
    file.seek(0)
    if not _is_plain(file):
        return None
    frame = _frame(opening)
    if frame is None or not frame.height or any(_RENAMED.fullmatch(name) for name in frame.columns):
        return None
    if any(map(_has_gaps, frame)) and _may_hide_words(file):
        return None
    rows = pl.int_range(2, frame.height + 2, dtype=pl.UInt32).alias(ROW)
    texts = frame.select(*(_texts(frame, at) for at in range(frame.width)), rows)
    written = texts if _is_full(texts) else texts.filter(pl.any_horizontal(pl.exclude(ROW) != ""))
    headings = headings_of(frame.columns)
    whole = written.height > 0 and len(headings) == frame.width
    return Table("xlsx", "", headings, written, ()) if whole else None


def _is_full(texts: pl.DataFrame) -> bool:
    """Tell whether some column is written in every row, so that no row is blank and nothing has to be copied."""
    return any((column != "").all() for column in texts if column.name != ROW)


def _is_plain(file: IO[bytes]) -> bool:
    """Tell whether the first sheet begins with a written cell in A1, so that its rows are counted from the top."""
    try:
        with zipfile.ZipFile(file) as archive:
            named = _FIRST_SHEET.search(archive.read("xl/workbook.xml"))
            if named is None:
                return False
            with archive.open(f"xl/{_target(archive, named[1])}") as sheet:
                return _BEGINS_IN_A1.search(sheet.read(_HEAD)) is not None
    except (KeyError, UnicodeDecodeError):
        return False


def _has_gaps(column: pl.Series) -> bool:
    """Tell whether a column of numbers or days has cells in which the library found nothing."""
    if column.dtype == pl.String:
        return False
    return column.null_count() > 0 or (column.dtype == pl.Float64 and bool(column.is_nan().any()))


def _may_hide_words(file: IO[bytes]) -> bool:
    """Tell whether a gap may be a word, because one of them is among the texts or texts stand in the sheet itself."""
    with zipfile.ZipFile(file) as archive:
        named = _FIRST_SHEET.search(archive.read("xl/workbook.xml"))
        assert named is not None
        places = [(f"xl/{_target(archive, named[1])}", _TEXT_IN_SHEET)]
        places += [("xl/sharedStrings.xml", _WORDS)] if "xl/sharedStrings.xml" in archive.namelist() else []
        return any(_holds(archive, part, sought) for part, sought in places)


def _holds(archive: zipfile.ZipFile, part: str, sought: re.Pattern[bytes]) -> bool:
    """Look for a pattern in a part, piece by piece, each beginning with the end of the one before."""
    with archive.open(part) as stream:
        before = b""
        while piece := stream.read(_PIECE):
            if sought.search(before + piece):
                return True
            before = piece[-_LAP:]
    return False


def _target(archive: zipfile.ZipFile, identifier: bytes) -> str:
    for relation in re.findall(rb"<Relationship [^>]*>", archive.read("xl/_rels/workbook.xml.rels")):
        found = re.search(rb"Target=\"(worksheets/[^\"]+)\"", relation)
        if found and b'Id="' + identifier + b'"' in relation:
            return found[1].decode("ascii")
    raise KeyError


def _frame(opening: Opening) -> pl.DataFrame | None:
    try:
        sheet = opening.book().load_sheet(0, schema_sample_rows=None, dtype_coercion="strict")
        frame: pl.DataFrame = sheet.to_polars()
    except fastexcel.FastExcelError:
        return None
    kinds = {pl.String(), pl.Float64(), pl.Datetime("ms")}
    return frame if set(frame.schema.values()) <= kinds else None


def _texts(frame: pl.DataFrame, at: int) -> pl.Series:
    column = frame.to_series(at)
    if column.dtype == pl.Float64:
        texts = _numbers(column, at)
    elif column.dtype == pl.String:
        texts = _short(column)
    else:
        texts = _moments(column)
    return texts.fill_null("").alias(str(at))


def _moments(column: pl.Series) -> pl.Series:
    """Return days without a time, moments with theirs; each is written once, since a column has few different days."""
    distinct = column.unique().drop_nulls()
    written = distinct.dt.strftime("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    return column.replace_strict(distinct, written, return_dtype=pl.String)


def _short(column: pl.Series) -> pl.Series:
    long = (column.str.len_bytes() >= limits.CELL_CHARACTERS).fill_null(value=False)
    if long.any() and (column.str.len_chars() >= limits.CELL_CHARACTERS).any():
        raise faults.cell_too_long((column.str.len_chars() >= limits.CELL_CHARACTERS).arg_true()[0] + 2)
    return column


def _numbers(column: pl.Series, at: int) -> pl.Series:
    """Return whole numbers without a point, others with all their digits; raise DigitsLost."""
    whole = column == column.floor()
    lost = (whole & (column.abs() >= EXACT)).fill_null(value=False)
    if lost.any():
        raise faults.digits_lost(int(lost.arg_true()[0]) + 2, at + 1)
    if whole.all():
        return column.cast(pl.Int64).cast(pl.String)
    distinct = column.unique().drop_nulls().to_list()
    return column.replace_strict(distinct, [number_text(value) for value in distinct], return_dtype=pl.String)


def number_text(value: float) -> str:
    """Return a number as a person writes it: no exponent, no point behind a whole one."""
    return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")
