"""The case desk in a real browser: queue, case page, steps as forms, reasons beside disabled buttons, both widths."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.functional.conftest import WIDTHS
from tests.stages import answered, applied, listed_stage, objected, stage, take

from chengxin.cases.models import Case

pytestmark = [pytest.mark.django_db(transaction=True)]


def shoot(page, name: str) -> None:
    """Keep a picture when a folder for pictures is named."""
    folder = os.environ.get("CHENGXIN_SHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_queue_and_case_fit_and_are_accessible(page_at, axe, overflow, width):
    s = stage()
    case = answered(s)
    page = page_at(width, user=s.reviewer)
    for path in ("/console/cases/", f"/console/cases/{case.pk}/"):
        page.goto(path)
        shoot(page, f"cases-{'queue' if path.endswith('cases/') else 'page'}-{width}")
        assert page.locator("h1").count() == 1
        assert overflow(page) <= 0
        assert axe(page) == []


def test_a_whole_objection_is_handled_in_the_browser(page_at):
    s = stage()
    case = objected(s)

    def step(user, button: str, **fields: str) -> None:
        page = page_at(1280, user=user)
        page.goto("/console/cases/")
        page.get_by_role("link", name=case.number).click()
        form = page.locator("form", has=page.get_by_role("button", name=button, exact=True))
        for name, value in fields.items():
            field = form.locator(f"[name='{name}']").first
            if field.get_attribute("type") == "radio":
                form.locator(f"[name='{name}'][value='{value}']").check()
            else:
                field.fill(value)
        form.get_by_role("button", name=button, exact=True).click()
        assert page.get_by_text("已办理").first.is_visible()

    step(s.centre, "受理")
    step(s.centre, "转信源单位核查")
    step(s.clerk, "答复核查结果", stands="no", note="金额录入有误。")
    step(s.reviewer, "拟处理意见", outcome="corrected", note="核查属实。", **{"change:CF_NR_FK": "0.3"})
    step(s.decider, "作出决定", note="同意。")
    assert Case.objects.get(pk=case.pk).state == "closed"


def test_a_refused_step_says_why_and_keeps_what_was_typed(page_at, axe):
    s = stage()
    case = answered(s)
    page = page_at(390, user=s.reviewer)
    page.goto(f"/console/cases/{case.pk}/")
    form = page.locator("form", has=page.get_by_role("button", name="拟处理意见", exact=True))
    form.locator("[name='outcome'][value='supplemented']").check()
    form.locator("[name='note']").fill("当事人已缴清。")
    form.get_by_role("button", name="拟处理意见", exact=True).click()
    assert page.get_by_text("补充须写明补充的内容。").first.is_visible()
    assert page.locator("#id_propose_note").input_value() == "当事人已缴清。"
    assert axe(page) == []


def test_an_old_page_is_told_that_the_case_moved(page_at):
    s = stage()
    case = objected(s)
    page = page_at(1280, user=s.centre)
    page.goto(f"/console/cases/{case.pk}/")
    take(case, "accept", s.centre)
    take(case, "forward", s.centre)
    page.get_by_role("button", name="受理", exact=True).click()
    assert page.get_by_text("刷新页面").first.is_visible()


def test_the_reason_stands_beside_the_step_one_may_not_take(page_at):
    s = listed_stage()
    page = page_at(1280, user=s.reviewer)
    page.goto(f"/console/cases/{applied(s).pk}/")
    assert page.get_by_text("您没有该角色").first.is_visible()
    shoot(page, "cases-restoration-1280")


def test_every_due_date_shows_how_it_was_reached(page_at):
    s = stage()
    page = page_at(1280, user=s.centre)
    page.goto(f"/console/cases/{objected(s).pk}/")
    assert page.get_by_text("第 3 个工作日：2026-11-25").first.is_visible()


def test_pages_work_in_english_without_script(page_at):
    s = stage()
    page = page_at(390, user=s.reviewer, language="en", script=False)
    page.goto(f"/console/cases/{answered(s).pk}/")
    assert page.get_by_text("answered by the source").first.is_visible()
    assert page.get_by_role("button", name="propose an outcome").is_visible()
