"""The enquirer's desk in a real browser: purpose, form, answer, refusal, authorisations; both widths."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests import factories
from tests.disclosures import PERSON_NAME, allowed
from tests.factories import CITIZEN, NOW
from tests.functional.conftest import WIDTHS

from chengxin.accounts.roles import Role
from chengxin.disclosure.models import Access, Authorisation
from chengxin.registry import services as registry

pytestmark = [pytest.mark.django_db(transaction=True)]


def shoot(page, name: str) -> None:
    """Keep a picture when a folder for pictures is named."""
    folder = os.environ.get("CHENGXIN_SHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.fixture
def officer():
    factories.law()
    person = factories.person()
    record = factories.record(person, personal={"CF_XDR_MC": PERSON_NAME, "CF_XDR_ZJHM": CITIZEN})
    registry.annotate(record, "disputed", ref="YY-1", now=NOW)
    return factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))


def fill_subject(page, code: str = CITIZEN) -> None:
    page.locator("[name='subject_kind'][value='person']").check()
    page.locator("[name='code_kind']").select_option("citizen_id")
    page.locator("[name='code']").fill(code)
    page.locator("[name='name']").fill(PERSON_NAME)
    if page.locator("[name='reason']").count():  # One in many is asked why; who says it is never stopped.
        page.locator("[name='reason']").fill("办理道路运输许可，核对处罚情况")


def enquire(page, **changed) -> None:
    page.goto("/console/enquiry/ask/licensing/")
    fill_subject(page, **changed)
    page.locator("[name='matter_no']").fill("苏办〔2026〕118号")
    page.get_by_role("button", name="查询并留痕").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_and_is_accessible(page_at, axe, overflow, officer, width):
    page = page_at(width, user=officer)
    for name, path in {
        "purposes": "/console/enquiry/",
        "ask": "/console/enquiry/ask/licensing/",
        "consent": "/console/enquiry/ask/bank_credit/",
        "authorisations": "/console/enquiry/authorisations/",
        "ask-authorisation": "/console/enquiry/authorisations/ask/bank_credit/",
    }.items():
        page.goto(path)
        shoot(page, f"enquiry-{name}-{width}")
        assert page.locator("h1").count() == 1
        assert (overflow(page) <= 0, axe(page)) == (True, []), name
    enquire(page)
    shoot(page, f"enquiry-answer-{width}")
    assert (overflow(page) <= 0, axe(page)) == (True, [])


def test_the_answer_is_masked_marked_and_committed_and_no_address_holds_a_number(page_at, officer):
    page = page_at(1280, user=officer)
    enquire(page)
    text = page.locator("main").inner_text()
    assert "沈**" in text and "有异议" in text and "存证序号" in text
    assert CITIZEN not in page.content() and PERSON_NAME not in page.content()
    assert CITIZEN not in page.url
    assert Access.objects.get().outcome == "answered"


def test_a_refusal_says_why_and_what_would_be_needed(page_at, officer):
    page = page_at(1280, user=officer)
    enquire(page, code=CITIZEN[:-1] + "3")
    shoot(page, "enquiry-refused-1280")
    assert "请核对类型和号码" in page.locator("main").inner_text()
    assert Access.objects.get().reason_code == "code_not_usable"


def test_an_authorisation_is_asked_for_item_by_item_with_nothing_ticked(page_at, officer):
    page = page_at(390, user=officer)
    page.goto("/console/enquiry/authorisations/ask/bank_credit/")
    assert page.locator("input[type=checkbox]:checked").count() == 0
    fill_subject(page)
    page.locator("[name='items'][value='JS-CF-01']").check()
    page.get_by_role("button", name="送出申请").click()
    assert page.get_by_text("申请已送达").first.is_visible()
    assert Authorisation.objects.get().item_codes == ["JS-CF-01"]


def test_a_live_authorisation_can_be_chosen_and_used(page_at, officer):
    # The doors read today's real clock, so the authorisation is granted as of today.
    from chengxin.ui import clock

    given = allowed(officer, factories.citizen(factories.person()), now=clock.now(), today=clock.today())
    page = page_at(1280, user=officer)
    page.goto("/console/enquiry/ask/bank_credit/")
    fill_subject(page)
    page.locator("[name='authorisation_id']").select_option(str(given.pk))
    page.get_by_role("button", name="查询并留痕").click()
    assert Access.objects.get().basis_ref == str(given.pk)


def test_nobody_without_the_role_gets_in(page_at):
    page = page_at(1280, user=factories.user("clerk", Role.SOURCE_CLERK, of=factories.agency()))
    assert page.goto("/console/enquiry/").status == 403
