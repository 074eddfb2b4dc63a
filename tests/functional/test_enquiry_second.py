"""Two people in a real browser: an enquiry and an order are put, decided by another person, used; both widths."""

from __future__ import annotations

import pytest
from tests import factories
from tests.disclosures import PERSON_NAME
from tests.factories import CITIZEN
from tests.functional.conftest import WIDTHS
from tests.functional.test_enquiry_desk import fill_subject, shoot

from chengxin.accounts.roles import Role
from chengxin.disclosure.models import Access, EnquiryOrder

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two():
    factories.law()
    factories.record(factories.person(), personal={"CF_XDR_MC": PERSON_NAME, "CF_XDR_ZJHM": CITIZEN})
    here = factories.agency(factories.OTHER_AGENCY)
    return factories.user("officer", Role.ENQUIRER, of=here), factories.user("second", Role.ENQUIRER, of=here)


def put(page, *, approve: bool) -> None:
    page.goto("/console/enquiry/ask/qualification_review/")
    fill_subject(page)
    page.locator("[name='matter_no']").fill("苏办〔2026〕118号")
    if approve:
        page.locator("[name='for_approval']").check()
    page.get_by_role("button", name="查询并留痕").click()


def check(page, axe, overflow, name: str) -> None:
    shoot(page, f"second-{name}-{page.viewport_size['width']}")
    assert page.locator("h1").count() == 1
    assert (overflow(page) <= 0, axe(page)) == (True, []), name


@pytest.mark.parametrize("width", WIDTHS)
def test_an_enquiry_and_an_order_go_through_another_person(page_at, axe, overflow, two, width):
    officer, second = two
    asking, deciding = page_at(width, user=officer), page_at(width, user=second)
    put(asking, approve=False)
    assert "另一人批准" in asking.locator("main").inner_text()
    check(asking, axe, overflow, "refused")
    put(asking, approve=True)
    assert asking.get_by_text("已送请批准").first.is_visible()
    check(asking, axe, overflow, "sent")
    deciding.goto("/console/enquiry/approvals/")
    check(deciding, axe, overflow, "waiting")
    deciding.locator("main a[href*='/approvals/']").first.click()
    assert "沈**" in deciding.locator("main").inner_text() and CITIZEN not in deciding.content()
    check(deciding, axe, overflow, "decide")
    deciding.locator("[name='decision'][value='approve']").check()
    deciding.get_by_role("button", name="作出决定").click()
    asking.goto("/console/enquiry/ask/qualification_review/")
    asking.locator("[name='approval_id']").select_option(index=1)
    check(asking, axe, overflow, "ask")
    fill_subject(asking)
    asking.locator("[name='matter_no']").fill("苏办〔2026〕118号")
    asking.get_by_role("button", name="查询并留痕").click()
    assert Access.objects.filter(outcome="answered").count() == 1
    ordered(asking, deciding, axe, overflow)


def ordered(asking, deciding, axe, overflow) -> None:
    """Walk an order from its placing to its results."""
    asking.goto("/console/enquiry/orders/")
    check(asking, axe, overflow, "orders-empty")
    asking.goto("/console/enquiry/orders/new/licensing/")
    asking.locator("[name='matter_no']").fill("苏办〔2026〕118号")
    asking.locator("[name='reason']").fill("核对本批许可申请人的处罚情况")
    asking.locator("[name='subject_kind']").select_option("person")
    asking.locator("[name='code_kind']").select_option("citizen_id")
    asking.locator("[name='lines']").fill(f"{CITIZEN},{PERSON_NAME}\n{factories.OTHER_CITIZEN},顾言蹊")
    check(asking, axe, overflow, "order-new")
    asking.get_by_role("button", name="送请批准").click()
    check(asking, axe, overflow, "order-waits")
    place = f"/console/enquiry/orders/{EnquiryOrder.objects.get().pk}/"
    assert CITIZEN not in asking.content() and asking.url.endswith(place)
    deciding.goto(place)
    deciding.locator("[name='decision'][value='approve']").check()
    check(deciding, axe, overflow, "order-decide")
    deciding.get_by_role("button", name="作出决定").click()
    asking.goto(place)
    asking.get_by_role("button", name="查询下一批").click()
    check(asking, axe, overflow, "order-finished")
    with asking.expect_download() as taken:
        asking.get_by_role("button", name="取走结果").click()
    assert taken.value.suggested_filename.endswith(".zip")
    asking.goto("/console/enquiry/orders/")
    assert "结果已取走" in asking.locator("main").inner_text()
    check(asking, axe, overflow, "orders")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_protection_is_set_and_ended_by_two_people_of_the_centre(page_at, axe, overflow, two, width):
    centre = factories.agency("113201990000000790", runs_platform=True)
    people = [factories.user(name, Role.DECIDER, of=centre) for name in ("one", "other")]
    one, other = (page_at(width, user=each) for each in people)

    def decided(page) -> None:
        page.goto("/console/enquiry/protected/")
        page.locator("main table a").first.click()
        check(page, axe, overflow, "protection-decide")
        page.locator("[name='decision'][value='approve']").check()
        page.get_by_role("button", name="作出决定").or_(page.get_by_role("button", name="提交")).click()

    one.goto("/console/enquiry/approvals/")
    one.get_by_role("link", name="受保护主体").click()
    one.get_by_role("link", name="设定受保护主体").click()
    check(one, axe, overflow, "protection-new")
    one.locator("[name='code_kind']").select_option("citizen_id")
    one.locator("[name='code']").fill(CITIZEN)
    one.locator("[name='name']").fill(PERSON_NAME)
    one.locator("[name='ground']").fill("证人保护")
    one.get_by_role("button", name="提交").click()
    check(one, axe, overflow, "protections-proposed")
    decided(other)
    check(other, axe, overflow, "protections")
    assert "沈**" in other.locator("main").inner_text() and PERSON_NAME not in other.content()
    other.get_by_role("link", name="提议解除").click()
    other.locator("[name='ground']").fill("案件已经审结")
    other.get_by_role("button", name="提交").click()
    decided(one)
    assert one.get_by_text("没有受保护主体").is_visible()
