"""A clerk takes a decision back, corrects one, and confirms what a later file says, in a real browser."""

from __future__ import annotations

import io
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import factories as make
from tests import filings
from tests.functional.conftest import WIDTHS

from chengxin.intake import services
from chengxin.ui import clock

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "示交罚〔2026〕1号"


def send(actor: Any, rows: list[filings.Row], name: str) -> Any:
    return services.submit(
        actor.agency, make.PENALTY, name, io.BytesIO(filings.as_csv(rows)),
        actor=actor, now=clock.now(), today=clock.today(),
    )  # fmt: skip


@pytest.fixture
def clerk() -> Any:
    make.law()
    actor = filings.clerk(make.agency())
    send(actor, [filings.FIRM_ROW, filings.PERSON_ROW], "十一月.csv")
    return actor


def open_record(page: Page) -> None:
    page.goto("/console/intake/")
    page.get_by_role("link", name="本单位的记录").click()
    page.get_by_role("searchbox").fill(NUMBER)
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("table", name="查到的记录").get_by_role("link", name=NUMBER).click()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_withdrawn_decision_is_gone_from_the_portal(page_at, clerk, width, axe, overflow) -> None:
    portal = page_at(width)
    portal.goto(f"/organisations/{make.FIRM}/")
    expect(portal.get_by_text(NUMBER).first).to_be_visible()
    page = page_at(width, user=clerk)
    open_record(page)
    assert (axe(page), overflow(page)) == ([], 0)
    assert NUMBER not in page.url
    page.get_by_role("link", name="撤回", exact=True).click()
    page.get_by_label("撤回原因").select_option("revoked")
    page.get_by_label("依据文书文号").fill("示复决〔2026〕3号")
    page.get_by_label("依据文书日期").fill("2026-11-19")
    page.get_by_label("说明理由").fill("复议机关撤销原决定")
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("2026-11-24").first).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_text("这条记录已撤回")).to_be_visible()
    portal.reload()
    expect(portal.get_by_text(NUMBER)).to_have_count(0)
    page.get_by_role("link", name="来龙去脉").click()
    expect(page.get_by_text("第 2 版：信源撤回")).to_be_visible()
    expect(page.get_by_text("G2", exact=True)).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)


def test_a_record_of_another_agency_does_not_exist(page_at, clerk) -> None:
    mine = page_at(1280, user=clerk)
    open_record(mine)
    stranger = page_at(1280, user=filings.clerk(make.agency(make.OTHER_AGENCY), "stranger"))
    unknown = mine.url.rstrip("/").rpartition("/")[0] + "/00000000-0000-4000-8000-000000000000/"
    for action in ("", "withdraw/", "correct/", "lineage/"):
        bodies = set()
        for address in (mine.url, unknown):
            answer = stranger.goto(address + action)
            assert answer is not None and answer.status == 404
            bodies.add(stranger.locator("main").inner_text())
        assert len(bodies) == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_a_correction_is_confirmed_field_by_field_without_script(page_at, clerk, width, overflow) -> None:
    page = page_at(width, user=clerk, script=False)
    open_record(page)
    page.get_by_role("link", name="更正", exact=True).click()
    page.get_by_label("罚款金额(万元)").fill("0.8")
    page.get_by_label("更正理由").fill("金额录入有误")
    page.get_by_role("button", name="核对改动").click()
    changes = page.get_by_role("table", name="改了什么").inner_text()
    assert "0.5" in changes and "0.8" in changes
    assert overflow(page) <= 0
    page.get_by_role("button", name="确认更正").click()
    expect(page.get_by_text("已更正，当事人已收到通知。")).to_be_visible()
    expect(page.locator("main").get_by_text("0.8", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_forms_that_correct_and_undo_are_for_everybody(page_at, clerk, width, axe, overflow) -> None:
    page = page_at(width, user=clerk)
    open_record(page)
    page.get_by_role("link", name="更正", exact=True).click()
    expect(page.get_by_label("更正理由")).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    page.go_back()
    page.get_by_role("link", name="撤回", exact=True).click()
    page.get_by_label("撤回原因").select_option("mistake")
    page.get_by_label("说明理由").fill("报错了主体")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_text("这条记录已撤回")).to_be_visible()
    page.get_by_role("link", name="撤错了，撤销撤回").click()
    expect(page.get_by_label("说明理由")).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_later_files_differences_are_confirmed_by_the_clerk(page_at, clerk, width, axe, overflow) -> None:
    again = send(clerk, [filings.FIRM_ROW | {"CF_NR_FK": "0.8"}], "改.csv")
    page = page_at(width, user=clerk)
    page.goto(f"/console/intake/{again.id}/")
    page.get_by_role("link", name="看差异，确认更正").click()
    expect(page.get_by_role("table", name="新文件里没有的记录")).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_label("确认第 2 行为更正").check()
    page.get_by_label("说明理由").fill("按新文书")
    page.get_by_role("button", name="确认勾选的行为更正").click()
    expect(page.get_by_text("已更正 1 行", exact=False)).to_be_visible()
    expect(page.get_by_text("没有待确认的差异。")).to_be_visible()


def test_a_table_of_withdrawals_is_answered_row_by_row(page_at, clerk, axe, tmp_path) -> None:
    table = tmp_path / "撤回.csv"
    table.write_text(
        f"文号,主体代码,撤回原因,说明\n{NUMBER},{make.FIRM},报送有误,报错了\n没有,{make.FIRM},报送有误,无\n"
    )
    page = page_at(1280, user=clerk)
    page.goto("/console/intake/records/withdraw-file/")
    page.set_input_files("input[type=file]", str(table))
    page.get_by_role("button", name="上传").click()
    told = page.get_by_role("table", name="逐行结果").inner_text()
    assert "已撤回" in told and "未撤回" in told
    assert axe(page) == []
