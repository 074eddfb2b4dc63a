"""The desk of reports and the kiosk, page by page; nobody without the permission finds the desk."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from django.test import Client
from tests import factories
from tests.disclosures import article
from tests.factories import FIRM, TODAY

from chengxin.disclosure.models import Report, ReportPaper
from chengxin.ui import clock

pytestmark = pytest.mark.django_db
FIRM_NAME = "栖云望舒食品有限公司"


@pytest.fixture(autouse=True)
def day():
    with clock.moved_to(TODAY):
        yield


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_one_report_is_the_sheet_itself(world):
    typed = {"subject_kind": "organisation", "code_kind": "uscc", "code": FIRM, "name": FIRM_NAME}
    asked = typed | {"statute": article("supervision"), "matter_no": "苏办〔2026〕118号", "reason": ""}
    desk = signed_in(world.officer)
    assert "监督检查" in desk.get("/console/reports/").content.decode()
    sheet = desk.post("/console/reports/ask/supervision/", asked)
    assert sheet["Content-Type"] == "application/pdf" and sheet.content.startswith(b"%PDF")
    desk.post("/console/reports/ask/supervision/", asked | {"since": "2026-11-13"})
    assert {each.since for each in ReportPaper.objects.all()} == {None, date(2026, 11, 13)}
    late = desk.post("/console/reports/ask/supervision/", asked | {"since": "2030-01-01"})
    assert late.status_code == 403 and "起始日不得晚于今天" in late.content.decode()
    assert desk.post("/console/reports/ask/supervision/", asked | {"name": "别的名称"}).status_code == 403
    assert desk.get("/console/reports/ask/procurement/").status_code == 404


def test_a_batch_from_the_list_to_the_archive(world):
    desk = signed_in(world.officer)
    asked = {
        "statute": article("supervision"),
        "matter_no": "苏办〔2026〕118号",
        "lines": "不成行",
        "reason": "核对本批监管对象的处罚情况",
    }
    refused = desk.post("/console/reports/batch/supervision/", asked)
    assert refused.status_code == 422 and "第 1 行" in refused.content.decode()
    started = desk.post("/console/reports/batch/supervision/", asked | {"lines": f"{FIRM},{FIRM_NAME}\n{FIRM},别的"})
    page = started["Location"]
    assert "等待 2 份" in desk.get(page).content.decode()
    assert desk.post(page).status_code == 403
    second = signed_in(factories.user("second", *_roles(), of=world.officer.agency))
    assert page in second.get("/console/reports/").content.decode()
    assert FIRM_NAME in second.get(page).content.decode()
    second.post(page, {"decision": "approve", "answer": ""})
    shown = desk.post(page, follow=True).content.decode()
    assert "已出具 1 份，未出具 1 份，等待 0 份" in shown and "没有与所填证件" in shown
    packed = b"".join(desk.get(page + "reports.zip").streaming_content)
    names = zipfile.ZipFile(io.BytesIO(packed)).namelist()
    assert names == [f"{Report.objects.get().pk}.pdf"]
    other = signed_in(factories.user("other", *_roles(), of=world.officer.agency))
    assert {other.get(page).status_code, other.get(page + "reports.zip").status_code} == {404}


def _roles():
    from chengxin.accounts.roles import Role

    return (Role.ENQUIRER,)


@pytest.mark.parametrize("path", ["", "ask/supervision/", "batch/supervision/"])
def test_nobody_without_the_permission_finds_the_desk(world, path):
    assert signed_in(world.citizen).get(f"/console/reports/{path}").status_code == 404
    assert Client().get(f"/console/reports/{path}").status_code == 302


def test_the_kiosk_prints_and_leaves_nothing_behind(world):
    kiosk = signed_in(world.citizen)
    offered = kiosk.get("/kiosk/print/")
    assert offered["Refresh"] == "120; url=/kiosk/"
    for what in ("full", "clearance"):
        sheet = kiosk.post("/kiosk/print/", {"what": what, "subject": str(world.person.id)})
        assert sheet.content.startswith(b"%PDF") and "no-store" in sheet["Cache-Control"]
    assert kiosk.post("/kiosk/print/", {"what": "full", "subject": str(world.firm.id)}).status_code == 404
    left = kiosk.post("/kiosk/leave/")
    assert left["Clear-Site-Data"] == '"cache", "storage"' and kiosk.get("/mine/").status_code == 302


def test_whoever_walks_away_is_signed_out_by_the_start_page(world):
    kiosk = signed_in(world.citizen)
    assert kiosk.get("/mine/").status_code == 200
    kiosk.get("/kiosk/")
    assert kiosk.get("/mine/").status_code == 200  # No kiosk session, so it stays.
    kiosk.get("/kiosk/print/")
    assert kiosk.session.get_expiry_age() == 180
    kiosk.get("/kiosk/")
    assert kiosk.get("/mine/").status_code == 302


def test_a_representative_has_the_file_again_and_nobody_else(world):
    owner = signed_in(factories.citizen(world.firm, "owner"))
    sheet = owner.post("/mine/report/", {"format": "pdf"}).content
    number = Report.objects.get().pk
    assert owner.get(f"/mine/report/{number}.pdf").content == sheet
    assert owner.get(f"/mine/report/{number}.json").json()["number"] == number
    for stranger in (world.citizen, world.officer):
        client = signed_in(stranger)
        assert {client.get(f"/mine/report/{number}{end}").status_code for end in (".pdf", ".json", "/withdraw/")} == {
            404
        }


def test_the_page_of_checking_takes_a_file_and_refuses_a_large_one(world):
    owner = signed_in(factories.citizen(world.firm, "owner"))
    sheet = owner.post("/mine/report/", {"format": "pdf"}).content
    anybody = Client()
    shown = anybody.post("/reports/verify/", {"file": io.BytesIO(sheet)}).content.decode()
    assert "文件未被改动" in shown and FIRM_NAME not in shown
    altered = anybody.post("/reports/verify/", {"file": io.BytesIO(sheet + b" ")}).content.decode()
    assert "或者已被改动" in altered
    large = anybody.post("/reports/verify/", {"file": io.BytesIO(b"x" * (10 * 1024 * 1024 + 1))})
    assert large.status_code == 422 and "超过 10 MB" in large.content.decode()
