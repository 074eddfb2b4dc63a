"""A change of the catalogue from its draft to the day it is in force, by three people, in a real browser."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from tests import factories as make
from tests import filings
from tests.functional.keys import chosen, dated, on, typed

from chengxin.accounts.roles import Role
from chengxin.catalogue import overlay
from chengxin.intake import services
from chengxin.ui import clock

HOW_TO = Path("docs/how-to/new-item.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Iterator[dict[str, Any]]:
    make.law()
    overlay.put(overlay.Overlay())
    yield {
        "author": make.user("author", Role.CENTRE_OPERATOR),
        "checker": make.user("checker", Role.REVIEWER),
        "decider": make.user("decider", Role.DECIDER),
        "clerk": filings.clerk(make.agency()),
    }
    overlay.put(overlay.Overlay())


def told(name: str) -> str:
    """Return a name that the how-to tells its reader to look for."""
    assert name in HOW_TO
    return name


def fill_basis(page: Page, suffix: str = "") -> None:
    page.get_by_label(f"依据的文件{suffix}", exact=True).fill("示例省公共信用信息条例")
    page.get_by_label(f"依据的条款{suffix}", exact=True).fill("第九条")
    page.get_by_label(f"文件的效力{suffix}", exact=True).select_option("local_regulation")


def press(page: Page, name: str) -> None:
    """Press a button as a keyboard does."""
    page.get_by_role("button", name=name, exact=True).press("Enter")


def reason(page: Page, step: str, text: str) -> None:
    section = page.locator("section.case-step", has=page.get_by_role("heading", name=step, exact=True))
    section.get_by_label("理由或者意见内容").fill(text)


def take(page_at: Any, user: Any, address: str, step: str, width: int = 1280, script: bool = True) -> Page:
    page: Page = page_at(width, user=user, script=script)
    page.goto(address)
    reason(page, step, "已核对")
    press(page, step)
    expect(page.get_by_text("已办理，并写入存证日志。")).to_be_visible()
    return page


def test_a_column_is_renamed_by_three_people_with_keys_only(page_at, people, axe) -> None:
    """Nothing but keys, from the list to the day it is in force; the lists are chosen from with the arrow keys."""
    make.record(make.firm())
    page = page_at(1280, user=people["author"])
    page.goto("/console/catalogue/")
    assert axe(page) == []
    on(page, "改列名、增减列")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="存为草稿")).to_be_visible()
    for label, option in (("怎样变更", "改列名"), ("哪一列", "行政处罚"), ("新列名", ""), ("依据的文件", ""),
                          ("依据的条款", ""), ("文件的效力", "地方性法规")):  # fmt: skip
        on(page, label)
        if option:
            chosen(page, option)
        else:
            typed(page, {"新列名": "相对人全称", "依据的文件": "示例省条例", "依据的条款": "第九条"}[label])
    on(page, "自哪一天起")
    dated(page, clock.today())
    on(page, "为什么提出")
    typed(page, "三个部门的系统都用这个列名")
    on(page, "存为草稿")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="影响", exact=True)).to_be_visible()
    address = page.url
    on(page, "送合法性审核")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已办理，并写入存证日志。")).to_be_visible()
    for who, step in (("checker", "审核通过"), ("decider", "批准")):
        desk = page_at(1280, user=people[who])
        desk.goto(address)
        on(desk, "理由或者意见内容")
        typed(desk, "已核对")
        on(desk, step)
        desk.keyboard.press("Enter")
        expect(desk.get_by_text("已办理，并写入存证日志。")).to_be_visible()
    expect(desk.locator("main").get_by_text("生效", exact=True).first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_an_agency_and_anybody_comment_and_are_answered(page_at, people, width, axe, overflow) -> None:
    """The retirement of an item is open to comment: the public and an agency speak, the centre answers each."""
    author = page_at(width, user=people["author"])
    author.goto("/console/catalogue/new/retirement/")
    assert (axe(author), overflow(author)) == ([], 0)
    author.get_by_label("停用哪一项").select_option(make.LICENCE)
    fill_basis(author)
    author.get_by_label("自哪一天起").fill((clock.today() + timedelta(days=40)).isoformat())
    author.get_by_label("为什么提出").fill("许可信息改由国家平台归集")
    press(author, "存为草稿")
    press(author, "送合法性审核")
    expect(author.get_by_text("已办理，并写入存证日志。")).to_be_visible()
    take(page_at, people["checker"], author.url, "审核通过")
    public = page_at(width, script=width == 1280)
    public.goto("/catalogue/")
    public.get_by_role("link", name="1 件变更正在征求意见").click()
    expect(public).to_have_url(re.compile("#proposed$"))
    public.get_by_role("link", name="对第 1 号提出意见").click()
    if width == 1280:
        assert (axe(public), overflow(public)) == ([], 0)
    public.get_by_label("您的意见").fill("企业还要用这些许可信息")
    public.get_by_role("button", name="提出意见").click()
    expect(public.get_by_text("意见已收到", exact=False)).to_be_visible()
    clerk = page_at(width, user=people["clerk"])
    clerk.goto("/console/")
    clerk.get_by_role("link", name="目录变更第 1 号征求意见", exact=False).first.click()
    clerk.get_by_label("本单位的意见").fill("我单位的系统来不及")
    assert (axe(clerk), overflow(clerk)) == ([], 0)
    clerk.get_by_role("button", name="提出意见").click()
    expect(clerk.get_by_text("尚未答复。")).to_be_visible()
    author.reload()
    assert (axe(author), overflow(author)) == ([], 0)
    for text in ("已转国家平台", "改为明年"):
        author.get_by_label("答复内容").first.fill(text)
        author.get_by_role("button", name="答复", exact=True).first.click()
        expect(author.get_by_text(text)).to_be_visible()
    clerk.reload()
    expect(clerk.get_by_text("改为明年")).to_be_visible()
    expect(clerk.get_by_text("已转国家平台")).to_have_count(0)
    public.goto("/catalogue/")
    expect(public.get_by_text("已收到意见 2 条，已答复 2 条。")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_renamed_column_is_in_force_without_a_release(page_at, people, width, axe, overflow) -> None:
    make.record(make.firm())
    page = page_at(width, user=people["author"], script=width == 1280)
    page.goto("/console/catalogue/")
    assert overflow(page) == 0
    page.get_by_role("link", name="改列名、增减列").press("Enter")
    page.get_by_label("怎样变更").select_option("rename")
    page.get_by_label("哪一列").select_option("CF:CF_JDRQ")
    page.get_by_label("新列名").first.fill("决定作出日")
    fill_basis(page)
    page.get_by_label("自哪一天起").fill(clock.today().isoformat())
    page.get_by_label("为什么提出").fill("三个部门的系统都用这个列名")
    if width == 1280:
        assert axe(page) == []
    press(page, "存为草稿")
    expect(page.get_by_text("决定作出日").first).to_be_visible()
    press(page, "送合法性审核")
    expect(page.get_by_text("已办理，并写入存证日志。")).to_be_visible()
    address = page.url
    assert overflow(page) == 0
    take(page_at, people["checker"], address, "审核通过")
    page.goto(address)
    expect(page.get_by_role("button", name="批准", exact=True)).to_be_disabled()
    decider = page_at(width, user=people["decider"])
    decider.goto(address)
    expect(decider.get_by_role("heading", name="影响", exact=True)).to_be_visible()
    assert (axe(decider), overflow(decider)) == ([], 0)
    reason(decider, "批准", "同意")
    press(decider, "批准")
    expect(decider.locator("main").get_by_text("生效", exact=True).first).to_be_visible()
    assert "决定作出日" in filings.as_csv([filings.FIRM_ROW]).decode()
    row = filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕88号"}
    services.submit(
        people["clerk"].agency, make.PENALTY, "新列名.csv", io.BytesIO(filings.as_csv([row])),
        actor=people["clerk"], now=clock.now(), today=clock.today(),
    )  # fmt: skip
    page.goto(f"/organisations/{make.FIRM}/")
    expect(page.get_by_text("示交罚〔2026〕88号").first).to_be_visible()


def test_a_new_item_goes_the_way_of_the_how_to_until_its_first_row_is_shown(
    page_at, people, axe, overflow, settings, tmp_path
) -> None:
    day = clock.today() + timedelta(days=31)
    assert f"serve --demo --today {(make.TODAY + timedelta(days=31)).isoformat()}" in HOW_TO
    page = page_at(1280, user=people["author"])
    page.goto("/console/catalogue/")
    page.get_by_role("link", name=told("新增或修改目录项")).press("Enter")
    fill_item(page, (day - timedelta(days=1)).isoformat())
    page.get_by_label("归集的内容").fill("认定事项\n宗教信仰")
    press(page, "存为草稿")
    expect(page.get_by_text("含有禁止采集的内容", exact=False).first).to_be_visible()
    assert axe(page) == []
    assert told("本项自己的列")
    check_columns(page)
    page.get_by_label("归集的内容").fill("认定事项\n认定日期")
    press(page, told("存为草稿"))
    expect(page.get_by_text(f"生效日不得早于 {day.isoformat()}", exact=False).first).to_be_visible()
    page.get_by_label(told("自哪一天起")).fill(day.isoformat())
    press(page, "存为草稿")
    press(page, told("送合法性审核"))
    expect(page.get_by_text("已办理，并写入存证日志。")).to_be_visible()
    address = page.url
    take(page_at, people["checker"], address, told("审核通过"))
    take(page_at, people["author"], address, told("登记意见"))
    public = page_at(390)
    public.goto("/catalogue/")
    expect(public.get_by_role("table", name="正在征求意见的变更").get_by_text("JS-SL-01")).to_be_visible()
    proposal = public.get_by_role("table", name="第 1 号会改变什么")
    expect(proposal.get_by_text("认定事项、认定日期")).to_be_visible()
    expect(proposal.get_by_text("认定等级（SL_DJ，选项，只能选一个，必填，甲级/乙级，公示页显示）")).to_be_visible()
    expect(public.get_by_text("《示例省公共信用信息条例》第九条（地方性法规）").first).to_be_visible()
    assert (axe(public), overflow(public)) == ([], 0)
    decider = page_at(1280, user=people["decider"])
    decider.goto(address)
    expect(decider.get_by_text("还缺：征求意见期届满", exact=False).first).to_be_visible()
    settings.DEMO_DAY = day.isoformat()  # The server's own day, as a demonstration moves it.
    take(page_at, people["decider"], address, "批准")
    decider.goto(address)
    expect(decider.locator("main").get_by_text("生效", exact=True).first).to_be_visible()
    file_first_row(page_at(1280, user=people["clerk"]), tmp_path / "认定.xlsx")
    public.goto(f"/organisations/{make.FIRM}/")
    expect(public.get_by_text("示认〔2026〕1号").first).to_be_visible()
    public.get_by_text("全部公示内容").first.press("Enter")
    expect(public.get_by_text("甲级").first).to_be_visible()


def fill_item(page: Page, since: str) -> None:
    texts = {
        "代码": "JS-SL-01", "名称（中文）": "示例认定信息", "名称（英文）": "Demo findings", "由谁提供": "示例部门",
        "对应的行为或者决定": "认定", "国家基础目录类别": "10", "共享方式": "社会公开", "更新频率": "每月",
        "自哪一天起": since, "为什么提出": "部门来函",
    }  # fmt: skip
    for label, text in texts.items():
        page.get_by_label(label, exact=True).first.fill(text)
    page.get_by_label("性质").select_option("neutral")
    page.get_by_label("法人及非法人组织").check()
    page.get_by_label("报送表格").select_option("GENERIC")
    page.get_by_label("公开程度").select_option("public")
    page.get_by_label("期限怎样计算").select_option("standing")
    fill_basis(page, " 1")
    fill_column(page, 1, {"zh": "认定等级", "en": "Level", "code": "SL_DJ"}, "choice", "甲级\n乙级")
    fill_column(page, 2, {"zh": "认定次数", "code": "SL_CS"}, "text")


def fill_column(page: Page, number: int, texts: dict[str, str], kind: str, listed: str = "") -> None:
    """Open a row of the item's own columns as a keyboard does, and describe a column that has to be filled in."""
    row = page.locator("details.own-column", has=page.get_by_text(f"第 {number} 列"))
    row.locator("summary").press("Enter")
    for part, text in texts.items():
        row.locator(f"#id_column{number}-{part}").fill(text)
    row.get_by_label("填什么").select_option(kind)
    row.get_by_label("允许的取值").fill(listed)
    row.get_by_label("必填").check()
    row.get_by_label("在公示页显示").check()


