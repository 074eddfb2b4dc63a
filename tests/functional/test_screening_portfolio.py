"""The register of watched subjects in a real browser: by file on it, a change is told, and by code off it again."""

from __future__ import annotations

import os

import pytest
from tests import factories
from tests.factories import FIRM
from tests.functional.conftest import WIDTHS
from tests.screenings import MATTER_NO, listing, officer

from chengxin.disclosure.models import ScreeningHook
from chengxin.disclosure.screening import services
from chengxin.ui import clock

pytestmark = [pytest.mark.django_db(transaction=True)]
HOME = "/console/screening/portfolio/"


@pytest.fixture
def actor():
    factories.law()
    factories.firm()
    return officer()


def test_by_file_on_the_register_a_change_is_told_and_by_code_off_it(page_at, axe, overflow, actor, settings):
    page = page_at(1280, user=actor, script=False)
    page.goto(HOME)
    assert "名册中没有主体" in page.locator("main").inner_text()
    page.get_by_role("link", name="市场或者行业准入").click()
    page.locator("[name='matter_no']").fill(MATTER_NO)
    file = {"name": "list.txt", "mimeType": "text/plain", "buffer": f"{FIRM}\n91320199MA00000T4W\n".encode()}
    page.locator("[name='file']").set_input_files(file)
    page.get_by_role("button", name="比对并列入名册").click()
    assert "1 个主体已列入监测" in page.locator("main").inner_text()
    listing(factories.firm())
    services.run(clock.now(), clock.today())
    failing = {"url": "https://hall.example/in", "cursor": 1, "failures": 2, "failure": "closed"}
    ScreeningHook.objects.create(agency=actor.agency, **failing)
    for width in WIDTHS:
        seen = page_at(width, user=actor)
        for path in (HOME, HOME + "add/market_entry/", HOME + "remove/market_entry/"):
            seen.goto(path)
            assert (overflow(seen) <= 0, axe(seen)) == (True, []), path
            if folder := os.environ.get("CHENGXIN_SHOTS"):
                seen.screenshot(path=f"{folder}/{path.strip('/').replace('/', '-')}-{width}.png", full_page=True)
    page.goto(HOME)
    text = page.locator("main").inner_text()
    assert "新命中" in text and FIRM in text and "最近一次推送没有成功" in text
    page.locator("[name='after']").fill("0")
    page.get_by_role("button", name="重新推送").click()
    assert "重新推送" in page.locator("body").inner_text() and ScreeningHook.objects.get().cursor == 0
    settings.CHENGXIN_PUSH_HOSTS = ["hall.example"]
    for url, said in (
        ("https://x.example/in", "不能向这个地址推送"),
        ("https://hall.example/new", "推送地址已保存"),
        ("", "已停止推送"),
    ):
        page.goto(HOME)
        page.locator("[name='url']").fill(url)
        page.get_by_role("button", name="保存推送地址").click()
        page.get_by_text(said).wait_for()
    assert not ScreeningHook.objects.exists()
    page.goto(HOME + "remove/market_entry/")
    page.locator("[name='matter_no']").fill(MATTER_NO)
    page.locator("[name='lines']").fill(FIRM)
    page.get_by_role("button", name="移出名册").click()
    assert "已结束 1 个主体的监测" in page.locator("body").inner_text()
    assert "名册中没有主体" in page.locator("main").inner_text()
