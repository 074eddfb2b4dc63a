"""Two people of the centre merge the two files of one firm in a real browser and split them again."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from tests import factories as make
from tests import filings

from chengxin.accounts.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
OLD_CODE = "91320199MA00000T4W"


def test_one_proposes_another_approves_and_a_wrong_merge_is_split(page_at: Any, axe: Any, overflow: Any) -> None:
    make.law()
    old = filings.FIRM_ROW | {"CF_XDR_SHXYM": OLD_CODE, "CF_WSH": "示交罚〔2026〕3号"}
    filings.file(filings.as_csv([filings.FIRM_ROW, old]), filings.clerk(make.agency()))
    page = page_at(390, user=make.user("one", Role.CENTRE_OPERATOR), script=True)
    page.goto("/console/intake/questions/")
    page.get_by_role("link", name="主体合并与拆分").click()
    page.get_by_label("并入的代码").fill(OLD_CODE)
    page.get_by_label("保留的代码").fill(make.FIRM)
    page.get_by_label("依据文书").fill("换照通知书〔2026〕5号")
    page.get_by_label("理由").fill("换发统一代码")
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="提交提议").press("Enter")
    expect(page.get_by_text("等待另一位同事决定")).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    other = page_at(1280, user=make.user("two", Role.CENTRE_OPERATOR))
    other.goto(page.url)
    expect(other.get_by_role("table", name="并入一方的记录").get_by_text("示交罚〔2026〕3号")).to_be_visible()
    assert (axe(other), overflow(other)) == ([], 0)
    other.get_by_role("button", name="批准并办理").press("Enter")
    expect(other.get_by_role("table", name="保留一方的记录").get_by_text("示交罚〔2026〕3号")).to_be_visible()
    portal = page_at(390)
    portal.goto(f"/organisations/{OLD_CODE}/")
    expect(portal.get_by_text("示交罚〔2026〕1号").first).to_be_visible()
    other.get_by_role("link", name="合并有误，提出拆分").click()
    expect(other.get_by_role("checkbox", name="示交罚〔2026〕3号")).to_be_checked()
    expect(other.get_by_role("checkbox", name="示交罚〔2026〕1号")).not_to_be_checked()
    assert (axe(other), overflow(other)) == ([], 0)
    other.get_by_label("依据文书").fill("登记机关复函")
    other.get_by_label("理由").fill("两家企业")
    other.get_by_role("button", name="提交提议").click()
    page.goto(other.url)
    page.get_by_role("button", name="批准并办理").click()
    portal.reload()
    expect(portal.get_by_text("示交罚〔2026〕3号").first).to_be_visible()
    expect(portal.get_by_text("示交罚〔2026〕1号")).to_have_count(0)


def test_two_certificates_of_one_person_show_nothing_of_the_person_in_clear(
    page_at: Any, axe: Any, overflow: Any
) -> None:
    make.law()
    passport = filings.PERSON_ROW | {
        "CF_XDR_ZJLX": "护照号",
        "CF_XDR_ZJHM": "E3201990001",
        "CF_WSH": "示交罚〔2026〕3号",
    }
    filings.file(filings.as_csv([filings.PERSON_ROW, passport]), filings.clerk(make.agency()))
    page = page_at(390, user=make.user("one", Role.CENTRE_OPERATOR))
    page.goto("/console/intake/subjects/")
    page.get_by_label("并入一方的代码或证件类型").select_option("护照号")
    page.get_by_label("并入的代码或证件号码").fill("E3201990001")
    page.get_by_label("保留一方的代码或证件类型").select_option("身份证")
    page.get_by_label("保留的代码或证件号码").fill(make.CITIZEN)
    page.get_by_label("依据文书").fill("出入境证明〔2026〕5号")
    page.get_by_label("理由").fill("同一人的两个证件")
    page.get_by_role("button", name="提交提议").click()
    expect(page.get_by_text("等待另一位同事决定")).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    other = page_at(1280, user=make.user("two", Role.CENTRE_OPERATOR))
    other.goto(page.url)
    for shown in (page.content(), other.content(), page.url):
        assert not any(word in shown for word in (make.CITIZEN, "E3201990001", "沈清和", "示交罚"))
    other.get_by_role("button", name="批准并办理").click()
    other.get_by_role("link", name="合并有误，提出拆分").click()
    expect(other.get_by_role("checkbox", checked=True)).to_have_count(1)
    assert (axe(other), overflow(other)) == ([], 0)
