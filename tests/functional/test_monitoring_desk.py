"""The auditor's desk in a real browser: a ticket goes from a rule through the unit and two people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from tests import factories as make
from tests.functional.conftest import WIDTHS
from tests.integration.monitoring.conftest import look

from chengxin.accounts.roles import Role
from chengxin.monitoring import judging
from chengxin.registry.subjects import give_mandate
from chengxin.ui import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    """An officer who looked at a ward of theirs yesterday, and two auditors."""
    make.law()
    now = clock.now()
    unit, centre = make.agency(make.OTHER_AGENCY), make.agency(runs_platform=True)
    officer = make.user("officer", Role.ENQUIRER, of=unit)
    person = make.person()
    give_mandate(officer, person, now - timedelta(days=30), capacity="guardian")
    for hours in (24, 25):
        look(officer, person, now - timedelta(hours=hours))
    judging.run(now=now, today=clock.today())
    return officer, make.user("first", Role.AUDITOR, of=centre), make.user("second", Role.AUDITOR, of=centre)


def test_a_ticket_goes_through_the_unit_and_two_people(page_at, people, axe, overflow) -> None:
    officer, first, second = people
    one, unit, two = page_at(1280, user=first), page_at(390, user=officer), page_at(1280, user=second)
    one.goto("/console/monitoring/")
    one.get_by_role("link", name="HC-").first.click()
    expect(one.locator("main")).to_contain_text("其本人监护的人")
    expect(one.locator("main")).to_contain_text("有经核对的监护证明")
    assert "沈清和" not in one.content() and make.CITIZEN not in one.content()
    ticket = one.url
    one.get_by_role("button", name="请单位说明").click()
    expect(one.get_by_text("单位还没有说明，期限未到。")).to_be_visible()

    unit.goto("/console/monitoring/asked/")
    unit.get_by_role("link", name="HC-").click()
    assert overflow(unit) <= 0 and axe(unit) == []
    unit.get_by_label("为哪件事、为什么需要").fill("该事项由我经办，未及时回避。")
    unit.get_by_role("button", name="提交说明").click()
    expect(unit.get_by_text("说明已提交，并写入存证日志。")).to_be_visible()

    one.goto(ticket)
    expect(one.locator("main")).to_contain_text("该事项由我经办，未及时回避。")
    one.get_by_label("属于违规查询").check()
    one.get_by_label("理由", exact=True).fill("有监护关系，应当回避。")
    one.get_by_role("button", name="提出判断，交另一人复核").click()
    expect(one.get_by_text("您提出了判断，不能由您复核。")).to_be_visible()

    two.goto(ticket)
    two.get_by_text("需要知道主体是谁").click()
    two.get_by_label("为什么需要知道").fill("核对监护证明。")
    two.get_by_role("button", name="查看并留痕").click()
    expect(two.get_by_text("沈**")).to_be_visible()
    two.get_by_label("理由", exact=True).fill("同意。")
    two.get_by_role("button", name="同意，办结").click()
    expect(two.locator("main")).to_contain_text("属于违规查询")
    two.goto("/console/monitoring/?closed=1")
    expect(two.locator("main")).to_contain_text("HC-")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_fit_and_are_accessible(page_at, people, axe, overflow, width) -> None:
    _officer, first, _second = people
    page = page_at(width, user=first)
    paths = ("", "reads/", "counts/", "?closed=1", "reads/?outcome=refused")
    page.goto("/console/monitoring/")
    ticket = page.get_by_role("link", name="HC-").first.get_attribute("href")
    for path in (*(f"/console/monitoring/{each}" for each in paths), ticket):
        page.goto(path)
        assert page.locator("h1").count() == 1
        assert overflow(page) <= 0, path
        assert axe(page) == [], path
