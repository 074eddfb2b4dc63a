"""An operator issues, renews and ends a client and pins a key, in a real browser; no token stands in an address."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from tests import factories as make
from tests.functional.conftest import WIDTHS

from chengxin.accounts import clients
from chengxin.accounts.roles import Role
from chengxin.ui import clock
from chengxin.vault import sm2

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator() -> Any:
    make.law()
    make.agency()
    return make.user("operator", Role.CENTRE_OPERATOR, of=make.agency(make.OTHER_AGENCY, runs_platform=True))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_client_is_issued_renewed_and_ended(page_at, operator, width, axe, overflow) -> None:
    page = page_at(width, user=operator, script=width == 1280)
    visited: list[str] = []
    page.on("request", lambda request: visited.append(request.url))

    def passes() -> None:
        assert overflow(page) <= 0
        assert width != 1280 or axe(page) == []

    page.goto("/console/")
    page.locator("main").get_by_role("link", name="接口客户端").click()
    expect(page.get_by_text("还没有接口客户端。")).to_be_visible()
    passes()
    page.get_by_role("link", name="签发接口客户端").click()
    page.get_by_label("单位的统一社会信用代码").fill("113201990000000000")
    page.get_by_label("报送、更正和撤回记录").check()
    page.get_by_role("button", name="签发令牌").click()
    expect(page.get_by_text("平台没有这个代码的单位", exact=False).first).to_be_visible()
    passes()
    page.get_by_label("单位的统一社会信用代码").fill(make.AGENCY)
    page.get_by_role("button", name="签发令牌").click()
    first = page.locator("#client-token").inner_text()
    assert clients.authenticate(first, clock.now())
    passes()
    page.get_by_role("link", name="我已保存，返回").click()
    assert first not in page.content()
    passes()
    page.get_by_role("button", name="更换令牌").click()
    second = page.locator("#client-token").inner_text()
    assert second != first and clients.authenticate(first, clock.now()) and clients.authenticate(second, clock.now())
    page.get_by_role("link", name="我已保存，返回").click()
    page.get_by_role("button", name="停用这个客户端").click()
    expect(page.get_by_text("已停用，令牌立即失效。")).to_be_visible()
    assert clients.authenticate(second, clock.now()) is None
    passes()
    page.goto("/console/clients/")
    expect(page.get_by_role("table", name="接口客户端").get_by_role("row")).to_have_count(3)
    passes()
    assert not [url for url in visited if re.search("cx_[0-9a-f]{32}_", url)]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_key_is_pinned_and_removed(page_at, operator, width, axe, overflow) -> None:
    page = page_at(width, user=operator)
    page.goto("/console/clients/")
    page.get_by_role("link", name="登记对端公钥").click()
    page.get_by_label("单位的统一社会信用代码").fill(make.AGENCY)
    page.get_by_label("对方系统的 SM2 公钥", exact=False).fill("ab" * 64)
    page.get_by_label("已通过另一渠道", exact=False).check()
    page.get_by_role("button", name="登记公钥").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_label("对方系统的 SM2 公钥", exact=False).fill(sm2.generate().public.hex())
    page.get_by_role("button", name="登记公钥").click()
    expect(page.get_by_text("公钥已登记", exact=False).first).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="停用这把公钥").click()
    expect(page.get_by_text("不再接收", exact=False).first).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
