"""The open site in a browser, with and without script: an organisation, the lists, figures and open data."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from tests import factories
from tests.factories import FIRM, HONOUR, LICENCE, NOW, TODAY

from chengxin.disclosure import open_data
from chengxin.registry import services as registry

LISTED = "JS-SW-01"
PAGES = (f"/organisations/{FIRM}/", "/lists/", "/lists/?list=abnormal", "/statistics/", "/open-data/", "/latest/", "/")


@pytest.fixture
def province(transactional_db, settings, tmp_path):
    settings.VAR, settings.DEMO_DAY = tmp_path, TODAY.isoformat()
    factories.law()
    firm = factories.firm()
    for number in range(2, 14):
        decided = TODAY - timedelta(days=40 * number)
        factories.record(firm, document_no=f"示交罚〔2026〕{number}号", decided=decided, on=decided)
    factories.record(firm, item=LICENCE, document_no="示许〔2026〕1号", content={"XK_YXQZ": "2029-12-31"})
    factories.record(
        firm, item=HONOUR, document_no="示荣〔2026〕1号", content={"RY_MC": "示范单位", "RY_YXQ": "2029-12-31"}
    )
    listed = factories.record(firm, item=LISTED, document_no="示税〔2026〕1号", content={})
    registry.annotate(listed, "disputed", ref="T-1", now=NOW)
    open_data.make(now=NOW + timedelta(hours=1), today=TODAY)  # Whatever time of day the test runs at.


@pytest.mark.usefixtures("province")
def test_a_stranger_reads_the_open_site(page_at, axe, overflow):
    for width in (1280, 390):
        page = page_at(width)
        for path in PAGES:
            page.goto(path)
            assert (path, axe(page), overflow(page)) == (path, [], 0)
            if where := os.environ.get("CHENGXIN_PICTURES"):
                page.screenshot(path=f"{where}/{width}{path.replace('/', '_').replace('?', '_')}.png", full_page=True)
        page = page_at(width, script=False)
        page.goto(f"/organisations/{FIRM}/")
        told = page.locator("main").inner_text()
        for said in ("异议处理中", "公示期满，不再显示", "示税〔2026〕1号", "公示到", "信用承诺：无公示中的记录。"):
            assert said in told
        page.goto("/lists/")
        assert "怎样移出" in page.locator("main").inner_text()
        page.goto("/statistics/")
        assert "南京" in page.locator("main").inner_text()
        page.goto("/open-data/")
        with page.expect_download() as given:
            page.get_by_role("link", name="ndjson.gz").first.click()
        assert given.value.suggested_filename.endswith(".ndjson.gz")
