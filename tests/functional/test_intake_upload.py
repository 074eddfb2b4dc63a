"""Files sent piece by piece in a real browser: several at once, tried first, resumed after a lost connection."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import factories as make
from tests import filings
from tests.functional.conftest import WIDTHS

from chengxin.accounts.models import User
from chengxin.intake import uploads
from chengxin.ui import clock

pytestmark = pytest.mark.django_db(transaction=True)
PIECES = "**/console/intake/uploads/*/?offset=*"


@pytest.fixture
def clerk() -> User:
    make.law()
    return filings.clerk(make.agency())


@pytest.fixture
def two(tmp_path: Path) -> list[str]:
    """A file in order, and one whose only row has a wrong number."""
    good, bad = tmp_path / "十月.csv", tmp_path / "十一月.csv"
    good.write_bytes(filings.as_csv(filings.rows(3)))
    bad.write_bytes(filings.as_csv([filings.PERSON_ROW | {"CF_XDR_ZJHM": "1", "CF_WSH": "示交罚〔2026〕70号"}]))
    return [str(good), str(bad)]


def choose(page: Page, files: list[str]) -> None:
    page.goto("/console/intake/")
    page.locator("#send").get_by_label("目录项").select_option(make.PENALTY)
    page.set_input_files("input[type=file]", files)


@pytest.mark.parametrize("width", WIDTHS)
def test_several_files_are_tried_and_then_filed_without_sending_them_again(
    page_at: Any, clerk: User, two: list[str], width: int, axe: Any, overflow: Any
) -> None:
    page = page_at(width, user=clerk)
    choose(page, two)
    expect(page.get_by_text("已选 2 个文件", exact=False)).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="试报").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("试报结果")
    assert (axe(page), overflow(page)) == ([], 0)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_role("button", name="正式报送，不用重传").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("报送结果")
    assert "PUT" not in sent
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_role("link", name="逐行看结果：十一月.csv").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("十一月.csv")


def test_a_lost_connection_costs_one_piece_even_after_the_browser_was_closed(
    page_at: Any, clerk: User, tmp_path: Path
) -> None:
    # Text that is no table of any item: what is tested here is that it arrives as it was.
    content = b"".join(hashlib.sha256(str(n).encode()).hexdigest().encode() for n in range(40_000))
    file = tmp_path / "大文件.csv"
    file.write_bytes(content)
    first = page_at(1280, user=clerk)
    choose(first, [str(file)])
    first.route(PIECES, lambda route: route.continue_() if "offset=0" in route.request.url else route.abort())
    first.get_by_role("button", name="报送", exact=True).click()
    expect(first.get_by_text("连接中断", exact=False)).to_be_visible()
    first.context.close()
    second = page_at(390, user=clerk)
    offsets: list[str] = []
    second.on("request", lambda request: offsets.append(request.url) if request.method == "PUT" else None)
    # The filing itself is held up, so that what has arrived can be looked at.
    second.route("**/console/intake/", lambda r: r.fulfill(status=204) if r.request.method == "POST" else r.continue_())
    choose(second, [str(file)])
    expect(second.get_by_text("还没有报送的上传")).to_be_visible()
    second.get_by_role("button", name="报送", exact=True).click()
    expect(second.get_by_text("文件都已传完", exact=False)).to_be_visible()
    assert [url.rpartition("=")[2] for url in offsets] == [str(n * uploads.PIECE) for n in (1, 2)]
    [upload] = uploads.under_way(clerk, clock.now())
    with uploads.opened(upload) as arrived:
        assert hashlib.sha256(arrived.read()).digest() == hashlib.sha256(content).digest()


def test_another_file_under_the_same_mark_is_not_joined_to_what_is_there(
    page_at: Any, clerk: User, tmp_path: Path
) -> None:
    """Two files alike in name, size, first and last piece differ in the middle; the second begins anew."""
    edge, file = b"a" * uploads.PIECE, tmp_path / "大文件.csv"
    page = page_at(1280, user=clerk)
    page.route("**/console/intake/", lambda r: r.fulfill(status=204) if r.request.method == "POST" else r.continue_())
    stops = [f"offset={2 * uploads.PIECE}"]
    page.route(PIECES, lambda r: r.abort() if r.request.url.endswith(stops[0]) else r.continue_())
    for middle, shown in ((b"b", "连接中断"), (b"c", "文件都已传完")):
        file.write_bytes(edge + middle * uploads.PIECE + edge)
        choose(page, [str(file)])
        page.get_by_role("button", name="报送", exact=True).click()
        expect(page.get_by_text(shown, exact=False)).to_be_visible()
        stops[0] = "never"
    [upload] = uploads.under_way(clerk, clock.now())
    with uploads.opened(upload) as arrived:
        assert arrived.read() == file.read_bytes()


def test_without_script_the_plain_form_sends_several_files(page_at: Any, clerk: User, two: list[str]) -> None:
    page = page_at(1280, user=clerk, script=False)
    choose(page, two)
    page.get_by_role("button", name="试报").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("试报结果")
    choose(page, two)
    page.get_by_role("button", name="报送", exact=True).click()
    expect(page.get_by_role("link", name="逐行看结果：十一月.csv")).to_be_visible()


def test_by_keyboard_alone_a_file_can_be_removed_and_an_upload_given_up(
    page_at: Any, clerk: User, two: list[str]
) -> None:
    page = page_at(1280, user=clerk)
    choose(page, two)
    page.get_by_role("button", name="移除 十一月.csv").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已选 1 个文件", exact=False)).to_be_visible()
    page.get_by_role("button", name="试报").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("这是试算")).to_be_visible()
    page.goto("/console/intake/")
    page.get_by_role("button", name="放弃").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已放弃", exact=False)).to_be_visible()
    assert uploads.under_way(clerk, clock.now()) == []
