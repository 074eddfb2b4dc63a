"""A file with unknown or missing columns: asked about once, by keyboard alone, tried, filed and never sent twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import factories as make
from tests import filings, old_layouts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk() -> Any:
    make.law()
    return filings.clerk(make.agency())


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """A file in which one required column has a heading that nobody knows, and one column belongs nowhere."""
    text = filings.as_csv(filings.rows(3)).decode().replace("处罚决定日期", "作出日期甲", 1)
    lines = [f"{line},{'内部流水' if at == 0 else 'A1'}" for at, line in enumerate(text.splitlines())]
    place = tmp_path / "旧系统导出.csv"
    place.write_text("\n".join(lines), encoding="utf-8")
    return place


def send(page: Page, file: Path) -> None:
    page.goto("/console/intake/")
    page.locator("#send").get_by_label("目录项").select_option(make.PENALTY)
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="报送", exact=True).press("Enter")


def choose(page: Page, heading: str, starts_with: str) -> None:
    """Choose in a select as a keyboard does: focus, then the first letters of the option."""
    select = page.get_by_label(f"“{heading}”对应")
    select.focus()
    options = select.locator("option").all_inner_texts()
    wanted = next(at for at, text in enumerate(options) if text.startswith(starts_with))
    page.keyboard.press("Home")
    for _ in range(wanted):
        page.keyboard.press("ArrowDown")


@pytest.mark.parametrize("width", [1280, 390])
def test_an_unknown_layout_is_matched_by_keyboard_and_the_file_goes_on(
    page_at: Any, clerk: Any, strange: Path, width: int, axe: Any, overflow: Any
) -> None:
    page = page_at(width, user=clerk)
    send(page, strange)
    expect(page.get_by_role("heading", level=1)).to_contain_text("旧系统导出.csv")
    expect(page.get_by_text("作出日期甲").first).to_be_visible()
    assert "沈清和" not in page.content() and make.CITIZEN not in page.content()
    assert axe(page) == []
    assert overflow(page) <= 0
    choose(page, "内部流水", "不读取")
    choose(page, "作出日期甲", "处罚决定日期")
    page.get_by_role("button", name="确认并报送这个文件").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("旧系统导出.csv")
    expect(page.get_by_text("列“内部流水”不在报送格式内", exact=False)).to_be_visible()
    assert "已入库" in page.locator("main").inner_text()


def test_without_a_choice_nothing_is_confirmed_and_versions_can_be_taken_back(
    page_at: Any, clerk: Any, strange: Path, axe: Any, overflow: Any
) -> None:
    page = page_at(1280, user=clerk, script=False)
    send(page, strange)
    page.get_by_role("button", name="只确认，不报送").click()
    expect(page.get_by_text("请为“内部流水”选择字段", exact=False).first).to_be_visible()
    page.get_by_label("“内部流水”对应").select_option("-")
    page.get_by_label("“作出日期甲”对应").select_option("CF_JDRQ")
    page.get_by_role("button", name="只确认，不报送").click()
    expect(page.get_by_text("使用中")).to_be_visible()
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_text("已停用", exact=True)).to_be_visible()
    page.get_by_role("button", name="恢复这一版").click()
    expect(page.get_by_text("恢复自第 1 版")).to_be_visible()
    narrow = page_at(390, user=clerk)
    narrow.goto("/console/intake/mapping/")
    assert axe(narrow) == []
    assert overflow(narrow) <= 0


@pytest.fixture
def of_2016(tmp_path: Path) -> Path:
    """A complete file of 2016, which lacks columns that are required today."""
    place = tmp_path / "2016年处罚.csv"
    place.write_bytes(old_layouts.as_csv(old_layouts.PENALTY_HEADINGS, old_layouts.PENALTIES))
    return place


@pytest.mark.parametrize("width", [1280, 390])
def test_a_file_of_2016_is_filled_as_its_clerk_confirms_tried_and_then_filed(
    page_at: Any, clerk: Any, of_2016: Path, width: int, axe: Any, overflow: Any
) -> None:
    page = page_at(width, user=clerk)
    send(page, of_2016)
    expect(page.get_by_text("没有的列由什么补上", exact=False).first).to_be_visible()
    expect(page.get_by_label("“数据来源单位”由什么补上")).to_have_value("own_name")
    assert axe(page) == []
    assert overflow(page) <= 0
    page.get_by_role("button", name="确认并试报").click()
    expect(page.get_by_text("请说明“处罚有效期”由什么补上", exact=False).first).to_be_visible()
    page.get_by_label("“处罚有效期”由什么补上").select_option("=长期")
    page.get_by_role("button", name="确认并试报").click()
    expect(page.get_by_text("这是试算")).to_be_visible()
    expect(page.get_by_text("文件中没有列“数据来源单位”", exact=False)).to_be_visible()
    assert axe(page) == []
    assert overflow(page) <= 0
    page.get_by_role("button", name="正式报送，不用重传").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2016年处罚.csv")
    assert "已入库" in page.locator("main").inner_text()
    page.goto("/console/intake/mapping/")
    page.get_by_text("各列", exact=True).click()
    expect(page.get_by_text("数据来源单位：报送单位的名称")).to_be_visible()


def test_an_unknown_layout_that_was_only_to_be_tried_is_tried_after_the_confirmation(
    page_at: Any, clerk: Any, strange: Path
) -> None:
    page = page_at(1280, user=clerk, script=False)
    page.goto("/console/intake/")
    page.locator("#send").get_by_label("目录项").select_option(make.PENALTY)
    page.set_input_files("input[type=file]", str(strange))
    page.get_by_role("button", name="试报", exact=True).click()
    page.get_by_label("“内部流水”对应").select_option("-")
    page.get_by_label("“作出日期甲”对应").select_option("CF_JDRQ")
    page.get_by_role("button", name="确认并试报").click()
    expect(page.get_by_text("这是试算")).to_be_visible()
    assert "已入库" not in page.locator(".stats").inner_text()
