"""Returned rows are put right in the browser, error beside cell; the row is admitted and stands on the public page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import factories as make
from tests import filings
from tests.functional.conftest import WIDTHS
from tests.functional.keys import on, typed

from chengxin.accounts.models import User
from chengxin.intake.models import Submission

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "示交罚〔2026〕8号"
ROWS = [
    filings.FIRM_ROW,
    filings.FIRM_ROW | {"CF_NR_FK": "伍千元", "CF_WSH": NUMBER},
    filings.PERSON_ROW | {"CF_XDR_ZJHM": "320199198002290013", "CF_WSH": "示交罚〔2026〕9号"},
]


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


@pytest.fixture
def sent(clerk: User) -> Submission:
    return filings.file(filings.as_csv(ROWS), clerk, name="十一月.csv")


@pytest.mark.parametrize("width", WIDTHS)
def test_from_the_upload_to_the_public_page(
    page_at: Any, clerk: User, tmp_path: Path, width: int, axe: Any, overflow: Any
) -> None:
    file = tmp_path / "十一月.csv"
    file.write_bytes(filings.as_csv(ROWS))
    page = page_at(width, user=clerk)
    page.goto("/console/intake/")
    page.locator("#send").get_by_label("目录项").select_option(make.PENALTY)
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="报送", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("十一月.csv")
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_role("link", name="在网页上改").click()
    fine = page.get_by_label("第 3 行 罚款金额(万元)")
    expect(fine).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("不是数字", exact=False).first).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    fine.fill("0.8")
    expect(page.get_by_text("已改 1 格，1 行", exact=False)).to_be_visible()
    page.get_by_role("button", name="保存并校验改过的行").click()
    expect(page.get_by_text("改了 1 行：入库 1", exact=False)).to_be_visible()
    expect(page.get_by_label("第 3 行 罚款金额(万元)")).to_have_count(0)
    expect(page.get_by_text("还有 1 行退回", exact=False)).to_be_visible()
    portal = page_at(width)
    portal.goto(f"/organisations/{make.FIRM}/")
    expect(portal.get_by_text(NUMBER).first).to_be_visible()
    page.get_by_role("link", name="十一月.csv").first.click()
    expect(page.get_by_text("有的行已在网页上改过")).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)


def test_from_the_upload_to_the_last_row_without_a_mouse(page_at: Any, clerk: User, tmp_path: Path) -> None:
    """Nothing but keys: no click, no focus set from outside; the file is chosen in the browser's own window."""
    file = tmp_path / "十一月.csv"
    file.write_bytes(filings.as_csv(ROWS))
    page: Page = page_at(1280, user=clerk)
    page.goto("/console/intake/")
    on(page, "目录项")
    page.keyboard.type(make.PENALTY)
    on(page, "文件")
    with page.expect_file_chooser() as waiting:
        page.keyboard.press("Enter")
    waiting.value.set_files(str(file))
    on(page, "报送")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("十一月.csv")
    on(page, "在网页上改")
    page.keyboard.press("Enter")
    expect(page.get_by_text("不是数字", exact=False).first).to_be_visible()
    on(page, "第 3 行 罚款金额(万元)")
    typed(page, "0.8")
    on(page, "第 4 行 证件号码")
    typed(page, make.CITIZEN)
    on(page, "保存并校验改过的行")
    page.keyboard.press("Enter")
    expect(page.get_by_text("改了 2 行：入库 2", exact=False)).to_be_visible()
    on(page, "十一月.csv")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已重报 2", exact=False).first).to_be_visible()


def test_by_keyboard_alone_a_wrong_row_is_told_again_and_then_admitted(
    page_at: Any, clerk: User, sent: Any, axe: Any, overflow: Any
) -> None:
    page = page_at(1280, user=clerk)
    page.goto(f"/console/intake/{sent.id}/mend/?columns=all")
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_label("第 3 行 罚款金额(万元)").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("第 4 行 罚款金额(万元)")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("-3")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("仍退回 1", exact=False)).to_be_visible()
    field = page.get_by_label("第 3 行 罚款金额(万元)")
    expect(field).to_have_value("-3")
    field.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("0.5")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="保存并校验改过的行")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("改了 1 行：入库 1", exact=False)).to_be_visible()


def test_without_script_the_table_is_a_plain_form(page_at: Any, clerk: User, sent: Any, overflow: Any) -> None:
    page = page_at(390, user=clerk, script=False)
    page.goto(f"/console/intake/{sent.id}/mend/")
    page.get_by_label("第 3 行 罚款金额(万元)").fill("0.5")
    page.get_by_label("第 4 行 证件号码").fill(make.CITIZEN)
    assert overflow(page) <= 0
    page.get_by_label("第 4 行 证件号码").press("Enter")
    expect(page.get_by_text("改了 2 行：入库 2", exact=False)).to_be_visible()
    expect(page.get_by_text("这是网页修改")).to_be_visible()
    page.goto(f"/console/intake/{sent.id}/mend/")
    expect(page.get_by_text("没有退回的行需要改。")).to_be_visible()
    page.goto(f"/console/intake/{sent.id}/")
    expect(page.get_by_role("button", name="在网页上改")).to_be_disabled()


def test_to_a_stranger_and_to_the_centre_the_table_does_not_exist(page_at: Any, clerk: User, sent: Any) -> None:
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    page: Page = page_at(1280, user=stranger)
    bodies = set()
    for identifier in (sent.id, "00000000-0000-4000-8000-000000000000"):
        answer = page.goto(f"/console/intake/{identifier}/mend/")
        assert answer is not None and answer.status == 404
        bodies.add(page.locator("main").inner_text())
    assert len(bodies) == 1
