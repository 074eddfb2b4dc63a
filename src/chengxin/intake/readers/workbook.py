"""Reading the first sheet that holds data in an XLSX or XLS workbook, every cell as the text a person sees."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from chengxin.intake.readers import faults, limits
from chengxin.intake.readers.archive import check_workbook
from chengxin.intake.readers.compound import check_old_workbook
from chengxin.intake.readers.quick import EXACT, Opening, number_text, quick_table
from chengxin.intake.readers.table import Table, build, headings_of

# What the standard library says of a ZIP file it cannot read.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
Cell = str | float | bool | date | datetime | time | timedelta


def read_workbook(file: IO[bytes], size: int) -> Table:
    """Read a workbook; raises the refusals of ``check_workbook``, FileEmpty, CellTooLong and DigitsLost."""
    with Opening() as opening:
        check_workbook(file, size, lambda: opening.begin(file))
        return _read("xlsx", file, opening)


def read_old_workbook(file: IO[bytes], size: int) -> Table:
    """Read a workbook of the years before 2007 (.xls); raises the refusals of ``check_old_workbook`` and the others."""
    check_old_workbook(file, size)
    return _read("xls", file)


def _read(kind: str, file: IO[bytes], opening: Opening | None = None) -> Table:
    try:
        return (quick_table(file, opening) if opening else None) or cell_by_cell(kind, file)
    except PasswordError as fault:
        raise faults.encrypted() from fault
    except (CalamineError, OSError, ValueError, OverflowError, *_DAMAGED) as fault:
        raise faults.broken_workbook() from fault
    except BaseException as fault:
        # What the library did not foresee in a damaged file comes as a panic, which is no Exception.
        if type(fault).__name__ == "PanicException":
            raise faults.broken_workbook() from fault
        raise


def cell_by_cell(kind: str, file: IO[bytes]) -> Table:
    """Read a workbook cell by cell: the meaning that every quicker way must have."""
    file.seek(0)
    return build(kind, "", _rows(CalamineWorkbook.from_filelike(file)))


def heading_of(file: IO[bytes]) -> tuple[str, int, Sequence[str]]:
    """Return of a workbook that was read the name of its sheet, the first used column from 0 on, and the headings."""
    file.seek(0)
    sheet, rows = _sheet(CalamineWorkbook.from_filelike(file))
    assert sheet.start is not None
    return sheet.name, sheet.start[1], headings_of(next(rows)[1])


def _rows(book: CalamineWorkbook) -> Iterator[tuple[int, Sequence[str]]]:
    return _sheet(book)[1]


def _sheet(book: CalamineWorkbook) -> tuple[CalamineSheet, Iterator[tuple[int, Sequence[str]]]]:
    """Return the first worksheet in which anything is written, with (row as seen in the sheet, texts)."""
    for index, about in enumerate(book.sheets_metadata):
        if about.typ is SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_index(index)
            rows = _written(sheet)
            first = next(rows, None)
            if first is not None:
                return sheet, chain([first], rows)
    raise faults.empty()


def _written(sheet: CalamineSheet) -> Iterator[tuple[int, Sequence[str]]]:
    start = sheet.start
    if start is None:
        return
    # Rows come from the top of the sheet, cells from the first used column on.
    for number, cells in enumerate(sheet.iter_rows(), 1):
        texts = [
            cell if type(cell) is str and len(cell) < _LONG else _text(cell, number, column)
            for column, cell in enumerate(cells, start[1] + 1)
        ]
        if any(texts):
            yield number, texts


_LONG = limits.CELL_CHARACTERS


def _text(cell: Cell, row: int, column: int) -> str:
    """Return the text of one cell: whole numbers without a point, dates as 2025-01-02."""
    if isinstance(cell, str):
        raise faults.cell_too_long(row)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _number(cell, row, column)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _number(value: float, row: int, column: int) -> str:
    if value == int(value) and abs(value) >= EXACT:
        raise faults.digits_lost(row, column)
    return number_text(value)
