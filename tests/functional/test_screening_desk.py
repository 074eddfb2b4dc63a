"""The desk of screening in a real browser: matter, codes, result, feedback; both widths, and without script."""

from __future__ import annotations

import pytest
from tests import factories
from tests.factories import CITIZEN, FIRM
from tests.functional.conftest import WIDTHS
from tests.screenings import MATTER_NO, PERSON_NAME, listing, measure, officer

from chengxin.accounts.roles import Role
from chengxin.disclosure.models import Access, ScreeningFeedback, ScreeningHit

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def actor():
    factories.law()
    measure(listing(factories.firm()), "A-01")
    factories.person()
    return officer()


def screen(page, lines: str, matter: str = "market_entry", **chosen: str) -> None:
    page.goto(f"/console/screening/ask/{matter}/")
    for name, value in chosen.items():
        page.locator(f"[name='{name}']").select_option(value)
    page.locator("[name='matter_no']").fill(MATTER_NO)
    page.locator("[name='lines']").fill(lines)
    page.get_by_role("button", name="比对并留痕").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_and_is_accessible(page_at, axe, overflow, actor, width):
    page = page_at(width, user=actor)
    for path in ("/console/screening/", "/console/screening/ask/market_entry/"):
        page.goto(path)
        assert page.locator("h1").count() == 1
        assert (overflow(page) <= 0, axe(page)) == (True, []), path
    screen(page, FIRM)
    assert (overflow(page) <= 0, axe(page)) == (True, [])
    page.get_by_role("link", name="请在").first.click()
    assert (overflow(page) <= 0, axe(page)) == (True, [])


def test_from_codes_to_feedback_without_script(page_at, actor):
    page = page_at(1280, user=actor, script=False)
    screen(page, f"{FIRM}\n91320199MAO0000156\n")
    text = page.locator("main").inner_text()
    assert "命中" in text and "不能比对" in text and "市场或者行业准入" in text and "行政复议" in text
    for _ in range(2):
        page.goto("/console/screening/")
        page.get_by_role("link", name=MATTER_NO).first.click()
        page.locator("[name='applied'][value='no']").check()
        page.get_by_role("button", name="提交反馈").click()
        assert "须写明理由" in page.locator("main").inner_text()
        page.locator("[name='reason']").fill("本次仅变更地址，不涉及准入")
        page.get_by_role("button", name="提交反馈").click()
    assert "没有等待反馈的命中" in page.locator("main").inner_text()
    assert ScreeningFeedback.objects.count() == ScreeningHit.objects.count() == 2


def test_a_persons_number_and_name_are_never_shown_again(page_at, actor):
    page = page_at(1280, user=actor)
    screen(page, f"{CITIZEN} {PERSON_NAME}", subject_kind="person", code_kind="citizen_id")
    assert "没有命中" in page.locator("main").inner_text()
    assert CITIZEN not in page.content() and PERSON_NAME not in page.content() and CITIZEN not in page.url
    assert Access.objects.get().outcome == "answered"
    page.goto("/console/screening/ask/market_entry/")
    page.get_by_role("button", name="比对并留痕").click()
    assert "每行一个号码" in page.locator("main").inner_text()


def test_another_units_hit_is_not_there(page_at, actor):
    page = page_at(1280, user=actor)
    screen(page, FIRM)
    number = ScreeningHit.objects.first().pk
    stranger = page_at(1280, user=factories.user("else", Role.ENQUIRER, of=factories.agency()))
    assert stranger.goto(f"/console/screening/feedback/{number}/").status == 404
    assert stranger.goto("/console/screening/feedback/00000000-0000-4000-8000-000000000000/").status == 404
