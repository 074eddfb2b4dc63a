"""标注原件: a full workbook, as offices have them, comes back with nothing lost, for two libraries and by its schema.

The parts are held to ECMA-376: what a spreadsheet programme repairs or refuses is a broken relation, a part without a
content type, an element out of order, or notes and their drawings that do not agree.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import Any
from xml.etree import ElementTree as Xml

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from python_calamine import CalamineWorkbook
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.intake.own_copy import of_submission

pytestmark = pytest.mark.django_db
WRONG = filings.FIRM_ROW | {"CF_CFLB": "不存在的类别", "CF_WSH": "示交罚〔2026〕9号"}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# The order of a worksheet's parts in the schema (ECMA-376-1, 18.3.1.99), those that may stand here.
ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetProtection", "autoFilter"),
    *("mergeCells", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "drawing", "legacyDrawing", "tableParts", "extLst"),
)


@pytest.fixture
def clerk() -> User:
    make.law()
    make.firm()
    return filings.clerk(make.agency())


def full_workbook(*, noted: bool) -> bytes:
    """Return several sheets with merged cells, drop-downs, colours, a filter and, when ``noted``, notes of others."""
    book = openpyxl.load_workbook(io.BytesIO(filings.as_xlsx([filings.FIRM_ROW, WRONG])))
    data = book.worksheets[0]
    last = data.max_column
    # Beside the table, because merged cells inside it would move the clerk's own values.
    data.merge_cells(start_row=2, start_column=last + 3, end_row=3, end_column=last + 4)
    kinds = DataValidation(type="list", formula1='"罚款,警告"', allow_blank=True)
    kinds.add("R2:R500")
    data.add_data_validation(kinds)
    red = PatternFill(bgColor="FFC7CE")
    data.conditional_formatting.add("A2:A99", CellIsRule(operator="equal", formula=['"x"'], fill=red))
    data.auto_filter.ref = "A1:C3"
    data.freeze_panes = "B2"
    head = book.create_sheet("封面", 1)
    head["A1"], head["A3"] = "二〇二六年十一月报送", "=SUM(B1:B2)"
    head.merge_cells("A1:D1")
    book.create_sheet("代码").sheet_state = "hidden"
    if noted:
        data["A1"].comment = Comment("列名不要改", "王")
        data["A3"].comment = Comment("请核对", "李")
        head["A1"].comment = Comment("科长已阅", "赵")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture(params=[True, False], ids=["with notes of others", "without notes"])
def both(request: pytest.FixtureRequest, clerk: User) -> tuple[bytes, bytes]:
    """The workbook before and after."""
    content = full_workbook(noted=request.param)
    submission = filings.file(content, clerk, name="本单位.xlsx")
    return content, of_submission(submission, io.BytesIO(content), actor=clerk)


def notes(sheet: Any) -> dict[str, tuple[str, str]]:
    """Return text and author of every note of a sheet."""
    cells = (cell for row in sheet.iter_rows() for cell in row if cell.comment)
    return {cell.coordinate: (cell.comment.text, cell.comment.author) for cell in cells}


def test_every_note_of_others_stays_and_ours_are_read_back(both: tuple[bytes, bytes]) -> None:
    before, after = (openpyxl.load_workbook(io.BytesIO(content)) for content in both)
    assert after.sheetnames == before.sheetnames
    for was, now in zip(before.worksheets[1:], after.worksheets[1:], strict=True):
        assert notes(now) == notes(was)
    was, now = notes(before.worksheets[0]), notes(after.worksheets[0])
    for place, (text, author) in was.items():
        assert now[place][0].startswith(text) and now[place][1] == author
    ours = {place: text for place, (text, _author) in now.items() if place not in was}
    assert any("choice.unknown" in text for text in ours.values())


def test_merged_cells_lists_colours_filter_and_hidden_sheets_stay(both: tuple[bytes, bytes]) -> None:
    for was, now in zip(*(openpyxl.load_workbook(io.BytesIO(each)).worksheets for each in both), strict=True):
        assert str(now.merged_cells) == str(was.merged_cells)
        assert lists(now) == lists(was)
        assert colours(now) == colours(was)
        assert (now.auto_filter.ref, now.freeze_panes, now.sheet_state) == (
            was.auto_filter.ref, was.freeze_panes, was.sheet_state,
        )  # fmt: skip


def lists(sheet: Any) -> list[tuple[str, str]]:
    return [(str(each.sqref), each.formula1) for each in sheet.data_validations.dataValidation]


def colours(sheet: Any) -> list[tuple[str, list[str]]]:
    return [
        (str(each.sqref), [text for rule in each.rules for text in rule.formula])
        for each in sheet.conditional_formatting
    ]


def test_another_library_reads_the_same_cells_and_merged_ranges(both: tuple[bytes, bytes]) -> None:
    before, after = (CalamineWorkbook.from_filelike(io.BytesIO(content)) for content in both)
    assert after.sheet_names == before.sheet_names
    for name in before.sheet_names:
        was, now = before.get_sheet_by_name(name), after.get_sheet_by_name(name)
        assert now.to_python() == was.to_python()
        assert now.merged_cell_ranges == was.merged_cell_ranges


def test_relations_types_order_and_drawings_are_as_the_schema_has_them(both: tuple[bytes, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(both[1])) as book:
        names = book.namelist()
        assert len(names) == len(set(names)) and book.testzip() is None
        for part in (name for name in names if name.endswith(".rels")):
            for relation in Xml.fromstring(book.read(part)):
                assert target(part, relation) in names, (part, relation.attrib)
        assert untyped(book, names) == []
        for part in (name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)):
            placed = [ORDER.index(each.tag.removeprefix(MAIN)) for each in Xml.fromstring(book.read(part))]
            assert placed == sorted(placed), part
        for comments, drawing in pairs(book):
            refs = [each.get("ref") for each in Xml.fromstring(book.read(comments)).iter(f"{MAIN}comment")]
            assert len(refs) == len(set(refs)) == book.read(drawing).count(b'ObjectType="Note"')


def target(part: str, relation: Xml.Element) -> str:
    """Return the part that a relation leads to."""
    folder = posixpath.dirname(posixpath.dirname(part))
    named = relation.get("Target", "")
    return posixpath.normpath(named.lstrip("/") if named.startswith("/") else posixpath.join(folder, named))


def untyped(book: zipfile.ZipFile, names: list[str]) -> list[str]:
    """Return the parts of which the workbook does not say what they are."""
    types = Xml.fromstring(book.read("[Content_Types].xml"))
    parts = {each.get("PartName", "").lstrip("/") for each in types}
    endings = {each.get("Extension") for each in types}
    mine = [name for name in names if name != "[Content_Types].xml"]
    return [name for name in mine if name not in parts and name.rpartition(".")[2] not in endings]


def pairs(book: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Return the parts that hold the notes of each sheet and their drawings."""
    found = []
    for part in (name for name in book.namelist() if re.fullmatch(r"xl/worksheets/_rels/.*\.rels", name)):
        kinds = {
            each.get("Type", "").rpartition("/")[2]: target(part, each) for each in Xml.fromstring(book.read(part))
        }
        if "comments" in kinds:
            found.append((kinds["comments"], kinds["vmlDrawing"]))
    assert found
    return found
