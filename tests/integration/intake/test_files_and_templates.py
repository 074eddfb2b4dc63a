"""Several files at once, templates from the catalogue, and the annotated copy that goes back and comes in again."""

from __future__ import annotations

import hashlib
import io
import zipfile

import openpyxl
import pytest
from click.testing import CliRunner
from django.test import Client
from tests import factories as make
from tests import filings

from chengxin.accounts.models import User
from chengxin.catalogue import selectors as catalogue
from chengxin.cli import setup
from chengxin.cli.main import main
from chengxin.intake import archives, blanks, selectors, services
from chengxin.intake.models import Submission
from chengxin.intake.readers.read import read_bytes
from chengxin.intake.returns import returned_csv, returned_xlsx

pytestmark = pytest.mark.django_db

WRONG = filings.FIRM_ROW | {"CF_CFLB": "不存在的类别", "CF_WFXW": "=HYPERLINK(1)", "CF_WSH": "示交罚〔2026〕9号"}


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


def packed(members: dict[str, bytes]) -> bytes:
    """Return a ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def bundle() -> bytes:
    """Return two good files, a picture, an inner ZIP file and a file with prohibited content."""
    return packed(
        {
            "一.csv": filings.as_csv(filings.rows(3)),
            "图.csv": b"\x89PNG\r\n",
            "里.zip": packed({"x.csv": b"a\n1\n"}),
            "二/二.xlsx": filings.as_xlsx(filings.rows(4, start=10)),
        }
    )


def sent(clerk: User, *files: tuple[str, bytes], dry_run: bool = False) -> list[archives.Outcome]:
    """File several uploads."""
    named = [(name, io.BytesIO(content)) for name, content in files]
    who = {"actor": clerk, "now": make.NOW, "today": make.TODAY}
    return list(archives.submit_many(clerk.agency, make.PENALTY, named, **who, dry_run=dry_run))


def test_every_file_of_a_zip_file_has_its_own_outcome_and_a_refused_one_holds_up_no_other(clerk: User) -> None:
    outcomes = sent(clerk, ("报送.zip", bundle()), ("三.csv", filings.as_csv(filings.rows(2, start=30))))
    assert [one.name for one in outcomes] == [
        "报送.zip › 一.csv", "报送.zip › 图.csv", "报送.zip › 里.zip", "报送.zip › 二/二.xlsx", "三.csv",
    ]  # fmt: skip
    figures = [selectors.summary(one.submission).admitted if one.submission else one.refusal.code for one in outcomes]
    assert figures == [3, "file.kind", "file.kind", 4, 2]
    assert Submission.objects.filter(state="refused").count() == 2


def test_a_zip_file_that_cannot_be_opened_is_refused_as_a_whole_and_leaves_a_line(clerk: User) -> None:
    (only,) = sent(clerk, ("x.zip", packed({"../a.csv": b"a\n1\n"})))
    assert only.refusal.code == "file.too_large"
    assert Submission.objects.get().refusal["code"] == "file.too_large"


def test_a_rehearsal_of_many_stores_nothing_and_says_how_text_was_split(clerk: User) -> None:
    outcomes = sent(clerk, ("报送.zip", bundle()), dry_run=True)
    assert [bool(one.refusal) for one in outcomes] == [False, True, True, False]
    assert "逗号" in outcomes[0].how[0]
    assert Submission.objects.count() == 0


def test_the_page_tells_what_became_of_each_file(clerk: User, client: Client, monkeypatch) -> None:
    monkeypatch.setattr("chengxin.ui.clock.now", lambda: make.NOW)
    monkeypatch.setattr("chengxin.ui.clock.today", lambda: make.TODAY)
    client.force_login(clerk)
    upload = io.BytesIO(bundle())
    upload.name = "报送.zip"
    page = client.post("/console/intake/", {"item": make.PENALTY, "file": upload}, follow=True).content.decode()
    told = {panel.partition("</h2>")[0].rpartition(">")[2]: panel for panel in page.split("<section")}
    assert "收到 3 行" in told["报送.zip › 一.csv"]
    assert "按内容判断" in told["报送.zip › 图.csv"]


def test_the_command_takes_several_files_and_says_which_were_refused(clerk: User, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(setup, "django", lambda: None)
    monkeypatch.setattr("chengxin.ui.clock.today", lambda: make.TODAY)
    (tmp_path / "a.zip").write_bytes(bundle())
    (tmp_path / "b.csv").write_bytes(filings.as_csv(filings.rows(2, start=50)))
    arguments = [str(tmp_path / "a.zip"), str(tmp_path / "b.csv"), "--item", make.PENALTY, "--agency", make.AGENCY]
    result = CliRunner().invoke(main, ["intake", *arguments, "--as", clerk.username, "--dry-run"])
    assert result.exit_code == 1
    assert "a.zip › 二/二.xlsx（试报 dry run）: received 4" in result.output
    assert "a.zip › 图.csv: 未接收 refused" in result.output
    assert "b.csv（试报 dry run）: received 2" in result.output
    assert Submission.objects.count() == 0


def filled(template: bytes) -> bytes:
    """Return a template into which its own examples were copied, saved again by another programme."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    for row in book["示例"].iter_rows(min_row=2, values_only=True):
        book.worksheets[0].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_template_filled_with_its_own_examples_is_in_order(clerk: User) -> None:
    items = [item for item in catalogue.items(make.TODAY) if not item.needs_consent]
    assert len(items) > 5
    for item in items:
        content = filled(blanks.blank_xlsx(item.item.code, make.TODAY))
        rehearsal = services.rehearse(
            clerk.agency, item.item.code, "x.xlsx", io.BytesIO(content), actor=clerk, now=make.NOW, today=make.TODAY
        )
        found = {line.row_no: [each["code"] for each in line.findings] for line in rehearsal.told}
        counts = rehearsal.submission.counts
        assert (counts["returned"], counts["valid"] > 0) == (0, True), (item.item.code, found)


