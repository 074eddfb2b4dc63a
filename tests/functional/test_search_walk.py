"""Searching by name in a browser, without script: variants find the organisation, each with its reason."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from tests import factories

WAYS = {
    "棲雲望舒食品有限公司": "繁体或异体字写法",
    "qiyunwangshu": "拼音相同",
    "栖云旺舒食品": "同音字",
    "望舒": "含有这些字",
}


@pytest.mark.usefixtures("transactional_db")
def test_a_stranger_finds_an_organisation_however_its_name_is_written(page_at, axe, overflow):
    factories.law()
    factories.firm()
    factories.firm(factories.OTHER_FIRM, "澄江望舒物流有限公司")
    page = page_at(390, script=False)
    page.goto("/search/")
    for typed, reason in WAYS.items():
        _ask(page, typed)
        assert "栖云望舒食品有限公司" in page.locator("table").inner_text()
        assert reason in page.locator("table").inner_text()
    _ask(page, "没有的名称")
    assert "没有找到" in page.locator("main").inner_text()
    assert "拼音" in page.locator("main").inner_text()
    for width in (1280, 390):
        page = page_at(width)  # The check of accessibility is itself a script.
        page.goto("/search/")
        for typed in ("望舒", "没有的名称"):
            _ask(page, typed)
            assert (axe(page), overflow(page)) == ([], 0)


def _ask(page: Page, typed: str) -> None:
    page.get_by_role("searchbox").fill(typed)
    page.get_by_role("button", name="查询").click()
