"""The subject's rights, walked as the subject walks them: wrong, not me, already put right, and decided wrongly."""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import factories, stages
from tests.disclosures import about_firm, answer
from tests.factories import CITIZEN, FIRM, TODAY
from tests.functional.conftest import WIDTHS
from tests.functional.on_task import Walk
from tests.stages import LONG_AGO, Stage, at, decided, stage

from chengxin.accounts.roles import Role
from chengxin.cases.models import Case
from chengxin.disclosure.services import Answer
from chengxin.rights import duty, outreach

pytestmark = [pytest.mark.django_db(transaction=True)]
WIDTH = pytest.mark.parametrize("width", WIDTHS)
NUMBER = "示交罚〔2026〕1号"
NEXT_DAY = TODAY + timedelta(days=1)
"""The records of a stage are made public on TODAY, so people look at them from the next day on."""


@pytest.fixture
def sound(axe, overflow):
    """Return a check that a page fits its window, is accessible, and has no personal number in its address."""

    def check(page) -> None:
        folder = os.environ.get("CHENGXIN_SHOTS")
        if folder:
            name = re.sub(r"[^a-z]+", "-", page.url.split("/", 3)[3])[:40]
            page.screenshot(path=str(Path(folder) / f"walk-{name}-{page.viewport_size['width']}.png"), full_page=True)
        assert overflow(page) <= 0, page.url
        assert axe(page) == [], page.url
        assert CITIZEN not in page.url

    return check


@pytest.fixture
def scene(settings) -> Stage:
    """A firm with one penalty, old enough to be restored, on the day after it was made public."""
    settings.DEMO_DAY = NEXT_DAY.isoformat()
    return stage()


def public_page(page_at, width: int):
    """Return the firm's page as anybody sees it."""
    page = page_at(width)
    page.goto(f"/organisations/{FIRM}/")
    return page


def told(s: Stage, name: str) -> Answer:
    """Return what a licensing officer is told about the firm on the next day."""
    officer = factories.user(name, Role.ENQUIRER, of=s.source)
    return answer(about_firm(officer), now=at(NEXT_DAY), today=NEXT_DAY)


def to_the_objection(walk: Walk, sound=lambda page: None) -> None:
    """Go from one's own file to the form of an objection."""
    walk.goto("/mine/")
    sound(walk.page)
    walk.go(walk.page.get_by_role("link", name="查看详情和权利"))
    sound(walk.page)
    walk.go(walk.page.get_by_role("link", name="提出异议"))
    sound(walk.page)


@WIDTH
def test_a_penalty_is_disputed(page_at, scene, sound, width):
    walk = Walk(page_at(width, user=scene.applicant), "对处罚提出异议 Dispute a penalty")
    page = walk.page
    to_the_objection(walk, sound)
    walk.click(page.get_by_label("内容有错误"))
    walk.type(page.get_by_label("请说明哪里不对"), "罚款金额应为 3000 元。")
    walk.go(page.get_by_role("button", name="提交异议"))
    assert "最近的期限是" in page.locator(".page-lead").inner_text()
    sound(page)
    walk.done()
    assert "异议处理中" in public_page(page_at, width).locator(".record-card").first.inner_text()
    assert told(scene, "officer").disputed


@WIDTH
def test_not_me_takes_the_record_out_of_every_answer_at_once(page_at, scene, sound, width):
    assert NUMBER in public_page(page_at, width).content()
    assert len(told(scene, "officer before").rows) == 1
    walk = Walk(page_at(width, user=scene.applicant), "“不是我” This is not me")
    page = walk.page
    to_the_objection(walk)  # The pages on the way are those of the walk above, checked there.
    walk.click(page.get_by_label("不是我"))
    walk.type(page.get_by_label("请说明哪里不对"), "我们没有车，从未从事运输。")
    walk.go(page.get_by_role("button", name="提交异议"))
    assert page.get_by_text("关联已立即中止").first.is_visible()
    sound(page)
    walk.go(page.get_by_role("link", name="查看这条记录"))
    assert page.get_by_text("这条记录与您的关联已经中止。").is_visible()
    assert page.get_by_text("已中止，查清之前不公示、不使用").is_visible()
    sound(page)
    walk.done()
    shown = public_page(page_at, width)
    sound(shown)
    assert NUMBER not in shown.content()
    assert told(scene, "officer after").rows == ()


