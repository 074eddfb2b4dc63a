"""The desk of effects and the public list of laggards, in a real browser at both widths."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories
from tests.factories import NOW, TODAY
from tests.functional.conftest import WIDTHS
from tests.stages import restored, stage

from chengxin.disclosure import feed

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene():
    """Return a stage whose restored record two units had been given; one confirmed, one has been silent for years.

    Moments are long past on the wall clock, so the silent unit is late whenever the test runs.
    """
    s = stage()
    ends = TODAY + timedelta(days=9000)
    quick, silent = (
        feed.contract(factories.agency(code), "supervision", f"GX-2026-{n}", since=TODAY, until=ends)
        for n, code in enumerate((factories.AGENCY, factories.OTHER_AGENCY))
    )
    feed.collect(NOW, TODAY)
    for recipient in (quick, silent):
        feed.pull(recipient, 0, now=NOW, today=TODAY)
    case = restored(s)
    feed.collect(NOW, TODAY)
    feed.pull(quick, 1, now=NOW, today=TODAY)
    feed.acknowledge(quick, 2, now=NOW, applied=True)
    return s, case, silent


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_fit_and_are_accessible(page_at, axe, overflow, scene, width):
    s, case, _silent = scene
    page = page_at(width, user=s.reviewer)
    for path in ("/console/effects/", f"/console/effects/{case.pk}/", "/laggards/"):
        page.goto(path)
        assert page.locator("h1").count() == 1
        assert overflow(page) <= 0
        assert axe(page) == []


def test_from_the_case_to_every_effect_and_every_recipient(page_at, scene):
    s, case, _silent = scene
    page = page_at(1280, user=s.reviewer)
    page.goto(f"/console/cases/{case.pk}/")
    page.get_by_role("link", name="看各项效力走到哪里").click()
    effects = page.get_by_role("table", name="各项效力")
    for text in ("停止公示", "停止共享", "停止使用", "解除惩戒措施", "监管评价", "告知已接收方", "1 家已确认停止使用"):
        assert text in effects.inner_text()
    receipts = page.get_by_role("table", name="各单位的回执").inner_text()
    assert "GX-2026-0" in receipts and "已停止使用" in receipts
    assert "GX-2026-1" in receipts and "待告知" in receipts
    outputs = page.get_by_role("table", name="各种输出怎样得知记录已终止").inner_text()
    assert "信用报告" in outputs and "没有此项" in outputs


def test_the_page_looks_again_by_itself_and_can_be_paused(page_at, scene):
    s, case, silent = scene
    page = page_at(1280, user=s.decider)
    page.goto(f"/console/effects/{case.pk}/")
    pause = page.get_by_role("button", name="暂停自动刷新")
    assert pause.is_visible()
    feed.pull(silent, 1, now=NOW, today=TODAY)
    feed.acknowledge(silent, 2, now=NOW, applied=True)
    page.get_by_text("2 家已确认停止使用").wait_for(timeout=9000)
    pause.wait_for(state="hidden", timeout=9000)


def test_without_script_there_is_a_link_to_look_again(page_at, scene):
    s, case, silent = scene
    page = page_at(390, user=s.reviewer, script=False)
    page.goto(f"/console/effects/{case.pk}/")
    assert not page.get_by_role("button", name="暂停自动刷新").is_visible()
    feed.pull(silent, 1, now=NOW, today=TODAY)
    page.get_by_role("link", name="刷新").click()
    assert "已发出" in page.get_by_role("table", name="各单位的回执").inner_text()


def test_anyone_sees_who_is_late_since_when_and_by_which_rule(page_at, scene, monkeypatch):
    from chengxin.ui import clock

    _s, _case, silent = scene
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=3))
    page = page_at(390, script=False)
    page.goto("/laggards/")
    listed = page.get_by_role("table", name="逾期未确认的单位").inner_text()
    assert "GX-2026-1" in listed and "GX-2026-0" not in listed
    assert "2026-11-21 09:30" in listed, "due one day after the withdrawal"
    assert "国办发〔2025〕22号" in page.locator(".page-basis").inner_text()
    whole = page.locator("main").inner_text()
    assert factories.FIRM not in whole and "示交罚" not in whole
    feed.pull(silent, 1, now=NOW, today=TODAY)
    feed.acknowledge(silent, 2, now=NOW, applied=True)
    page.reload()
    assert page.get_by_text("现在没有逾期的单位。").is_visible()


def test_the_desk_is_not_for_those_who_do_not_work_on_cases(page_at, scene):
    s, case, _silent = scene
    page = page_at(1280, user=s.applicant)
    for path in ("/console/effects/", f"/console/effects/{case.pk}/"):
        answer = page.goto(path)
        assert answer is not None and answer.status == 404
