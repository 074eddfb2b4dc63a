"""A trial read to its end, one's own file with comments, rows taken back while they wait: in a real browser."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from tests import factories as make
from tests import filings
from tests.functional.conftest import WIDTHS

from chengxin.accounts.models import User
from chengxin.intake.models import Submission

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = {"CF_XDR_MC": "另一个名称有限公司"}


@pytest.fixture
def clerk() -> User:
    make.law()
    make.firm()
    return filings.clerk(make.agency())


def rows() -> list[filings.Row]:
    wrong = [
        filings.FIRM_ROW | {"CF_WSH": f"示交罚〔2026〕{n}号", "CF_CFLB": "不存在的类别"} for n in range(10, 70)
    ]  # fmt: skip
    return [filings.FIRM_ROW, *(filings.FIRM_ROW | OTHER | {"CF_WSH": f"示交罚〔2026〕{n}号"} for n in (2, 3)), *wrong]


def taken(page: Page, button: str) -> Any:
    """Press a button that hands out a workbook and return it, opened."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    return openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))


def notes(book: Any) -> list[str]:
    return [cell.comment.text for row in book.worksheets[0].iter_rows() for cell in row if cell.comment]


@pytest.mark.parametrize(("width", "script"), [(1280, True), (390, True), (390, False)])
def test_a_trial_is_read_to_its_end_in_the_file_itself(
    page_at: Any, clerk: User, tmp_path: Path, width: int, script: bool, axe: Any, overflow: Any
) -> None:
    file = tmp_path / "十一月.xlsx"
    file.write_bytes(filings.as_xlsx(rows()))
    page = page_at(width, user=clerk, script=script)
    page.goto("/console/intake/")
    page.locator("#send").get_by_label("目录项").select_option(make.PENALTY)
    page.set_input_files("#send input[type=file]", str(file))
    page.get_by_role("button", name="试报", exact=True).click()
    expect(page.get_by_text("结论与现在正式报送相同", exact=False)).to_be_visible()
    expect(page.get_by_text("行也有提示，全部写在标注好的文件里", exact=False)).to_be_visible()
    if script:
        assert (axe(page), overflow(page)) == ([], 0)
    else:
        page.set_input_files("#copy input[type=file]", str(file))
    told = notes(taken(page, "下载标注好的文件"))
    assert [sum(code in text for text in told) for code in ("choice.unknown", "subject.name_differs")] == [60, 2]
    assert not Submission.objects.exists()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_filed_file_comes_back_and_rows_that_wait_are_taken_back(
    page_at: Any, clerk: User, tmp_path: Path, width: int, axe: Any, overflow: Any
) -> None:
    content = filings.as_xlsx(rows())
    (tmp_path / "十一月.xlsx").write_bytes(content)
    (tmp_path / "别的.xlsx").write_bytes(filings.as_xlsx(rows()[:1]))
    submission = filings.file(content, clerk, name="十一月.xlsx")
    page = page_at(width, user=clerk)
    page.goto(f"/console/intake/{submission.pk}/")
    page.get_by_role("link", name="标注我自己的文件").click()
    assert (axe(page), overflow(page)) == ([], 0)
    page.set_input_files("input[type=file]", str(tmp_path / "别的.xlsx"))
    page.get_by_role("button", name="标注并下载").click()
    expect(page.get_by_text("这不是当时报送的文件", exact=False).first).to_be_visible()
    page.set_input_files("input[type=file]", str(tmp_path / "十一月.xlsx"))
    assert sum("choice.unknown" in text for text in notes(taken(page, "标注并下载"))) == 60
    page.goto(f"/console/intake/{submission.pk}/")
    page.get_by_role("link", name="撤回待判定的行").click()
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_label("第 3 行").check()
    page.get_by_role("button", name="撤回勾选的行").click()
    assert (axe(page), overflow(page)) == ([], 0)
    expect(page.get_by_label("第 3 行")).to_be_checked()
    page.get_by_label("说明理由").fill("名称报错了")
    page.get_by_role("button", name="撤回勾选的行").click()
    expect(page.get_by_text("已撤回 1 行", exact=False)).to_be_visible()
    expect(page.get_by_text("入库前撤回 1", exact=False).first).to_be_visible()
