"""People's walks through the site in a real browser, on a desk and on a phone, with and without script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from tests import factories, stages
from tests.disclosures import about_person, answer
from tests.factories import CITIZEN, NOW, PENALTY, TODAY

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.disclosure import authorisations
from chengxin.disclosure.models import Authorisation
from chengxin.rules.identifiers.verdict import CodeKind

WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@dataclass(frozen=True)
class Scene:
    """A firm with a penalty and its representative; a person with one, a read, and a request to decide."""

    representative: User
    firm_record: UUID
    person: User
    person_record: UUID
    asked: Authorisation


@pytest.fixture
def scene(transactional_db, settings) -> Scene:
    settings.DEMO_DAY = (TODAY + timedelta(days=1)).isoformat()
    stage = stages.stage()
    subject = factories.person()
    person = factories.citizen(subject, "self")
    record = factories.record(subject, document_no="示交罚〔2026〕7号")
    enquirer = factories.user("enquirer", Role.ENQUIRER, of=stage.source)
    answer(about_person(enquirer))
    ask = authorisations.Ask("bank_credit", CodeKind.CITIZEN_ID, CITIZEN, "沈清和", (PENALTY,))
    asked = authorisations.ask(ask, enquirer, now=NOW, today=TODAY)
    return Scene(stage.applicant, stage.record, person, record, asked)


@pytest.fixture
def sound(axe, overflow):
    """Return a check that a page fits its window, is accessible, and has no personal number in its address."""

    def check(page) -> None:
        assert overflow(page) <= 0, page.url
        assert axe(page) == [], page.url
        assert CITIZEN not in page.url

    return check


@WIDTHS
def test_anyone_finds_an_organisation_and_sees_why_and_until_when(page_at, scene, sound, width):
    page = page_at(width)
    page.goto("/")
    sound(page)
    page.get_by_role("searchbox").fill("望舒")
    page.get_by_role("button", name="查询").click()
    sound(page)
    page.get_by_role("link", name="栖云望舒食品有限公司").click()
    sound(page)
    card = page.locator(".record-card").first
    assert "示交罚〔2026〕1号" in card.inner_text()
    card.get_by_text("公示期是怎么算出来的").click()
    assert card.locator(".derivation").is_visible()
    sound(page)


@WIDTHS
def test_a_person_sees_who_looked_and_gets_the_proof(page_at, scene, sound, width):
    page = page_at(width, user=scene.person)
    page.goto("/mine/lookups/")
    sound(page)
    look = page.locator(".look").first
    assert "办理行政许可" in look.inner_text()
    with page.expect_download() as download:
        look.get_by_role("link", name="下载证明").click()
    assert '"leaf_hash"' in download.value.path().read_text(encoding="utf-8")


@WIDTHS
def test_a_person_grants_after_reading_and_withdraws_with_one_click(page_at, scene, sound, width):
    page = page_at(width, user=scene.person)
    page.goto("/mine/authorisations/")
    sound(page)
    page.get_by_role("link", name="看清楚再决定").click()
    assert page.get_by_text("去掉号码后看到").is_visible()
    sound(page)
    page.get_by_role("button", name="同意", exact=True).click()
    sound(page)
    page.get_by_role("button", name="撤回授权").click()
    assert page.get_by_text("下一次查询会立即被拒绝").is_visible()
    assert page.get_by_text("您已撤回").is_visible()


def test_restoration_is_applied_for_without_script_on_a_phone(page_at, scene, overflow):
    page = page_at(390, script=False, user=scene.representative)
    page.goto(f"/mine/records/{scene.firm_record}/")
    page.get_by_role("link", name="申请信用修复").click()
    page.get_by_label("义务全部履行完毕的日期").fill("2026-05-20")
    page.get_by_label("履行情况说明").fill("罚款已缴清，票据附后。")
    page.get_by_role("button", name="提交修复申请").click()
    assert page.get_by_role("alert").first.is_visible()
    page.get_by_label("我确认").check()
    page.get_by_label("我已读完").check()
    page.get_by_role("button", name="提交修复申请").click()
    assert page.get_by_text("信用承诺书").first.is_visible()
    assert overflow(page) <= 0


@WIDTHS
def test_the_other_pages_fit_and_are_accessible(page_at, scene, sound, width):
    page = page_at(width, user=scene.person)
    public = ["/latest/", "/catalogue/", "/catalogue/JS-CF-01/", "/ledger/", "/rights/", "/privacy/", "/about/"]
    own = ["/mine/", f"/mine/records/{scene.person_record}/", "/mine/inbox/", "/mine/cases/", "/mine/report/"]
    for path in [*public, "/reports/verify/", "/search/?why=personal", "/search/?q=没有", *own]:
        page.goto(path)
        sound(page)
    page.goto("/mine/report/")
    page.get_by_role("button", name="出具并打开", exact=True).click()
    assert page.get_by_text("核验码").first.is_visible()
    sound(page)


def test_the_site_speaks_english_too(page_at, scene):
    page = page_at(1280, language="en", user=scene.person)
    page.goto("/mine/lookups/")
    assert "Deciding a licence" in page.locator(".look").first.inner_text()
