"""Reading the sheet of an XLSX or XLS workbook that holds the table, every cell as the text a person sees."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from chengxin.intake.readers import faults, limits
from chengxin.intake.readers.archive import check_workbook
from chengxin.intake.readers.compound import check_old_workbook
from chengxin.intake.readers.headings import LOOKED_AT, Knows, Place, most_known, place_in, sure
from chengxin.intake.readers.quick import EXACT, Opening, number_text, quick_table
from chengxin.intake.readers.table import ROW, Table, build, headings_of

# What the standard library says of a ZIP file it cannot read.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
Cell = str | float | bool | date | datetime | time | timedelta


def read_workbook(file: IO[bytes], size: int, knows: Knows | None = None) -> Table:
    """Read a workbook; raises the refusals of ``check_workbook``, FileEmpty, CellTooLong and DigitsLost.

    The first sheet in which anything is written is read, unless ``knows`` finds the names of a heading in another.
    """
    with Opening() as opening:
        check_workbook(file, size, lambda: opening.begin(file))
        return _read("xlsx", file, knows, opening)


def read_old_workbook(file: IO[bytes], size: int, knows: Knows | None = None) -> Table:
    """Read a workbook of the years before 2007 (.xls); raises the refusals of ``check_old_workbook`` and the others."""
    check_old_workbook(file, size)
    return _read("xls", file, knows)


def _read(kind: str, file: IO[bytes], knows: Knows | None, opening: Opening | None = None) -> Table:
    try:
        quick = quick_table(file, opening) if opening else None
        return quick if quick and _is_it(quick, file, knows) else cell_by_cell(kind, file, knows)
    except PasswordError as fault:
        raise faults.encrypted() from fault
    except (CalamineError, OSError, ValueError, OverflowError, *_DAMAGED) as fault:
        raise faults.broken_workbook() from fault
    except BaseException as fault:
        # What the library did not foresee in a damaged file comes as a panic, which is no Exception.
        if type(fault).__name__ == "PanicException":
            raise faults.broken_workbook() from fault
        raise


def cell_by_cell(kind: str, file: IO[bytes], knows: Knows | None = None) -> Table:
    """Read a workbook cell by cell: the meaning that every quicker way must have."""
    file.seek(0)
    book = CalamineWorkbook.from_filelike(file)
    index, passed = _sheet(book, knows)
    rows = _written(book.get_sheet_by_index(index))
    return build(kind, "", rows, knows=knows, sheet=Place(index + 1, passed=passed))


def _is_it(table: Table, file: IO[bytes], knows: Knows | None) -> bool:
    """Tell whether a table read from the top of the first sheet begins with the heading."""
    if knows is None or sure(table.headings, knows):
        return True
    above = [table.headings, *table.frame.drop(ROW).head(LOOKED_AT - 1).rows()]
    file.seek(0)
    return place_in(above, knows) == 0 and _sheet(CalamineWorkbook.from_filelike(file), knows) == (0, False)


def _sheet(book: CalamineWorkbook, knows: Knows | None) -> tuple[int, bool]:
    """Return the worksheet to be read, and whether one in which something is written was passed over for it."""
    written: list[tuple[int, int]] = []
    for index, about in enumerate(book.sheets_metadata):
        if about.typ is SheetTypeEnum.WorkSheet:
            first = [cells for _, cells in islice(_written(book.get_sheet_by_index(index)), LOOKED_AT)]
            if first and not written and (knows is None or sure(first[0], knows)):
                return index, False
            if first and knows:
                written.append((index, most_known(first, knows)))
    if not written:
        raise faults.empty()
    best = max(written, key=lambda each: each[1])[0]
    return best, best != written[0][0]


def heading_of(file: IO[bytes], place: Place) -> tuple[str, int, Sequence[str]]:
    """Return of a workbook that was read the name of its sheet, the first used column from 0 on, and the headings."""
    file.seek(0)
    sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(max(place.sheet, 1) - 1)
    assert sheet.start is not None
    heading = next(cells for number, cells in _written(sheet) if number >= place.row)
    return sheet.name, sheet.start[1], headings_of(heading)


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
