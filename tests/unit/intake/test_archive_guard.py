"""The guard in front of workbooks: what it looks for it finds, however the file is written."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.filings import workbook

from chengxin.intake.readers import archive
from chengxin.intake.readers.archive import check_workbook
from chengxin.rules.errors import Refusal

SHEET = "xl/worksheets/sheet1.xml"
_AROUND = st.text("r= \t\"'AZaz019<>cs", max_size=12)
_REFERENCES = st.from_regex(rb"""[cw] ?r ?= ?["'][A-Za-z]{0,3}[0-9]{1,8}["']""", fullmatch=True)


def _replaced(content: bytes, name: str, text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, text if member == name else old.read(member))
    return out.getvalue()


def _check(content: bytes) -> None:
    check_workbook(io.BytesIO(content), len(content))


@given(st.lists(st.one_of(_REFERENCES, _AROUND.map(str.encode))).map(b" ".join))
@example(b'<row r="100000"> </row>')
@example(b'<c r="AB1"><v>1</v></c>')
@example(b"<c r = 'ZZZ99'><v>1</v></c>")
def test_no_far_reference_is_missed(text: bytes) -> None:
    piece = text + b"</worksheet>"
    assert archive._may_be_far(piece) or not archive._FAR.search(piece)


def test_a_common_piece_is_not_searched() -> None:
    cells = b"".join(b'<c r="%c%d" s="1" t="s"><v>%d</v></c>' % (65 + n % 12, 10_000 + n, n) for n in range(500))
    assert not archive._may_be_far(cells + b"</worksheet>")


def test_a_cell_in_a_far_corner_is_refused() -> None:
    far = b'<worksheet><sheetData><row r="1"><c s="1" r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(Refusal, match="很远的角落"):
        _check(_replaced(workbook([["甲"]]), SHEET, far))


@pytest.mark.parametrize("size", [1, 3, 7, 16, 33, 64, 65, 90])
def test_what_lies_over_the_edge_of_pieces_is_found(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_PIECE", size)
    for text, told in ((b'<c s="1" r="XFD1048576">', "很远的角落"), (b"<!DOCTYPE x>", "工作簿已损坏")):
        for before in range(0, 100, 7):
            whole = b"<worksheet>" + b"x" * before + text + b"</worksheet>"
            with pytest.raises(Refusal, match=told):
                _check(_replaced(workbook([["甲"]]), SHEET, whole))


def test_a_member_that_unpacks_to_more_than_it_declares_is_counted_to_its_end() -> None:
    big = _replaced(workbook([["甲"]]), SHEET, b"<worksheet>" + b" " * (64 << 20) + b"</worksheet>")
    lying = big.replace(struct.pack("<I", (64 << 20) + 23), struct.pack("<I", 23))
    assert lying != big
    with pytest.raises(Refusal, match="解压后过大"):
        _check(lying)


def test_a_member_that_is_cut_off_is_a_damaged_file() -> None:
    whole = workbook([["甲", "乙"]] * 50)
    with zipfile.ZipFile(io.BytesIO(whole)) as archived:
        sheet = archived.getinfo(SHEET)
    at = whole.rindex(struct.pack("<II", sheet.compress_size, sheet.file_size))
    with pytest.raises(Refusal):
        _check(whole[:at] + struct.pack("<I", sheet.compress_size - 20) + whole[at + 4 :])


def test_the_shared_texts_may_be_read_before_the_sheets_are_looked_at() -> None:
    told: list[bool] = []
    content = _replaced(workbook([["甲"]]), SHEET, b"<!DOCTYPE worksheet><worksheet/>")
    with pytest.raises(Refusal):
        check_workbook(io.BytesIO(content), len(content), lambda: told.append(True))
    assert told == [True]
