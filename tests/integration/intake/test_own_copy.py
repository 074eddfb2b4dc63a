"""标注原件: the clerk's own file comes back whole, with comments in its cells; it is handed in again and not kept."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl.comments import Comment
from openpyxl.styles import Font
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.cli import setup
from chengxin.cli.main import main
from chengxin.intake import blanks
from chengxin.intake.own_copy import NotTheSameFile, of_submission
from chengxin.intake.policies import NotYourAgency
from chengxin.intake.readers.read import read_bytes

pytestmark = pytest.mark.django_db(transaction=True)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
WRONG = filings.FIRM_ROW | {"CF_CFLB": "不存在的类别", "CF_WSH": "示交罚〔2026〕9号"}


@pytest.fixture
def clerk() -> User:
    make.law()
    make.firm()
    return filings.clerk(make.agency())


def own_workbook(*rows: filings.Row) -> bytes:
    """Return what a clerk really has: formats, a formula, merged cells, a note, a table that begins further right."""
    book = openpyxl.load_workbook(io.BytesIO(filings.as_xlsx(rows)))
    sheet = book.worksheets[0]
    sheet.insert_cols(1)
    sheet.column_dimensions["B"].width = 33
    sheet["B2"].font = Font(name="仿宋", bold=True)
    head = next(cell for cell in sheet[1] if cell.value == "处罚类别")
    sheet.cell(3, head.column).comment = Comment("本单位的批注", "王")
    other = book.create_sheet("统计")
    other["A1"], other["B1"] = "=COUNTA(Sheet1!B2:B99)", date(2026, 11, 20)
    other.merge_cells("A2:C2")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def by_heading(sheet: Any, row: int) -> dict[str, Any]:
    return {head.value: sheet.cell(row, head.column) for head in sheet[1] if head.value}


def test_the_very_workbook_comes_back_with_comments_and_everything_else_as_it_was(clerk: User) -> None:
    content = own_workbook(filings.FIRM_ROW, WRONG)
    submission = filings.file(content, clerk, name="本单位.xlsx")
    before, after = opened(content), opened(of_submission(submission, io.BytesIO(content), actor=clerk))
    assert after.sheetnames == before.sheetnames
    sheet = after.worksheets[0]
    wrong = by_heading(sheet, 3)["处罚类别"]
    assert "本单位的批注" in wrong.comment.text and "choice.unknown" in wrong.comment.text
    assert "请按代码表填写" in wrong.comment.text and "退回（原第 3 行）" in wrong.comment.text
    assert [cell.comment for cell in sheet[2]] == [None] * len(list(sheet[2]))
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values == [[cell.value for cell in row] for row in before.worksheets[0].iter_rows()]
    assert (sheet["B2"].font.name, sheet["B2"].font.bold, sheet.column_dimensions["B"].width) == ("仿宋", True, 33)
    assert after["统计"]["A1"].value == "=COUNTA(Sheet1!B2:B99)"
    assert str(after["统计"].merged_cells) == "A2:C2"


def test_the_annotated_workbook_mended_and_filed_again_takes_the_place_of_the_wrong_row(clerk: User) -> None:
    content = own_workbook(filings.FIRM_ROW, WRONG)
    submission = filings.file(content, clerk, name="本单位.xlsx")
    book = opened(of_submission(submission, io.BytesIO(content), actor=clerk))
    by_heading(book.worksheets[0], 3)["处罚类别"].value = "罚款"
    out = io.BytesIO()
    book.save(out)
    again = filings.file(out.getvalue(), clerk, name="本单位.xlsx")
    assert (again.counts["admitted"], again.counts["duplicate"]) == (1, 1)
    submission.refresh_from_db()
    assert (submission.counts["mended"], submission.counts["returned"]) == (1, 0)


def test_a_clerk_with_a_csv_gets_a_workbook_of_all_rows(clerk: User) -> None:
    content = filings.as_csv([filings.FIRM_ROW, WRONG])
    submission = filings.file(content, clerk)
    book = opened(of_submission(submission, io.BytesIO(content), actor=clerk))
    sheet = book.worksheets[0]
    assert sheet.max_row == 3
    assert (sheet.cell(2, 1).value or "", sheet.cell(3, 1).value) == ("", "退回（原第 3 行）")
    assert "choice.unknown" in by_heading(sheet, 3)["处罚类别"].comment.text
    assert by_heading(sheet, 2)["行政相对人名称"].value == "栖云望舒食品有限公司"
    assert "全部 2 行" in book.worksheets[1]["A1"].value


def test_every_other_part_of_the_workbook_is_the_same_byte_for_byte(clerk: User) -> None:
    content = own_workbook(filings.FIRM_ROW, WRONG)
    submission = filings.file(content, clerk, name="本单位.xlsx")
    after = zipfile.ZipFile(io.BytesIO(of_submission(submission, io.BytesIO(content), actor=clerk)))
    before = zipfile.ZipFile(io.BytesIO(content))
    assert set(before.namelist()) <= set(after.namelist())
    moved = {name for name in before.namelist() if before.read(name) != after.read(name)}
    assert all(re.search("comment|vml|legacy", name) for name in moved), moved


def test_a_workbook_without_notes_gets_them_where_the_schema_has_them(clerk: User) -> None:
    content = filings.as_xlsx([filings.FIRM_ROW, WRONG])
    submission = filings.file(content, clerk, name="本单位.xlsx")
    after = of_submission(submission, io.BytesIO(content), actor=clerk)
    assert "choice.unknown" in by_heading(opened(after).worksheets[0], 3)["处罚类别"].comment.text
    assert read_bytes(after).frame.equals(read_bytes(content).frame)


def test_our_own_template_keeps_the_notes_of_its_headings(clerk: User) -> None:
    book = opened(blanks.blank_xlsx(make.PENALTY, make.TODAY))
    heads = {cell.value: cell.column for cell in book.worksheets[0][1]}
    for head, cell in zip(*filings.grid([WRONG]), strict=True):
        book.worksheets[0].cell(2, heads[head]).value = cell
    out = io.BytesIO()
    book.save(out)
    submission = filings.file(out.getvalue(), clerk, name="模板.xlsx")
    sheet = opened(of_submission(submission, io.BytesIO(out.getvalue()), actor=clerk)).worksheets[0]
    assert "字段代码：CF_XDR_LB" in by_heading(sheet, 1)["行政相对人类别"].comment.text
    assert "choice.unknown" in by_heading(sheet, 2)["处罚类别"].comment.text
    assert sheet.data_validations.dataValidation


def test_a_workbook_that_holds_no_place_for_notes_is_written_row_by_row(clerk: User) -> None:
    content = with_a_button(filings.as_xlsx([filings.FIRM_ROW, WRONG]))
    submission = filings.file(content, clerk, name="本单位.xlsx")
    book = opened(of_submission(submission, io.BytesIO(content), actor=clerk))
    assert book.sheetnames == ["待改正", "说明"] and book.worksheets[0].max_row == 3


def with_a_button(content: bytes) -> bytes:
    """Return a workbook whose sheet has a drawing without notes, as buttons make it."""
    out, relation = io.BytesIO(), f"{OFFICE}/vmlDrawing"
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/drawings/vmlDrawing1.vml", '<xml><x ObjectType="Button"/></xml>')
        target = f'<Relationship Id="rId1" Type="{relation}" Target="../drawings/vmlDrawing1.vml"/>'
        new.writestr(
            "xl/worksheets/_rels/sheet1.xml.rels", f'<Relationships xmlns="{PACKAGE}">{target}</Relationships>'
        )
    return out.getvalue()


def test_only_the_same_file_and_only_for_its_sender(clerk: User) -> None:
    content = filings.as_csv([filings.FIRM_ROW, WRONG])
    submission = filings.file(content, clerk)
    with pytest.raises(NotTheSameFile):
        of_submission(submission, io.BytesIO(content + b"\n"), actor=clerk)
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    with pytest.raises(NotYourAgency):
        of_submission(submission, io.BytesIO(content), actor=stranger)


def test_page_and_command_hand_the_file_back(clerk: User, client: Client, tmp_path, monkeypatch) -> None:
    content = own_workbook(filings.FIRM_ROW, WRONG)
    submission = filings.file(content, clerk, name="本单位.xlsx")
    client.force_login(clerk)
    page = f"/console/intake/{submission.pk}/own-file/"
    assert "平台不留存文件" in client.get(page).content.decode()
    answer = client.post(page, {"file": SimpleUploadedFile("本单位.xlsx", content)})
    assert answer.headers["Content-Disposition"].startswith("attachment") and opened(answer.content).sheetnames
    wrong = client.post(page, {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")})
    assert "不是当时报送的文件" in wrong.content.decode()
    monkeypatch.setattr(setup, "django", lambda: None)
    monkeypatch.setattr("chengxin.ui.clock.today", lambda: make.TODAY)
    (tmp_path / "本.xlsx").write_bytes(content)
    for chosen in (["--submission", str(submission.pk)], ["--item", make.PENALTY]):
        out = tmp_path / f"{chosen[0]}.xlsx"
        arguments = ["annotate", str(tmp_path / "本.xlsx"), "--out", str(out), *chosen, "--as", clerk.username]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
        assert "choice.unknown" in by_heading(opened(out.read_bytes()).worksheets[0], 3)["处罚类别"].comment.text
    client.force_login(filings.clerk(make.agency(make.OTHER_AGENCY), "stranger"))
    assert client.get(page).status_code == 404
