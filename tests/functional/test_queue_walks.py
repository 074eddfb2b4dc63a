"""The erasure desk, agents, reorganisation and a contest by other people, in a browser at both widths."""

from __future__ import annotations

from datetime import date

import pytest
from tests import factories, stages
from tests.factories import NOW, TODAY
from tests.functional.conftest import WIDTHS
from tests.stages import decided, stage, take

from chengxin.cases.models import Case
from chengxin.registry import hiding
from chengxin.registry.models import Cause
from chengxin.rights import bankruptcy, erasure
from chengxin.rights.objections import Act

pytestmark = [pytest.mark.django_db(transaction=True)]
WIDTH = pytest.mark.parametrize("width", WIDTHS)


@pytest.fixture
def sound(axe, overflow, settings):
    settings.DEMO_DAY = TODAY.isoformat()

    def check(page, path: str) -> None:
        assert page.goto(path).status == 200, path
        assert overflow(page) <= 0, path
        assert axe(page) == [], path

    return check


@WIDTH
def test_the_erasure_desk_and_the_agents(page_at, sound, width):
    s = stage(factories.person())
    case = erasure.request(s.subject.id, actor=s.applicant, now=NOW, today=TODAY)
    page = page_at(width, user=s.reviewer)
    for path in ("/console/erasure/", "/console/cases/?kind=erasure", f"/console/erasure/{case.pk}/"):
        sound(page, path)
    page.get_by_label("不予删除").check()
    page.get_by_label("理由").first.fill("使用期未满。")
    page.get_by_role("button", name="拟处理意见").click()
    page.get_by_text("已办理").first.wait_for()
    assert Case.objects.get(pk=case.pk).state == "proposed"
    mine = page_at(width, user=s.applicant)
    for path in ("/mine/cases/", f"/mine/erasure/{case.pk}/", "/mine/agents/"):
        sound(mine, path)


@WIDTH
def test_a_failing_reorganisation_is_heard(page_at, sound, width):
    s = stage()
    ruling = bankruptcy.Ruling("示例市中级人民法院", "（2026）示破1号", date(2026, 11, 2), date(2028, 11, 2))
    case = bankruptcy.file(
        s.subject.id, ruling, actor=s.applicant, now=NOW, today=TODAY, evidence=[b"%PDF-1.7 ruling 0001"]
    )
    bankruptcy.propose(Act(case.pk, s.reviewer, NOW, TODAY), "裁定属实。")
    bankruptcy.shield(Act(case.pk, s.decider, NOW, TODAY), "同意。")
    assert hiding.hidden(s.record).cause == Cause.SHIELDED
    mine, desk = page_at(width, user=s.applicant), page_at(width, user=s.decider)
    sound(mine, f"/mine/records/{s.record}/")
    bankruptcy.fail(Act(case.pk, s.reviewer, NOW, TODAY), "法院裁定终止执行。")
    sound(mine, f"/mine/reorganisation/{case.pk}/")
    mine.get_by_role("link", name="陈述申辩").click()
    mine.get_by_label("您的陈述和申辩").fill("计划仍可执行。")
    mine.get_by_role("button", name="陈述申辩").click()
    mine.wait_for_url(f"**/mine/reorganisation/{case.pk}/")
    for path in (f"/console/cases/reorganisation/{case.pk}/", "/console/cases/reorganisation/?closed=1"):
        sound(desk, path)
    sound(desk, "/console/cases/load/")


@WIDTH
def test_a_contest_is_handled_by_other_people(page_at, sound, width):
    s = stage()
    case = take(decided(s, "upheld"), "contest", s.applicant, note="没有回应我的票据。")
    first = page_at(width, user=s.reviewer)
    sound(first, f"/console/cases/{case.pk}/")
    assert first.get_by_text("现在没有其他审核人可以接手").first.is_visible()
    reviewer, decider = stages.others(s)
    for user, button, state in ((reviewer, "拟复核意见", "contest_proposed"), (decider, "作出复核决定", "ended")):
        page = page_at(width, user=user)
        page.goto("/console/cases/")
        page.get_by_role("link", name="打开最先到期的一件").click()
        if user == reviewer:
            page.locator("[name='outcome'][value='upheld']").check()
            page.locator("#id_propose_note").fill("重新核查，记录无误。")
        page.get_by_role("button", name=button, exact=True).click()
        page.get_by_text("已办理").first.wait_for()
        assert Case.objects.get(pk=case.pk).state == state
