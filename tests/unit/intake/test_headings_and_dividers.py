"""Whatever divides a file, and wherever its heading stands: every cell is read where it stood, or nothing is."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import factories as make
from tests import filings
from tests.old_workbook import old_workbook

from chengxin.catalogue import lawbook
from chengxin.catalogue.models import ItemVersion
from chengxin.intake.checking import check
from chengxin.intake.readers import faults
from chengxin.intake.readers.read import read_bytes
from chengxin.intake.readers.sniffing import STAND_IN, sniff
from chengxin.intake.readers.table import Table

CF = lawbook.layout("cf")
ITEM = ItemVersion(layout="cf", needs_consent=False, definition={})
GRID = filings.grid(filings.rows(4))
TITLES = [["附件1"], ["行政处罚信息报送表（示例省交通运输厅）"]]
SINGLE = ["^", "~", "#", "$", ":", "、", " ", "\x01", "\x1f", "&", "!", "@", "%", "·", "¦", "§", "／"]
SEVERAL = ["||", "|+|", "^^", "~|~", "::", "|@|", "$$$", "##", "、、", "\x01\x02"]


def knows(heading: str) -> bool:
    return CF.named(heading) is not None


def rows_of(table: Table) -> list[tuple[str, ...]]:
    return [row[:-1] for row in table.frame.iter_rows()]


def joined(grid: Sequence[Sequence[str]], mark: str) -> bytes:
    """Write a file divided by any mark, with quotation marks only where a cell holds it."""
    quoted = (mark.join(f'"{cell}"' if mark in cell or '"' in cell else cell for cell in row) for row in grid)
    return "".join(f"{line}\r\n" for line in quoted).encode()


@pytest.mark.parametrize("mark", [*SINGLE, *SEVERAL])
@pytest.mark.parametrize("told", [True, False])
def test_any_sign_or_two_or_three_divide_a_file(mark: str, told: bool) -> None:
    table = read_bytes(joined(GRID, mark), knows if told else None)
    assert list(table.headings) == GRID[0]
    assert rows_of(table) == [tuple(row) for row in GRID[1:]]
    assert table.how[0].startswith("按") and table.how[1]
    assert "\x01" not in table.how[0]


@pytest.mark.parametrize("mark", ["||", "|+|", "^"])
def test_quoted_cells_may_hold_the_mark_itself(mark: str) -> None:
    grid = [row[:] for row in GRID]
    at = GRID[0].index("违法事实")
    grid[2][at] = f"甲{mark}乙"
    table = read_bytes(joined(grid, mark), knows)
    assert rows_of(table)[1][at] == f"甲{mark}乙"
    assert not table.uneven


def test_a_row_with_other_cells_is_set_aside_under_any_mark() -> None:
    content = joined([*GRID, [*GRID[1], "多"]], "||")
    assert [(each.row, each.found) for each in read_bytes(content, knows).uneven] == [(6, len(GRID[0]) + 1)]


def test_what_stands_in_for_a_mark_may_not_stand_in_the_file() -> None:
    grid = [*GRID, [cell.replace("栖云", STAND_IN) for cell in GRID[1]]]
    with pytest.raises(faults.EncodingUnknown, match="第 6 行"):
        read_bytes(joined(grid, "||"), knows)


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_file_that_says_what_divides_it_is_believed_and_counted_as_spreadsheets_do(line: str) -> None:
    table = read_bytes(f"{line}\r\n".encode() + joined(GRID, ";"), knows)
    assert list(table.headings) == GRID[0]
    assert table.frame["__row__"].to_list() == [2, 3, 4, 5]
    assert "首行" in table.how[0]
    assert sniff("sep=|+|\n甲|+|乙\n1|+|2\n").delimiter == "|+|"


def test_a_break_after_the_line_that_says_it_is_named_by_its_line() -> None:
    with pytest.raises(faults.FileDamaged, match="第 4 行"):
        read_bytes('sep=;\n名称;号码\n甲;1\n"乙;2\n'.encode())


def test_a_plain_file_is_divided_as_ever() -> None:
    table = read_bytes(joined(GRID, ","))
    assert (table.place.row, table.place.passed) == (1, False)
    assert sniff("名称\n甲\n").delimiter == ","
    assert sniff("CF_XDR_MC,CF_WSH\n甲_乙,1\n").delimiter == ","
    assert sniff("甲, 乙\n1, 2\n3,4\n").delimiter == ","
    assert rows_of(read_bytes('甲, 乙\n"1", "2"\n'.encode())) == [("1", "2")]


def with_titles(count: int) -> list[list[str]]:
    return [*TITLES[:count], *GRID]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("padded", [True, False])
def test_titles_above_the_heading_are_passed_over_and_rows_keep_their_numbers(count: int, padded: bool) -> None:
    width = len(GRID[0]) if padded else 0
    grid = [row + [""] * (width - len(row)) for row in with_titles(count)]
    for content in (joined(grid, ","), joined(grid, "||"), filings.workbook(grid), old_workbook(grid)):
        table = read_bytes(content, knows)
        assert list(table.headings) == GRID[0]
        assert rows_of(table) == [tuple(row) for row in GRID[1:]]
        assert table.frame["__row__"].to_list() == [count + at for at in range(2, 6)]
        assert (table.place.row, table.place.passed) == (count + 1, True)


def test_titles_are_no_heading_where_the_names_are_unknown_and_more_than_ten_rows_are_not_looked_at() -> None:
    strange = [["附件1"], ["甲列", "乙列", "丙列"], ["1", "2", "3"]]
    assert read_bytes(joined(strange, ","), knows).headings == ("甲列", "乙列", "丙列")
    deep = [["附件1"]] * 10 + GRID
    assert read_bytes(filings.workbook(deep), knows).headings == ("附件1",)
    assert read_bytes(joined(with_titles(1), ",")).headings == ("附件1",), "without a layout nothing is looked for"


def book(*sheets: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        for cells in sheets:
            sheet = made.add_worksheet()
            for row, texts in enumerate(cells):
                sheet.write_row(row, 0, texts)
    return out.getvalue()


COVER = [["数据报送说明", "示例省"], ["联系人", "电话"], ["行政相对人名称", "填全称"]]


@pytest.mark.parametrize("titles", [0, 1])
def test_a_cover_page_is_passed_over_for_the_sheet_that_holds_the_table(titles: int) -> None:
    table = read_bytes(book(COVER, [["空"]], with_titles(titles)), knows)
    assert rows_of(table) == [tuple(row) for row in GRID[1:]]
    assert (table.place.sheet, table.place.row, table.place.passed) == (3, titles + 1, True)


def test_of_several_sheets_with_headings_the_first_is_read() -> None:
    examples = [GRID[0], GRID[4]]
    for first in (GRID, with_titles(1)):
        assert len(rows_of(read_bytes(book(first, examples), knows))) == 4


def test_the_clerk_is_told_which_sheet_and_row_were_taken() -> None:
    def told(content: bytes) -> list[Any]:
        notes = check(read_bytes(content, knows), ITEM, make.TODAY).notes
        return [(note["code"], note["limit"], note.get("other")) for note in notes]

    assert told(book(COVER, with_titles(1))) == [("file.heading_sheet", "2", "2")]
    assert told(joined(with_titles(2), ",")) == [("file.heading_row", "3", None)]
    assert told(joined(GRID, ",")) == []


CELLS = st.text(st.characters(blacklist_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=6).map(str.strip)
MARKS = st.text(st.sampled_from("^~#$:、 |+&!@%;,\t\x01\x1f"), min_size=1, max_size=3)


@settings(max_examples=150, deadline=None)
@given(MARKS, st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=6))
def test_a_file_under_any_mark_is_read_as_it_was_written_or_not_at_all(mark: str, cells: list[list[str]]) -> None:
    """With a heading of known names the mark that was used is the only one that makes sense of it."""
    heading = ["行政相对人名称", "处罚决定日期", "违法事实"]
    body = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in cells]
    content = "".join(mark.join(row) + "\n" for row in [heading, *body]).encode()
    try:
        table = read_bytes(content, knows)
    except faults.FileRefused:
        return
    assert list(table.headings) == heading
    written = [tuple(row) for row in cells if any(row)]
    assert [tuple(row) for row in rows_of(table)] == written
    assert not table.uneven


@pytest.mark.parametrize("mark", [";%", "%;", "|*", ";"])
def test_a_sign_that_names_may_bear_is_told_from_a_part_of_the_divider(mark: str) -> None:
    assert read_bytes(joined(GRID, mark), knows).headings == tuple(GRID[0])
    starred = [[f"*{name}" for name in GRID[0][:2]] + GRID[0][2:], *GRID[1:]]
    assert read_bytes(joined(starred, ";"), knows).headings == tuple(starred[0])


def test_the_reader_of_the_standard_library_agrees_for_single_signs() -> None:
    for mark in ("^", "、", "\x1f"):
        out = io.StringIO()
        csv.writer(out, delimiter=mark).writerows(GRID)
        assert rows_of(read_bytes(out.getvalue().encode(), knows)) == [tuple(row) for row in GRID[1:]]
