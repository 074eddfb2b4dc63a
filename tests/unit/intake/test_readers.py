"""Every file a clerk can send is read faithfully or refused in words a clerk can act on."""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from tests.filings import workbook

from chengxin.intake.readers import faults, limits
from chengxin.intake.readers.read import read_bytes
from chengxin.intake.readers.spool import spooled
from chengxin.intake.returns import harmless

PLAIN = "名称,号码\n甲,1\n乙,2\n"


def cells(content: bytes) -> list[tuple[str, ...]]:
    """Return the rows of a table without their numbers."""
    return [row[:-1] for row in read_bytes(content).frame.iter_rows()]


def numbers(content: bytes) -> list[int]:
    """Return the row numbers a clerk sees."""
    return read_bytes(content).frame["__row__"].to_list()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_every_usual_encoding_reads_alike(encoding: str) -> None:
    assert cells(PLAIN.encode(encoding)) == [("甲", "1"), ("乙", "2")]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_every_usual_delimiter_is_found(mark: str) -> None:
    assert cells(PLAIN.replace(",", mark).encode()) == [("甲", "1"), ("乙", "2")]


def test_a_line_break_inside_quotes_is_one_row_and_the_numbers_are_those_of_the_sheet() -> None:
    content = '名称,号码\n"甲\n乙",1\n\n丙,2\n'.encode()
    assert cells(content) == [("甲\n乙", "1"), ("丙", "2")]
    assert numbers(content) == [2, 4]


def test_a_row_with_other_cells_is_set_aside_with_its_number() -> None:
    table = read_bytes("名称,号码\n甲,1\n乙,2,3\n丙\n丁,4\n".encode())
    assert [(u.row, u.found) for u in table.uneven] == [(3, 3), (4, 1)]
    assert table.received == 4


def test_blank_cells_beyond_the_heading_are_no_error() -> None:
    assert cells("名称,号码,,\n甲,1,,\n".encode()) == [("甲", "1")]


REFUSED = {
    "empty": (b"", "file.empty"),
    "blank lines": (b"\n\n\n", "file.empty"),
    "heading only": ("名称,号码\n".encode(), "file.empty"),
    "cut off in the last row": ("名称,号码\n甲,1\n乙".encode(), "file.damaged"),
    "cut off inside a character": (PLAIN.encode()[:-6] + "乙".encode()[:2], "file.damaged"),
    "quotation mark left open": ('名称,号码\n甲,1\n"乙,2\n丙,3\n'.encode(), "file.damaged"),
    "nul bytes": ("名称,号码\n甲,\0\n".encode(), "file.damaged"),
    "utf-16 without mark": (PLAIN.encode("utf-16-le"), "file.encoding"),
    "no known encoding": (PLAIN.encode() + b"\x81\xff,1\n", "file.encoding"),
    "a very long cell": (f"名称,号码\n甲,{'长' * (limits.CELL_CHARACTERS + 1)}\n".encode(), "file.cell_too_long"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"0" * 100, "file.kind"),
    "an old workbook that is broken": (bytes.fromhex("d0cf11e0a1b11ae1") + b"0" * 600, "file.damaged"),
    "a workbook cut in half": (workbook([["名称"], ["甲"]])[:2000], "file.damaged"),
    "an empty workbook": (workbook([]), "file.empty"),
    "a long number kept as a number": (workbook([["号码"], [320199198002290012]]), "file.digits_lost"),
}


@pytest.mark.parametrize("content,code", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_is_refused_with_a_remedy(content: bytes, code: str) -> None:
    with pytest.raises(faults.FileRefused) as refused:
        read_bytes(content) if content else list(spooled(io.BytesIO(content)).__enter__().file)
    assert refused.value.code == code
    assert "请" in refused.value.zh
    assert refused.value.en
    assert "320199" not in f"{refused.value.zh}{refused.value.en}{refused.value.facts}"


def test_the_line_where_a_file_breaks_off_is_named() -> None:
    with pytest.raises(faults.FileDamaged, match="第 3 行"):
        read_bytes('名称,号码\n甲,1\n"乙,2\n丙,3\n'.encode())
    with pytest.raises(faults.FileDamaged, match="第 3 行"):
        read_bytes("名称,号码\n甲,1\n乙".encode())


def test_workbook_cells_become_the_text_a_person_sees() -> None:
    day, moment = datetime.date(2025, 1, 2), datetime.datetime.fromisoformat("2025-01-02T03:04")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, shown = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(2, 0, ["文字", "整数", "小数", "日期", "时刻", "是否"])
        sheet.write_string(3, 0, "007")
        sheet.write_number(3, 1, 5)
        sheet.write_number(3, 2, 0.1)
        sheet.write_datetime(3, 3, day, shown)
        sheet.write_datetime(3, 4, moment, shown)
        sheet.write_boolean(3, 5, True)
    assert cells(out.getvalue()) == [("007", "5", "0.1", "2025-01-02", "2025-01-02 03:04:00", "TRUE")]
    assert numbers(out.getvalue()) == [4]


def test_the_name_of_a_file_decides_nothing() -> None:
    assert read_bytes(workbook([["名称"], ["甲"]])).kind == "xlsx"
    assert read_bytes("名称\n甲\n".encode()).kind == "csv"


def bomb(members: dict[str, bytes]) -> bytes:
    """Return a ZIP file of these members, packed as tightly as it goes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
UNSAFE = {
    "unpacks to far too much": {SHEET: b"0" * (80 << 20)},
    "too many members": {SHEET: b"<x/>"} | {f"m{n}": b"" for n in range(limits.MEMBERS + 1)},
    "a path that leads outside": {SHEET: b"<x/>", "../../etc/passwd": b""},
    "a cell in the farthest corner": {SHEET: b'<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>'},
    "a document type": {SHEET: b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x/>"},
    "no sheet at all": {"word/document.xml": b"<x/>"},
}


@pytest.mark.parametrize("members", UNSAFE.values(), ids=UNSAFE.keys())
def test_unsafe_workbooks_are_refused_before_they_are_opened(members: dict[str, bytes]) -> None:
    with pytest.raises(faults.FileRefused):
        read_bytes(bomb(members))


def test_a_file_over_the_limit_is_refused_while_it_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 1000)
    with pytest.raises(faults.FileTooLarge), spooled(io.BytesIO(b"x" * 2000)):
        pytest.fail("the file was taken")


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    try:
        read_bytes(content)
    except faults.FileRefused:
        return


@given(st.integers(0, 3000), st.binary(min_size=1, max_size=3))
def test_no_damaged_workbook_breaks_the_reader(place: int, noise: bytes) -> None:
    whole = bytearray(workbook([["名称", "号码"], ["甲", "1"], ["乙", 2]]))
    whole[place % len(whole) : place % len(whole) + len(noise)] = noise
    try:
        read_bytes(bytes(whole))
    except faults.FileRefused:
        return


@given(st.text(max_size=30))
def test_no_cell_that_is_handed_back_starts_a_formula(cell: str) -> None:
    shown = harmless(cell)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert shown.removeprefix("'") == cell or shown == cell
