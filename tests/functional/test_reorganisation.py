"""The reorganisation pages in a browser at the width of a telephone: readable, accessible, and usable by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import stages
from tests.factories import NOW, TODAY

from chengxin.rights import bankruptcy
from chengxin.rights.objections import Act

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_an_organisation_applies_and_sees_what_is_hidden(page_at, axe, overflow, settings):
    settings.DEMO_DAY = (TODAY + timedelta(days=1)).isoformat()
    s = stages.stage()

    def sound(page) -> None:
        assert overflow(page) <= 0, page.url
        assert axe(page) == [], page.url

    page = page_at(390, user=s.applicant)
    page.goto("/mine/")
    page.get_by_role("link", name="申请破产重整信用修复").click()
    sound(page)
    page.get_by_label("作出裁定的法院").fill("示例市中级人民法院")
    page.get_by_label("裁定书文号").fill("（2026）示破1号")
    page.get_by_label("裁定日期").fill("2026-11-02")
    page.get_by_label("计划执行期限的最后一天").fill("2028-11-02")
    page.get_by_label("证明材料说明").fill("裁定书和重整计划已送管理人。")
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url("**/mine/reorganisation/*-*/")
    sound(page)
    case = page.url.rstrip("/").rpartition("/")[2]
    desk = page_at(390, user=s.reviewer)
    desk.goto("/console/cases/reorganisation/")
    sound(desk)
    desk.goto(f"/console/cases/reorganisation/{case}/")
    sound(desk)
    bankruptcy.propose(Act(case, s.reviewer, NOW, TODAY), "裁定属实。")
    bankruptcy.shield(Act(case, s.decider, NOW, TODAY), "同意。")
    page.goto("/mine/")
    assert page.get_by_role("heading", name="暂停展示的记录").is_visible()
    sound(page)