def check_columns(page: Page) -> None:
    """The rows of columns stay open with what was written, and say what is amiss in them."""
    row = page.locator("details.own-column").nth(1)
    row.get_by_label("填什么").select_option("choice")
    press(page, "存为草稿")
    expect(page.get_by_text("本项自己的第 2 列没有填对，请展开修改。").first).to_be_visible()
    row = page.locator("details.own-column").nth(1)
    expect(row.get_by_text("选项类的列，每行填一个允许的取值；其他类的列不填。")).to_be_visible()
    row.get_by_label("填什么").select_option("text")


ROW = {
    "主体名称": "栖云望舒食品有限公司", "主体类别": "法人及非法人组织", "统一社会信用代码": make.FIRM,
    "事项内容": "认定", "文书号": "示认〔2026〕1号", "文书日期": "2026-11-12", "出具单位": "示例单位",
    "出具单位统一社会信用代码": make.AGENCY, "认定等级": "甲级", "认定次数": "二",
}  # fmt: skip


def file_first_row(page: Page, file: Path) -> None:
    """Take the empty template of the new item, write one row into it, and file it."""
    page.goto("/console/intake/")
    page.locator("#blank_item").select_option("JS-SL-01")
    with page.expect_download() as waiting:
        press(page, "下载空白模板")
    waiting.value.save_as(file)
    book = openpyxl.load_workbook(file)
    heads = {cell.value: cell.column for cell in book.worksheets[0][1]}
    for head, text in ROW.items():
        book.worksheets[0].cell(2, heads[head]).value = text
    book.save(file)
    page.locator("#send").get_by_label("目录项").select_option("JS-SL-01")
    page.set_input_files("input[type=file]", str(file))
    press(page, "报送")
    expect(page.get_by_text("已入库 1", exact=False).first).to_be_visible()


def test_nobody_without_a_part_in_it_comes_in(page_at, people) -> None:
    page = page_at(1280, user=people["clerk"])
    answer = page.goto("/console/catalogue/")
    assert answer is not None and answer.status == 403
    checker = page_at(1280, user=people["checker"])
    refused = checker.goto("/console/catalogue/new/item/")
    assert refused is not None and refused.status == 403
