"""Two walks across both sides of disclosure, each person in a browser of their own.

A person grants, a unit reads, the person sees it within a second with a proof that holds, withdraws, and the next read
is refused. An organisation downloads its report, a stranger reads the QR that is printed on it, the record is repaired
by the officers of the desk, and the stranger now sees that the report is superseded.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as installation
from tests import factories, qr_reader
from tests.disclosures import PERSON_NAME
from tests.factories import CITIZEN, TODAY
from tests.functional.conftest import WIDTHS
from tests.stages import Stage, stage

from chengxin.accounts.roles import Role
from chengxin.disclosure.models import Access, Authorisation, Report

pytestmark = [pytest.mark.django_db(transaction=True)]
WIDTH = pytest.mark.parametrize("width", WIDTHS)
VERIFIERS = Path(installation.HOME) / "verifier"
SHOTS = os.environ.get("CHENGXIN_SHOTS")
WHY = "核对本人授权的授信申请资料"


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.DEMO_DAY = TODAY.isoformat()


@pytest.fixture
def sound(axe, overflow):
    """Return a check that a page fits its window, is accessible, and has no personal number in its address."""

    def check(page: Any) -> None:
        if SHOTS:
            name = re.sub(r"[^a-z]+", "-", page.url.split("/", 3)[3])[:40]
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{page.viewport_size['width']}.png"), full_page=True)
        assert overflow(page) <= 0, page.url
        assert axe(page) == [], page.url
        assert CITIZEN not in page.url

    return check


def judged(program: str, *arguments: Any) -> int:
    """Run a verifier as anyone would and return its exit code."""
    return subprocess.run([sys.executable, VERIFIERS / program, *arguments], check=False).returncode


def downloaded(page: Any, link: Any, target: Path) -> Path:
    """Keep what a link gives as a file and return its path."""
    with page.expect_download() as waiting:
        link.click()
    waiting.value.save_as(target)
    return target


def asks_for_authorisation(page: Any) -> None:
    """Ask the person, item by item, from the unit's desk."""
    page.goto("/console/enquiry/authorisations/ask/bank_credit/")
    page.locator("[name='subject_kind'][value='person']").check()
    page.locator("[name='code_kind']").select_option("citizen_id")
    page.locator("[name='code']").fill(CITIZEN)
    page.locator("[name='name']").fill(PERSON_NAME)
    page.locator(f"[name='items'][value='{factories.PENALTY}']").check()
    page.locator("[name='days']").select_option("30")
    page.locator("form", has=page.locator("[name='days']")).locator("[type='submit']").first.click()
    assert page.get_by_text("申请已送达对方信箱").is_visible()


def enquires(page: Any) -> str:
    """Enquire under the authorisation the form offers and return what the page then says."""
    page.locator("[name='subject_kind'][value='person']").check()
    page.locator("[name='code_kind']").select_option("citizen_id")
    page.locator("[name='code']").fill(CITIZEN)
    page.locator("[name='name']").fill(PERSON_NAME)
    page.locator("[name='reason']").fill(WHY)
    page.get_by_role("button", name="查询并留痕").click()
    return str(page.locator("main").inner_text())


