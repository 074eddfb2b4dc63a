"""What a recipient holds and must delete, at the desk and on the public list, in a real browser at both widths."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from tests import factories
from tests.factories import NOW, TODAY
from tests.functional.conftest import WIDTHS
from tests.screenings import THE_FIRM, listing, officer, screened

from chengxin.accounts.roles import Role
from chengxin.disclosure import feed, holdings, recipients, retention, snapshot
from chengxin.disclosure.recipients import Wanted
from chengxin.rules.held_sets import Total
from chengxin.ui import clock

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def centre():
    """The centre's operator; a recipient that differs and keeps too long, and a unit that owes feedback."""
    factories.law()
    listing(factories.firm())
    factories.record(factories.firm(), document_no="示交罚〔2026〕7号")
    screened(officer(), THE_FIRM)
    found = factories.user("centre-share", Role.CENTRE_OPERATOR, Role.REVIEWER, of=factories.agency())
    wanted = Wanted(factories.OTHER_AGENCY, "GX-1", "supervision", TODAY, TODAY + timedelta(days=700), 30)
    taker = recipients.add(wanted, actor=found, now=NOW).recipient
    feed.collect(NOW, TODAY)
    feed.pull(taker, 0, now=NOW - timedelta(days=60), today=TODAY)
    holdings.verify(taker, snapshot.newest(), Total(9, "0" * 64), now=NOW, today=TODAY)
    retention.run(now=clock.now(), today=clock.today())
    found.place = f"/console/recipients/{taker.pk}/"
    return found


def test_the_desk_and_the_public_list_say_who_holds_what(page_at, axe, overflow, centre):
    for width in WIDTHS:
        page = page_at(width, user=centre)
        for path in (centre.place, "/console/effects/", "/laggards/"):
            page.goto(path)
            assert (overflow(page) <= 0, axe(page)) == (True, []), path
            if folder := os.environ.get("CHENGXIN_SHOTS"):
                page.screenshot(path=f"{folder}/{path.strip('/').replace('/', '-')}-{width}.png", full_page=True)
    page = page_at(1280, user=centre, script=False)
    page.goto("/laggards/")
    text = page.locator("main").inner_text()
    assert "GX-1" in text and "比对命中逾期未反馈的" in text
    page.goto("/console/effects/")
    assert "不一致" in page.locator("main").inner_text()
    page.goto(centre.place)
    assert "核对不一致" in page.locator("main").inner_text()
    page.get_by_role("button", name="请对方重取全量并核对").click()
    page.get_by_text("已通知对方重新领取全量并核对").wait_for()
    page.get_by_role("button", name="登记对方的删除确认").click()
    page.get_by_text("没有到期应当删除而未确认的记录").wait_for()
    page.goto("/laggards/")
    assert "GX-1" not in page.locator("main").inner_text()
