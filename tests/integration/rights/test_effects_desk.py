"""Every effect of a decision has its row with time, ledger number and state; so has an ending nobody asked for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from tests import factories as make
from tests.factories import NOW, TODAY
from tests.stages import at, restored, stage

from chengxin.console.effects.steps import CODES
from chengxin.disclosure import feed
from chengxin.rights import daily_figures, duty
from chengxin.ui.clock import moved_to

pytestmark = pytest.mark.django_db
NUMBER, MINOR_DAY = "示交罚〔2026〕1号", date(2026, 11, 2)
WARNING = {**make.penalty_content(category="警告"), "CF_NR": "警告"}
NAMES = {
    *("停止公示", "停止共享", "停止使用", "解除惩戒措施", "监管评价", "信用报告"),
    *("筛查", "公开统计", "缓存", "告知已接收方"),
}


@pytest.fixture(autouse=True)
def demo_day(settings):
    settings.DEMO_DAY = TODAY.isoformat()


def effects(user, place: str, day: date = TODAY) -> list[list]:
    browser = Client()
    browser.force_login(user)
    with moved_to(day):
        answer = browser.get(place)
    assert answer.status_code == 200
    return answer.context["effects"]


def test_every_effect_the_issue_names_has_a_row_with_time_and_receipt():
    s = stage()
    case = restored(s)
    daily_figures.make(now=NOW, today=TODAY)
    rows = {row[0]: row for row in effects(s.reviewer, f"/console/effects/{case.pk}/")}
    assert set(rows) == NAMES and len(NAMES) == len(CODES)
    assert rows["监管评价"][4]["text"] == "不存在" and rows["监管评价"][1] == "—"
    for name in NAMES - {"监管评价"}:
        assert rows[name][1].startswith("2026-11-20"), name
        assert rows[name][3] != "—", name
    assert "2026-11-20" in rows["公开统计"][2]


def test_the_late_effect_stands_first_and_the_late_withdrawal_too():
    s = stage()
    taker = feed.contract(
        make.agency(make.OTHER_AGENCY), "supervision", "GX-1", since=TODAY, until=TODAY + timedelta(900)
    )
    feed.collect(NOW, TODAY)
    feed.pull(taker, 0, now=NOW, today=TODAY)
    case = restored(s)
    feed.collect(NOW, TODAY)
    place, later = f"/console/effects/{case.pk}/", TODAY + timedelta(days=30)
    waiting = effects(s.reviewer, place)
    assert waiting[-1][0] == "告知已接收方" and waiting[-1][4]["text"] == "等待回执"
    late = effects(s.reviewer, place, later)
    assert late[0][0] == "告知已接收方" and "逾期" in late[0][4]["text"]
    feed.pull(taker, 1, now=at(later), today=later)
    feed.acknowledge(taker, 2, now=at(later), applied=True)
    assert effects(s.reviewer, place, later)[-1][4]["text"] == "已完成"


def test_an_ending_without_an_application_is_on_the_desk_with_every_effect_and_names_nobody():
    s = stage(decided=MINOR_DAY, content=WARNING)
    duty.confirm(NUMBER, MINOR_DAY, MINOR_DAY, actor=s.clerk, now=NOW, today=TODAY)
    browser = Client()
    browser.force_login(s.reviewer)
    place = f"/console/effects/unasked/{s.record}/"
    assert place in browser.get("/console/effects/").content.decode()
    assert {row[0] for row in effects(s.reviewer, place)} == NAMES
    text = browser.get(place).content.decode()
    assert "栖云望舒" not in text and NUMBER not in text
    browser.force_login(s.clerk)
    assert browser.get(place).status_code == 404


def test_a_record_that_did_not_end_so_has_no_such_page():
    s = stage()
    browser = Client()
    browser.force_login(s.reviewer)
    assert browser.get(f"/console/effects/unasked/{s.record}/").status_code == 404
