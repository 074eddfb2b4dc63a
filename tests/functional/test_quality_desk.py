"""The quality desk in a real browser: the centre compares and issues, a source reads its page and files its table."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from tests import factories as make
from tests import filings

from chengxin.accounts.roles import Role
from chengxin.intake.quality import counting
from chengxin.ui import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk() -> Any:
    """A source with eleven good rows and a wrong one, a second source with nothing."""
    make.law()
    make.firm()
    make.person()
    clerk = filings.clerk(make.agency())
    make.agency(make.OTHER_AGENCY)
    wrong = filings.PERSON_ROW | {"CF_XDR_ZJHM": "320199198002290013", "CF_WSH": "示交罚〔2026〕91号"}
    filings.file(filings.as_csv([*filings.rows(11), wrong]), clerk)
    counting.count(clock.now())
    return clerk


@pytest.mark.parametrize("width", (1280, 390))
def test_the_centre_compares_with_denominators_and_a_source_reads_what_to_mend(
    page_at, clerk, width, axe, overflow
) -> None:
    centre = page_at(width, user=make.user("operator", Role.CENTRE_OPERATOR))
    centre.goto("/console/quality/?month=2026-11")
    expect(centre.get_by_role("heading", level=1)).to_have_text("归集质量")
    expect(centre.locator("main")).to_contain_text("91.6 %（11/12）")
    assert axe(centre) == []
    assert overflow(centre) <= 0
    page = page_at(width, user=clerk)
    page.goto("/console/quality/?month=2026-11")
    expect(page.get_by_role("heading", level=1)).to_contain_text("示例单位438")
    main = page.locator("main")
    expect(main).to_contain_text("证件号码不符")
    expect(main).to_contain_text("在有名次的 1 个单位中列第 1 位")
    expect(main.locator("figure svg")).to_have_count(5)
    expect(main).to_contain_text("11 ÷ 12 = 91.6 %，＜ 95 %，得 0 分")
    expect(main).to_contain_text("未测量")
    assert "320199198002290013" not in page.content()
    assert axe(page) == []
    assert overflow(page) <= 0
    refused = page.goto(f"/console/quality/{make.agency(make.OTHER_AGENCY).pk}/")
    assert refused is not None and refused.status == 403


def test_a_source_files_last_months_table_and_the_centre_issues_the_bulletin(page_at, clerk) -> None:
    page = page_at(1280, user=clerk, script=False)
    page.goto("/console/quality/?month=2026-10")
    page.get_by_role("button", name="报送月报表").click()
    expect(page.get_by_text("月报表已报送，并写入存证日志。")).to_be_visible()
    expect(page.get_by_role("button", name="报送月报表")).to_have_count(0)
    centre = page_at(1280, user=make.user("operator", Role.CENTRE_OPERATOR), script=False)
    centre.goto("/console/quality/?month=2026-10")
    centre.get_by_role("button", name="签发本月通报").click()
    expect(centre.get_by_text("通报 TB-202610-01 已签发。")).to_be_visible()
    answer = centre.request.get("/console/quality/bulletins/TB-202610-01.pdf")
    assert answer.ok and answer.body().startswith(b"%PDF")
    page.goto("/console/quality/?month=2026-10")
    expect(page.get_by_text("行数不足，不排名次", exact=False)).to_be_visible()
    expect(page.get_by_role("link", name="TB-202610-01")).to_be_visible()
    handed = page.request.get("/console/quality/bulletins/TB-202610-01.pdf")
    assert handed.ok and handed.body().startswith(b"%PDF")
    page.goto("/console/")
    expect(page.get_by_text("归集质量通报 TB-202610-01 已签发", exact=False).first).to_be_visible()
    stranger = page_at(1280, user=make.user("decider", Role.DECIDER))
    assert stranger.request.get("/console/quality/bulletins/TB-202610-01.pdf").status == 403