@WIDTH
def test_granted_read_seen_within_a_second_withdrawn_refused(page_at, sound, width, tmp_path):
    factories.law()
    subject = factories.person()
    factories.record(subject, document_no="示交罚〔2026〕7号")
    person = factories.citizen(subject, "self")
    officer = factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    unit, mine = page_at(1280, user=officer), page_at(width, user=person)
    asks_for_authorisation(unit)

    mine.goto("/mine/authorisations/")
    mine.get_by_role("link", name="看清楚再决定").click()
    assert mine.get_by_text("期限内可以多次查询").is_visible()
    assert mine.get_by_text("最多 30 天").is_visible()
    sound(mine)
    mine.get_by_role("button", name="同意", exact=True).click()
    mine.goto("/mine/lookups/")
    assert "银行授信" not in mine.locator("main").inner_text()

    unit.goto("/console/enquiry/ask/bank_credit/")
    answered = enquires(unit)
    read = time.monotonic()
    mine.reload()
    look = mine.locator(".look").first
    assert "银行授信" in look.inner_text()
    assert time.monotonic() - read < 1.0
    assert "示交罚〔2026〕7号" in answered and PERSON_NAME not in answered

    proof = downloaded(
        mine, mine.locator(".look").first.get_by_role("link", name="下载证明"), tmp_path / "receipt.json"
    )
    key = tmp_path / "vkey.txt"
    key.write_text(mine.request.get("/ledger/vkey").text(), encoding="utf-8")
    assert judged("chengxin_verify.py", "receipt", proof, "--key", key) == 0
    changed = json.loads(proof.read_text("utf-8"))
    changed["payload_text"] = changed["payload_text"].replace("enquirer", "auditor")
    (tmp_path / "changed.json").write_text(json.dumps(changed), encoding="utf-8")
    assert judged("chengxin_verify.py", "receipt", tmp_path / "changed.json", "--key", key) == 1

    mine.goto(f"/mine/authorisations/{Authorisation.objects.get().pk}/")
    artefact = downloaded(mine, mine.get_by_role("link", name="下载授权凭证"), tmp_path / "authorisation.json")
    today = ("--key", key, "--on", TODAY.isoformat())
    assert judged("chengxin_authorisation.py", artefact, *today) == 0
    unit.goto("/console/enquiry/ask/bank_credit/")  # The form stands open while the person withdraws.
    mine.get_by_role("button", name="撤回授权").click()
    assert mine.get_by_text("下一次查询会立即被拒绝").is_visible()
    sound(mine)
    assert "没有覆盖本次查询的有效授权" in enquires(unit)
    assert list(Access.objects.order_by("at").values_list("outcome", flat=True))[-1] == "refused"
    mine.goto(f"/mine/authorisations/{Authorisation.objects.get().pk}/")
    artefact = downloaded(mine, mine.get_by_role("link", name="下载授权凭证"), tmp_path / "withdrawn.json")
    assert judged("chengxin_authorisation.py", artefact, *today) == 3
    mine.goto("/mine/lookups/")
    assert mine.locator(".look").first.get_by_text("已拒绝").is_visible()


def restoration_at_the_desk(page_at: Any, s: Stage) -> None:
    """Apply as the organisation does, and let the source and two officers of the centre carry it to its end."""
    owner = page_at(1280, user=s.applicant)
    owner.goto(f"/mine/records/{s.record}/restoration/")
    owner.get_by_label("义务全部履行完毕的日期").fill("2026-05-20")
    owner.get_by_label("履行情况说明").fill("罚款已缴清，票据附后。")
    owner.get_by_label("我确认").check()
    owner.get_by_label("我已读完").check()
    owner.get_by_role("button", name="提交修复申请").click()
    said = {"outcome": "approved", "note": "条件均已满足。"}
    steps = [(s.clerk, "受理", {}), (s.clerk, "开始核实", {}), (s.reviewer, "拟决定", said)]
    for user, button, fields in [*steps, (s.decider, "准予修复", {"note": "同意。"})]:
        step(page_at(1280, user=user), button, fields)


def step(page: Any, button: str, fields: dict[str, str]) -> None:
    """Take one step of the only case in the queue."""
    page.goto("/console/cases/")
    page.locator("tbody a").first.click()
    form = page.locator("form", has=page.get_by_role("button", name=button, exact=True))
    for name, value in fields.items():
        field = form.locator(f"[name='{name}']").first
        if field.get_attribute("type") == "radio":
            form.locator(f"[name='{name}'][value='{value}']").check()
        else:
            field.fill(value)
    form.get_by_role("button", name=button, exact=True).click()
    assert page.get_by_text("已办理").first.is_visible(), button


@WIDTH
def test_downloaded_checked_by_its_printed_qr_repaired_superseded(page_at, overflow, width, tmp_path, live_server):
    s = stage()
    owner = page_at(1280, user=s.applicant)
    owner.goto("/mine/report/")
    sheet = downloaded(owner, owner.get_by_role("button", name="出具并下载 PDF"), tmp_path / "report.pdf")
    address = qr_reader.printed_in(sheet.read_bytes())
    assert address.startswith(f"{live_server.url}/reports/verify/{Report.objects.get().number}/")

    stranger = page_at(width, script=False)
    stranger.goto(address)
    assert "有效。报告内容与现在的档案一致。" in stranger.locator("main").inner_text()
    restoration_at_the_desk(page_at, s)
    stranger.goto(address)
    said = stranger.locator("main").inner_text()
    assert "已过时。报告出具以后，档案有了变化。" in said
    assert "示交罚" not in said and "罚款" not in said, "the stranger is not told what changed"
    assert overflow(stranger) <= 0