@WIDTH
def test_restoration_begins_with_the_letter_and_ends_with_the_record_gone(page_at, scene, sound, width, settings):
    duty.confirm(NUMBER, LONG_AGO, date(2026, 11, 10), actor=scene.clerk, now=at(NEXT_DAY), today=NEXT_DAY)
    outreach.run(now=at(NEXT_DAY), today=NEXT_DAY)
    walk = Walk(page_at(width, user=scene.applicant), "按通知申请修复，表已填好 Restore from the letter")
    page = walk.page
    walk.goto("/mine/inbox/")
    sound(page)
    letter = page.locator(".letter").filter(has_text="您有一条记录可以修复了")
    walk.go(letter.get_by_role("button", name="打开"))
    assert page.get_by_label("义务全部履行完毕的日期").input_value() == "2026-11-10"
    sound(page)
    walk.click(page.get_by_label("我确认"))
    walk.click(page.get_by_label("我已读完"))
    walk.go(page.get_by_role("button", name="提交修复申请"))
    due = page.locator(".page-lead").inner_text()
    assert "最近的期限是" in due
    assert "11-2" in due
    sound(page)
    assert walk.done().fields == 0, "Everything the platform knows is filled in."

    officers_restore(scene, Case.objects.get(kind="restoration"))
    settings.DEMO_DAY = (NEXT_DAY + timedelta(days=3)).isoformat()
    page.reload()
    assert page.get_by_text("修复已完成").first.is_visible()
    assert page.get_by_text("修复已经生效").first.is_visible()
    sound(page)
    shown = public_page(page_at, width)
    sound(shown)
    assert NUMBER not in shown.content()


def officers_restore(s: Stage, case: Case) -> None:
    """Let the authority accept and verify, a reviewer propose, and somebody else approve."""
    day = NEXT_DAY + timedelta(days=3)
    stages.take(case, "accept", s.clerk, day=day)
    stages.take(case, "verify", s.clerk, day=day)
    stages.take(case, "propose", s.reviewer, day=day, outcome="approved", note="条件均已满足。")
    stages.take(case, "approve", s.decider, day=day, note="同意。")


@WIDTH
def test_a_closure_is_contested_once_and_only_once(page_at, scene, sound, width):
    case = decided(scene, "upheld")
    walk = Walk(page_at(width, user=scene.applicant), "对处理结果申请复核 Contest a closure")
    page = walk.page
    walk.goto("/mine/cases/")
    sound(page)
    walk.go(page.get_by_role("link", name=case.number))
    assert page.get_by_text("维持原记录").first.is_visible()
    sound(page)
    walk.go(page.get_by_role("link", name="申请复核"))
    sound(page)
    walk.type(page.get_by_label("请说明理由"), "决定没有回应我提交的票据。")
    walk.go(page.get_by_role("button", name="申请复核"))
    assert page.get_by_text("正在复核").first.is_visible()
    sound(page)
    walk.done()
    assert "异议处理中" in public_page(page_at, width).locator(".record-card").first.inner_text()

    review(scene, case)
    page.reload()
    assert page.get_by_text("复核已办结").first.is_visible()
    assert page.get_by_role("link", name="申请复核").count() == 0
    assert page.get_by_text("复核只有一次，已经用过").count() == 2, "The second decision and the page say so."
    assert page.get_by_text("免费申请复核一次").count() == 1, "Only the first decision offers the review."
    sound(page)
    assert page.goto(f"/mine/cases/{case.pk}/contest/").status == 404


def review(s: Stage, case: Case) -> None:
    """Let two people who had no part in the decision review it, and uphold it again."""
    second = {
        role: factories.user(f"second-{role}", role, of=s.centre.agency) for role in (Role.REVIEWER, Role.DECIDER)
    }
    stages.take(case, "propose", second[Role.REVIEWER], day=NEXT_DAY, outcome="upheld", note="票据与本案无关。")
    stages.take(case, "decide", second[Role.DECIDER], day=NEXT_DAY, note="同意。")
