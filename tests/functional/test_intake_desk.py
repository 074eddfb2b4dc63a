"""A clerk sends a file in a real browser, reads what became of every row, and takes the returned rows home."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import factories as make
from tests import filings
from tests.functional.keys import dated, on

from chengxin.accounts.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = (1280, 390)


@pytest.fixture
def clerk() -> Any:
    make.law()
    make.firm(name="栖云望舒茶业有限公司")
    return filings.clerk(make.agency())


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A GB18030 file with good rows, wrong rows and a row whose name differs."""
    wrong = filings.PERSON_ROW | {"CF_XDR_ZJHM": "320199198002290013", "CF_WSH": "示交罚〔2026〕7号"}
    empty = filings.PERSON_ROW | {"CF_CFLB": "罚款", "CF_NR_FK": "伍万元", "CF_WSH": "示交罚〔2026〕8号"}
    place = tmp_path / "十一月处罚.csv"
    place.write_bytes(filings.as_csv([filings.PERSON_ROW, wrong, empty, filings.FIRM_ROW], "gb18030"))
    return place


def send(page: Page, file: Path, *, rehearse: bool = False) -> None:
    page.goto("/console/intake/")
    page.locator("#send").get_by_label("目录项").select_option(make.PENALTY)
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="试报" if rehearse else "报送", exact=True).click()
    if file.stat().st_size and not rehearse:
        page.wait_for_url("**/console/intake/*-*/")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_file_is_sent_and_every_row_has_an_answer(page_at, clerk, mixed, width, axe, overflow, tmp_path) -> None:
    page = page_at(width, user=clerk)
    send(page, mixed)
    expect(page.get_by_role("heading", level=1)).to_have_text("十一月处罚.csv")
    tiles = page.locator("main").inner_text()
    assert "收到" in tiles and "待人工判定" in tiles
    expect(page.get_by_text("不是数字（金额用汉字书写，3 个字符：汉字 3）", exact=False)).to_be_visible()
    assert axe(page) == []
    assert overflow(page) <= 0
    assert "32019919800229001" not in page.content()


def test_a_rehearsal_says_so_and_stores_nothing(page_at, clerk, mixed) -> None:
    page = page_at(1280, user=clerk)
    send(page, mixed, rehearse=True)
    expect(page.get_by_text("这是试算")).to_be_visible()
    page.goto("/console/intake/")
    expect(page.get_by_text("还没有报送过文件。")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_an_empty_file_is_refused_with_what_to_do(page_at, clerk, tmp_path, width, axe, overflow) -> None:
    empty = tmp_path / "空.csv"
    empty.write_bytes(b"")
    page = page_at(width, user=clerk)
    send(page, empty)
    expect(page.get_by_text("文件是空的", exact=False).first).to_be_visible()
    assert axe(page) == []
    assert overflow(page) <= 0


def test_returned_rows_come_back_with_reasons(page_at, clerk, mixed) -> None:
    page = page_at(1280, user=clerk)
    send(page, mixed)
    with page.expect_download() as caught:
        page.get_by_role("link", name="下载退回的行（附原因）").click()
    text = Path(caught.value.path()).read_text(encoding="utf-8-sig")
    assert text.startswith("报送结果,问题与改法")
    assert "示交罚〔2026〕7号" in text
    assert "示交罚〔2026〕1号" not in text


@pytest.mark.parametrize("width", WIDTHS)
def test_a_person_of_the_centre_judges_a_match_with_keys_only(page_at, clerk, mixed, width, axe, overflow) -> None:
    send(page_at(1280, user=clerk), mixed)
    centre = make.user("centre", Role.CENTRE_OPERATOR)
    page = page_at(width, user=centre)
    page.goto("/console/intake/questions/")
    on(page, "号码与名称不一致")
    page.keyboard.press("Enter")
    expect(page.get_by_text("栖云望舒茶业有限公司")).to_be_visible()
    expect(page.get_by_text("栖云望舒食品有限公司")).to_be_visible()
    assert axe(page) == []
    assert overflow(page) <= 0
    answered_with_keys(page)
    expect(page.get_by_text("没有等待判定的行。")).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    on(page, "是同一主体")
    page.keyboard.press("Enter")
    expect(page.get_by_text("登记机关变更通知书")).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    on(page, "说明理由")
    page.keyboard.type("通知书是另一家的")
    on(page, "撤销判定")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="原判定已撤销，重新判定")).to_be_visible()
    expect(page.get_by_text("已撤销", exact=True)).to_be_visible()


def answered_with_keys(page: Page) -> None:
    """Choose the answer, fill in its day and its reason, and send it, all with keys."""
    on(page, "是同一主体")
    page.keyboard.press("Space")
    if not page.evaluate("() => document.activeElement.labels[0].innerText").startswith("是同一主体，已改用报送的名称"):
        on(page, "是同一主体，已改用报送的名称", "ArrowDown")
    on(page, "该名称自何日起使用")
    dated(page, date(2026, 11, 2))
    on(page, "判定理由")
    page.keyboard.type("登记机关变更通知书")
    on(page, "作出判定")
    page.keyboard.press("Enter")


def test_a_stranger_is_shown_nothing(page_at, clerk, mixed) -> None:
    page = page_at(1280, user=clerk)
    send(page, mixed)
    address = page.url
    stranger = filings.clerk(make.agency(make.OTHER_AGENCY), "stranger")
    answer = page_at(1280, user=stranger).goto(address)
    assert answer.status == 404