def test_a_template_has_drop_downs_notes_text_format_and_nobody_s_number(clerk: User) -> None:
    book = openpyxl.load_workbook(io.BytesIO(blanks.blank_xlsx(make.PENALTY, make.TODAY)))
    sheet = book.worksheets[0]
    at = {cell.value: cell for cell in sheet[1]}
    assert sheet.freeze_panes == "A2"
    assert "字段代码：CF_XDR_LB" in at["行政相对人类别"].comment.text
    lists = {str(rule.sqref).split(":")[0] for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert f"{at['行政相对人类别'].column_letter}2" in lists
    assert sheet.column_dimensions[at["处罚决定日期"].column_letter].width
    assert book["选项"].sheet_state == "hidden"
    numbers = [
        c
        for row in book["示例"].iter_rows(min_row=2, values_only=True)
        for c in row
        if c and len(c) == 18 and c.isalnum()
    ]
    assert numbers
    assert all("320199" in number for number in numbers)
    assert read_bytes(filled(blanks.blank_xlsx(make.PENALTY, make.TODAY))).headings[0] == "行政相对人名称"


def test_templates_come_from_the_page_and_the_command(clerk: User, client: Client, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("chengxin.ui.clock.today", lambda: make.TODAY)
    monkeypatch.setattr(setup, "django", lambda: None)
    client.force_login(clerk)
    answer = client.get("/console/intake/blank.csv", {"item": make.PENALTY, "format": "xlsx"})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="blank-{make.PENALTY}.xlsx"'
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames[1] == "填写说明"
    assert client.get("/console/intake/blank.csv", {"item": make.PENALTY}).content.startswith(b"\xef\xbb\xbf")
    assert client.get("/console/intake/blank.csv", {"item": make.PENALTY, "format": "exe"}).status_code == 404
    for name in ("t.xlsx", "t.csv"):
        result = CliRunner().invoke(main, ["template", make.PENALTY, "--out", str(tmp_path / name)])
        assert result.exit_code == 0, result.output
        assert (tmp_path / name).stat().st_size > 100
    assert CliRunner().invoke(main, ["template", make.PENALTY, "--out", str(tmp_path / "t.doc")]).exit_code == 1


def test_the_annotated_copy_shows_the_cell_says_why_and_runs_nothing(clerk: User) -> None:
    submission = filings.file(filings.as_csv([filings.FIRM_ROW, WRONG]), clerk)
    book = openpyxl.load_workbook(io.BytesIO(returned_xlsx(submission, actor=clerk)))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert heads[3:] == submission.headings
    assert sheet.max_row == 2
    cell = sheet.cell(2, heads.index("处罚类别") + 1)
    assert cell.fill.fgColor.rgb == "FFF8CBAD"
    assert "choice.unknown" in cell.comment.text
    assert "请按代码表填写" in cell.comment.text
    assert sheet.cell(2, 1).value == "退回（原第 3 行）"
    formula = sheet.cell(2, heads.index("违法行为类型") + 1)
    assert (formula.value, formula.data_type) == ("=HYPERLINK(1)", "s")
    assert "另有 1 行已入库" in book.worksheets[1]["A1"].value


@pytest.mark.parametrize("write", [returned_csv, returned_xlsx])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_copy_mended_and_sent_again_is_admitted_with_its_result_columns_left_in(
    clerk: User, write, language
) -> None:
    wrong = WRONG | {"CF_WFXW": "超限运输"}
    submission = filings.file(filings.as_csv([filings.FIRM_ROW, wrong]), clerk)
    copy = write(submission, actor=clerk, language=language)
    if write is returned_csv:
        mended = copy.replace("不存在的类别".encode(), "罚款".encode())
    else:
        book = openpyxl.load_workbook(io.BytesIO(copy))
        sheet = book.worksheets[0]
        heads = [cell.value for cell in sheet[1]]
        sheet.cell(2, heads.index("处罚类别") + 1).value = "罚款"
        out = io.BytesIO()
        book.save(out)
        mended = out.getvalue()
    again = filings.file(mended, clerk, name="改.xlsx")
    assert (selectors.summary(again).received, selectors.summary(again).admitted) == (1, 1)
    assert again.notes == []


@pytest.mark.parametrize("write", [returned_csv, returned_xlsx])
@pytest.mark.parametrize("every", [False, True])
def test_the_copy_sent_back_as_it_is_says_the_same_again_and_takes_nothing_of_ours_for_content(
    clerk: User, write, every
) -> None:
    """Result columns, comments, colours and the sheet of notes are ours: they are neither columns nor rows."""
    wrong, late = WRONG | {"CF_WFXW": "超限运输"}, filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕6号", "CF_JDRQ": "昨天"}
    submission = filings.file(filings.as_csv([filings.FIRM_ROW, wrong, late]), clerk)
    first = [found.code for row in selectors.in_words(submission, selectors.rows(submission)) for found in row.findings]
    again = filings.file(write(submission, actor=clerk, every=every), clerk, name="标注.xlsx")
    shown = selectors.in_words(again, selectors.rows(again))
    assert [found.code for row in shown for found in row.findings] == first
    assert (selectors.summary(again).received, selectors.summary(again).returned) == (2, 2)
    assert again.headings == submission.headings and {note["code"] for note in again.notes} <= {"file.carried"}


def test_the_page_hands_out_the_annotated_workbook_to_its_sender_only(clerk: User, client: Client) -> None:
    submission = filings.file(filings.as_csv([filings.FIRM_ROW, WRONG]), clerk)
    client.force_login(clerk)
    answer = client.get(f"/console/intake/{submission.id}/returned.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].max_row == 2
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    client.force_login(stranger)
    assert client.get(f"/console/intake/{submission.id}/returned.xlsx").status_code == 404


def test_the_page_hands_out_the_signed_receipt_to_those_who_see_the_file(clerk: User, client: Client) -> None:
    submission = filings.file(filings.as_csv([filings.FIRM_ROW, WRONG]), clerk)
    client.force_login(clerk)
    assert "receipt.json" in client.get(f"/console/intake/{submission.id}/").content.decode()
    paper = client.get(f"/console/intake/{submission.id}/receipt.json").json()
    assert "收到 received 2，入库 admitted 1，退回 returned 1" in paper["text"]
    assert paper["sha256"] == hashlib.sha256(paper["text"].encode()).hexdigest()
    client.force_login(filings.clerk(make.agency(make.OTHER_AGENCY), "stranger"))
    assert client.get(f"/console/intake/{submission.id}/receipt.json").status_code == 404
