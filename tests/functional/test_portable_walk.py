"""A holder issues a report and shows two things of many; a stranger checks it offline and later sees it superseded."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from tests import factories
from tests.factories import CITIZEN

from chengxin.disclosure.models import PortableReport
from chengxin.disclosure.portable import services as portable
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.ui import clock

pytestmark = [pytest.mark.django_db(transaction=True)]
VERIFIER = Path(settings.HOME) / "verifier" / "chengxin_portable.html"
BANK, REQUEST = "栖云示范银行", "8317"


@pytest.fixture
def holder(transactional_db, settings):
    settings.DEMO_DAY = factories.TODAY.isoformat()
    factories.law()
    subject = factories.person()
    factories.record(subject, document_no="示交罚〔2026〕7号")
    return factories.citizen(subject, "self")


def presented(page) -> str:
    """Issue a report, tick the record and one "no record", and return the text to hand over."""
    page.goto("/mine/")
    page.get_by_role("link", name="带走一份可以只出示几项的报告").click()
    page.get_by_role("button", name="出具", exact=True).click()
    page.get_by_role("checkbox", name="行政许可信息：没有记录").check()
    page.locator("fieldset", has_text="示交罚〔2026〕7号").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="生成").click()
    assert "请填写给谁看" in page.locator("main").inner_text()
    page.get_by_label("给谁看").fill(BANK)
    page.get_by_label("对方给您的请求编号").fill(REQUEST)
    page.get_by_role("button", name="生成").click()
    return page.get_by_label("报告文本").input_value()


def judged(page, **given: str) -> str:
    """Fill the offline page and return what it says."""
    for name, text in given.items():
        page.locator(f"#{name}").fill(text)
    page.get_by_role("button", name="核验").click()
    page.locator("#result section").first.wait_for()
    return page.locator("#result").inner_text()


def test_two_of_many_are_shown_and_a_repair_is_seen(page_at, browser, holder, axe, overflow, live_server):
    page = page_at(390, user=holder, script=False)
    text = presented(page)
    assert overflow(page) <= 0 and CITIZEN not in page.url
    page = page_at(1280, user=holder)
    page.goto("/portable/")
    assert (overflow(page), axe(page)) == (0, [])
    page.goto("/mine/portable/")
    assert (overflow(page), axe(page)) == (0, [])
    page.get_by_role("link", name="选择要出示的内容").click()
    assert (overflow(page), axe(page)) == (0, []) and BANK in page.locator("main").inner_text()

    def fetched(path: str) -> str:
        return page.request.get(f"{live_server.url}{path}").text()

    keys, listed = fetched("/portable/keys.json"), fetched("/portable/status/1")
    stranger = browser.new_context(viewport={"width": 390, "height": 844}, offline=True).new_page()
    stranger.clock.set_fixed_time(clock.now())
    stranger.goto(VERIFIER.as_uri())
    seen = judged(stranger, presentation=text, keys=keys, list=listed, audience=BANK, nonce=REQUEST)
    assert "有效" in seen and "示例省交通运输厅" in seen and "没有记录" in seen and "0 分钟前" in seen
    assert "沈清和" not in seen and stranger.locator("#result section").count() == 4
    assert overflow(stranger) <= 0
    assert "不是给您的" in judged(stranger, audience="别的银行")
    assert "不通过" in judged(stranger, audience=BANK, presentation=text.replace("~W", "~X", 1))

    record = PortableReport.objects.get().contents.get().record_id
    registry.end_record(record, Cause.RESTORED, ref="T-1", now=clock.now())
    assert portable.refresh(now=clock.now()) == 1  # The worker does this between two status lists.
    assert "已被取代" in judged(stranger, presentation=text, list=fetched("/portable/status/1"))
    assert "状态未知" in judged(stranger, list="")

    page.goto("/portable/verifier.html")
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 10
    assert "不通过" in judged(page, presentation="x", keys=keys)
    stranger.context.close()


def test_a_label_ticks_what_it_says_and_nothing_of_another_group(page_at, holder):
    page = page_at(1280, user=holder)
    page.goto("/mine/portable/")
    page.get_by_role("button", name="出具", exact=True).click()
    labels = page.locator("form.form .choice label")
    for number in range(labels.count()):
        labels.nth(number).click()
        ticked = page.evaluate(
            "[...document.querySelectorAll('.choice')].map((each, n) => each.querySelector('input').checked ? n : -1)"
        )
        assert [n for n in ticked if n >= 0] == [number], labels.nth(number).inner_text()
        labels.nth(number).click()
