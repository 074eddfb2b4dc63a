"""The reviewer's day with the keyboard only, the counter's paper from filing to progress, and the public figures."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests import factories
from tests.factories import CITIZEN, NOW, TODAY
from tests.functional.conftest import WIDTHS
from tests.functional.on_task import Walk
from tests.stages import LONG_AGO, answered, objected, proposed, stage, take

from chengxin.accounts.roles import Role
from chengxin.cases.models import Case
from chengxin.rights import objections

pytestmark = [pytest.mark.django_db(transaction=True)]
WIDTH = pytest.mark.parametrize("width", WIDTHS)


@pytest.fixture
def sound(axe, overflow):
    """Return a check that a page fits its window, is accessible, and has no personal number in its address."""

    def check(page) -> None:
        folder = os.environ.get("CHENGXIN_SHOTS")
        if folder:
            name = re.sub(r"[^a-z]+", "-", page.url.split("/", 3)[3])[:40]
            page.screenshot(path=str(Path(folder) / f"{name}-{page.viewport_size['width']}.png"), full_page=True)
        assert overflow(page) <= 0, page.url
        assert axe(page) == [], page.url
        assert CITIZEN not in page.url

    return check


class Keys(Walk):
    """A person with no mouse: every key pressed is counted."""

    def focused(self) -> str:
        text = "e => (e.innerText || e.getAttribute('name') || '').trim()"
        return " ".join(str(self.page.evaluate(f"({text})(document.activeElement)")).split())

    def tab_to(self, wanted: str, limit: int = 60) -> None:
        """Press Tab until the focus is on something that says, or is named, this."""
        for _ in range(limit):
            self.press("Tab")
            if self.focused() == wanted:
                return
        raise AssertionError(f"{wanted} is not reached with Tab; the focus is on {self.focused()!r}")

    def follow(self, wanted: str) -> None:
        before = self.page.url
        self.tab_to(wanted)
        self.press("Enter")
        self.page.wait_for_url(lambda url: url != before)


@WIDTH
def test_the_reviewer_proposes_with_the_keyboard_only(page_at, sound, width, settings):
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage()
    case = answered(s)
    page = page_at(width, user=s.reviewer)
    keys = Keys(page, "审核人只用键盘拟意见 A reviewer proposes, keyboard only")
    keys.goto("/console/cases/")
    sound(page)
    keys.follow("跳到正文")
    keys.follow("打开最先到期的一件")
    sound(page)
    keys.follow("跳到正文")
    keys.follow("直接到办理步骤")
    keys.tab_to("outcome")
    while not page.locator("[name='outcome'][value='upheld']").is_checked():
        keys.press("ArrowDown")
    keys.tab_to("note")
    keys.write("经核查，记录无误。")
    keys.tab_to("拟处理意见")
    keys.press("Enter")
    page.get_by_text("已办理").first.wait_for()
    assert Case.objects.get(pk=case.pk).state == "proposed"
    keys.done()


def test_filters_and_pages_of_the_queue_are_plain_links(page_at, sound, settings):
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage()
    for number in range(21):
        record = factories.record(s.subject, decided=LONG_AGO, document_no=f"示交罚〔2026〕{20 + number}号")
        objections.file(record, actor=s.applicant, grounds="wrong", text="不对。", now=NOW, today=TODAY)
    page = page_at(1280, user=s.centre, script=False)
    page.goto("/console/cases/")
    keys = Keys(page, "筛选 Filter")
    keys.follow("异议 21")
    assert "kind=objection" in page.url
    keys.follow("2")
    assert "page=2" in page.url
    assert page.locator("tbody tr").count() == 1


def test_the_decider_sees_the_decision_before_issuing_it(page_at, sound, settings):
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage()
    case = proposed(s, "upheld")
    page = page_at(390, user=s.decider)
    page.goto(f"/console/cases/{case.pk}/")
    assert page.locator("#draft").get_by_text("决定：维持原记录").is_visible()
    sound(page)
    page.get_by_role("button", name="作出决定", exact=True).click()
    assert page.get_by_text("已办理").first.is_visible()


@WIDTH
def test_from_the_counter_to_the_paper_to_the_progress(page_at, sound, width, settings):
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage()
    person = factories.person()
    factories.record(person, decided=LONG_AGO, document_no="示交罚〔2026〕7号")
    officer = factories.user("window", Role.CENTRE_OPERATOR, of=s.centre.agency)
    page = page_at(width, user=officer)
    walk = Walk(page, "窗口代为提出异议并打印回执 File at the counter and print")
    walk.goto("/console/counter/")
    sound(page)
    walk.type(page.locator("[name='number']"), CITIZEN)
    walk.type(page.locator("[name='name']"), "沈清和")
    walk.click(page.locator("[name='consent']"))
    walk.go(page.get_by_role("button", name="查看档案"))
    sound(page)
    assert "沈清和" not in page.content()
    walk.go(page.get_by_role("link", name="对这条提出异议"))
    walk.click(page.locator("[name='grounds'][value='wrong']"))
    walk.type(page.locator("[name='text']"), "罚款金额应为 3000 元。")
    sound(page)
    walk.go(page.get_by_role("button", name="提交并打印回执"))
    code = page.locator("#query-code").inner_text().strip()
    sound(page)
    page.emulate_media(media="print")
    assert page.locator("#query-code").is_visible()
    assert not page.locator(".side-nav").is_visible()
    assert not page.locator(".site-nav").is_visible()
    walk.done()

    anyone = page_at(width)
    anyone.goto("/progress/")
    sound(anyone)
    anyone.locator("[name='code']").fill(code.lower())
    anyone.get_by_role("button", name="查询", exact=True).click()
    sound(anyone)
    assert anyone.get_by_text("等信用中心决定是否受理").first.is_visible()
    assert code not in anyone.url
    assert code not in anyone.content()


@WIDTH
def test_public_figures_and_the_supervisors_page(page_at, sound, width, settings):
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage()
    for number in range(12):
        record = factories.record(s.subject, decided=LONG_AGO, document_no=f"示交罚〔2026〕{20 + number}号")
        case = objections.file(record, actor=s.applicant, grounds="wrong", text="不对。", now=NOW, today=TODAY)
    take(case, "withdraw", s.applicant)
    objected(s)
    page = page_at(width)
    page.goto("/transparency/")
    assert page.locator("svg[role='img']").count() >= 6
    assert page.get_by_role("table").count() >= 6
    sound(page)
    desk = page_at(width, user=s.decider)
    desk.goto("/console/cases/load/")
    assert desk.get_by_text("在办件等待谁").first.is_visible()
    sound(desk)
