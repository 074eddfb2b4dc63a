"""An organisation downloads its report, a stranger verifies it by the QR's address, the record is repaired."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests import factories
from tests.factories import NOW
from tests.functional.conftest import WIDTHS

from chengxin.accounts.roles import Role
from chengxin.disclosure.models import Report
from chengxin.registry import services as registry
from chengxin.registry.models import Cause

pytestmark = [pytest.mark.django_db(transaction=True)]
NARROW = min(WIDTHS)
SHOTS = os.environ.get("CHENGXIN_SHOTS")


@pytest.fixture
def representative():
    """Return the representative of a firm with one penalty."""
    factories.law()
    firm = factories.firm()
    account = factories.citizen(firm)
    account.record = factories.record(firm)
    return account


def shot(page, name: str, width: int) -> None:
    """Keep a picture of the page when a folder for pictures is named."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)


def test_a_stranger_sees_valid_and_after_the_repair_superseded(page_at, axe, overflow, representative):
    owner, stranger = page_at(390, user=representative), page_at(1280, script=False)
    owner.goto("/mine/report/")
    assert (overflow(owner), axe(owner)) == (0, [])
    with owner.expect_download() as waiting:
        owner.get_by_role("button", name="出具并下载 PDF").click()
    sheet = waiting.value.path()
    assert sheet.read_bytes().startswith(b"%PDF")
    made = Report.objects.get()
    address = f"/reports/verify/{made.number}/{made.verify_code}/"
    stranger.goto(address)
    assert "有效。报告内容与现在的档案一致。" in stranger.locator("main").inner_text()
    assert "超限运输" not in stranger.content()
    stranger.locator("[name='file']").set_input_files(sheet)
    stranger.get_by_role("button", name="核验文件").click()
    assert "逐字节相同" in stranger.locator("main").inner_text()
    assert "电子签名有效" in stranger.locator("main").inner_text()
    registry.end_record(representative.record, Cause.RESTORED, ref="XF-2026-000001", now=NOW)
    stranger.goto(address)
    assert "已过时。报告出具以后，档案有了变化。" in stranger.locator("main").inner_text()
    assert overflow(stranger) == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_about_reports_fits_and_is_accessible(page_at, axe, overflow, representative, width):
    page = page_at(width, user=representative)

    def sound(name: str) -> None:
        shot(page, name, width)
        assert page.locator("h1").count() == 1
        assert overflow(page) <= 0, name
        assert width != NARROW or axe(page) == [], name  # The same page at the other width says nothing new to axe.

    page.goto("/mine/report/")
    page.get_by_role("checkbox", name="交通运输").check()
    page.get_by_role("checkbox", name="税务").check()
    page.get_by_role("button", name="出具并打开证明").click()
    assert "税务领域：查询期内无违法失信记录。" in page.locator("main").inner_text()
    sound("certificate")
    page.goto("/mine/report/")
    page.get_by_role("button", name="出具并打开", exact=True).click()
    sound("report")
    page.goto("/mine/report/")
    sound("offer")
    page.get_by_role("link", name="核验页").first.click()
    sound("valid")
    page.goto("/mine/report/")
    page.get_by_role("link", name="撤回").first.click()
    sound("withdraw")
    page.get_by_role("radio", name="报告遗失或者外泄").check()
    page.get_by_role("button", name="撤回这份报告").click()
    page.get_by_role("link", name="核验页").first.click()
    assert "已撤回。这份报告不再有效。" in page.locator("main").inner_text()
    sound("withdrawn")
    page.goto("/reports/verify/XB0/AAAAAAAA/")
    sound("unknown")
    page.goto("/kiosk/print/")
    sound("kiosk-choose")
    page.get_by_role("button", name="打完了，退出并清除").click()
    sound("kiosk-start")
    page.goto("/mine/report/")
    assert "/sign-in/" in page.url


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_of_the_desk_fits_and_is_accessible(page_at, axe, overflow, representative, width):
    officer = factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    page = page_at(width, user=officer)

    def sound(name: str) -> None:
        shot(page, name, width)
        assert page.locator("h1").count() == 1
        assert overflow(page) <= 0, name
        assert width != NARROW or axe(page) == [], name  # The same page at the other width says nothing new to axe.

    page.goto("/console/reports/")
    sound("desk-home")
    page.goto("/console/reports/ask/supervision/")
    sound("desk-ask")
    page.goto("/console/reports/batch/supervision/")
    page.locator("[name='matter_no']").fill("苏办〔2026〕118号")
    page.locator("[name='reason']").fill("核对本批监管对象的处罚情况")
    page.locator("[name='lines']").fill(f"{factories.FIRM},栖云望舒食品有限公司\n{factories.FIRM},别的名称")
    sound("desk-new")
    page.get_by_role("button", name="核对名单并送请批准").click()
    assert "等待 2 份" in page.locator("body").inner_text()
    sound("desk-batch-waits")
    second = page_at(width, user=factories.user("second", Role.ENQUIRER, of=officer.agency))
    second.goto("/console/reports/")
    second.locator("table a").first.click()
    sound_second = axe(second) if width == NARROW else []
    shot(second, "desk-batch-decide", width)
    assert (overflow(second) <= 0, sound_second) == (True, [])
    second.get_by_label("批准", exact=True).check()
    second.get_by_role("button", name="作出决定").click()
    page.reload()
    page.get_by_role("button", name="出具下十份").click()
    assert "已出具 1 份，未出具 1 份" in page.locator("body").inner_text()
    sound("desk-batch")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_file_is_taken_along_by_one_click(page_at, axe, overflow, representative, width):
    page = page_at(width, user=representative, script=width != NARROW)
    page.goto("/mine/")
    shot(page, "file", width)
    assert overflow(page) <= 0 and (width == NARROW or axe(page) == [])
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载我的全部信息（JSON）").click()
    held = json.loads(json.loads(waiting.value.path().read_text(encoding="utf-8"))["text"])
    assert [each["document_no"] for each in held["records"]] == ["示交罚〔2026〕1号"]
    page.goto("/mine/lookups/")
    shot(page, "lookups", width)
    assert overflow(page) <= 0 and (width == NARROW or axe(page) == [])
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载全部查询记录（CSV）").click()
    assert waiting.value.path().read_bytes().startswith(b"\xef\xbb\xbf")
