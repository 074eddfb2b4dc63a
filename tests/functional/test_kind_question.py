"""A number known for another kind of subject, judged and taken back in a browser, with and without script."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from tests import factories as make
from tests import filings

from chengxin.accounts.roles import Role
from chengxin.intake import selectors
from chengxin.registry.models import Record

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def judge(settings: Any) -> Any:
    settings.DEMO_DAY = make.TODAY.isoformat()
    make.law()
    make.firm()
    clerk = filings.clerk(make.agency())
    filings.file(filings.as_csv([filings.FIRM_ROW | {"CF_XDR_LB": "个体工商户"}]), clerk)
    return make.user("judge", Role.CENTRE_OPERATOR)


@pytest.mark.parametrize(("width", "script"), [(1280, True), (390, False)])
def test_both_kinds_stand_side_by_side_and_the_answer_can_be_taken_back(page_at, judge, width, script, axe, overflow):
    page = page_at(width, script=script, user=judge)
    page.goto("/console/intake/questions/")
    page.get_by_role("link", name="号码与主体类别不一致").click()
    expect(page.get_by_text("与档案不同")).to_be_visible()
    expect(page.get_by_text("法人及非法人组织")).to_be_visible()
    assert axe(page) == [] if script else True
    assert overflow(page) <= 0
    page.get_by_label("是同一主体，报送的类别有误", exact=False).check()
    page.get_by_label("判定理由").fill("登记机关档案写明。")
    page.get_by_role("button", name="作出判定").click()
    page.wait_for_url("**/console/intake/questions/")
    assert (Record.objects.count(), selectors.open_questions().count()) == (1, 0)
    page.get_by_role("link", name="是同一主体").click()
    page.locator("textarea").fill("看错了档案。")
    page.get_by_role("button", name="撤销判定").click()
    page.wait_for_url("**/console/intake/questions/")
    assert selectors.open_questions().count() == 1


def test_the_english_page_asks_in_english(page_at, judge):
    page = page_at(1280, user=judge, language="en")
    page.goto(f"/console/intake/questions/{selectors.open_questions().get().pk}/")
    expect(page.get_by_label("One subject, its kind reported wrong", exact=False)).to_be_visible()
