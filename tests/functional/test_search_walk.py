"""Searching by name in a browser, without script: variants find the organisation, each with its reason."""

from __future__ import annotations

import pytest
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
    for width in (1280, 390):
        page = page_at(width, script=False)
        page.goto("/search/")
        for typed, reason in WAYS.items():
            page.get_by_role("searchbox").fill(typed)
            page.get_by_role("button", name="查询").click()
            assert "栖云望舒食品有限公司" in page.locator("table").inner_text()
            assert reason in page.locator("table").inner_text()
        assert (axe(page), overflow(page)) == ([], 0)
        page.get_by_role("searchbox").fill("没有的名称")
        page.get_by_role("button", name="查询").click()
        assert "没有找到" in page.locator("main").inner_text()
        assert "拼音" in page.locator("main").inner_text()
        assert (axe(page), overflow(page)) == ([], 0)
