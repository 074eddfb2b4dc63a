"""Reorganisation on the pages: who gets in, the walk to the repair, and hidden records in one's own file."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import factories
from tests.factories import NOW, TODAY
from tests.integration.portal.conftest import browser

from chengxin.accounts.models import Message
from chengxin.cases import selectors as cases
from chengxin.cases.models import Case, CaseEvent
from chengxin.cases.selectors import note_of
from chengxin.disclosure.models import Access
from chengxin.registry import hiding, selectors
from chengxin.registry.models import Cause

RULING = {
    "court": "示例市中级人民法院",
    "number": "（2026）示破1号",
    "ruled_on": "2026-11-02",
    "perform_by": "2028-11-02",
    "text": "裁定书和重整计划已送管理人。",
}
MINE, DESK = "/mine/reorganisation/", "/console/cases/reorganisation/"


def stranger():
    return factories.citizen(factories.person(factories.OTHER_CITIZEN, "林疏影"), "outsider")


def filed(town) -> Case:
    answer = browser(town.firm_user).post(MINE, RULING)
    assert answer.status_code == 302, answer.content.decode()
    return Case.objects.get(kind="bankruptcy", closed_at=None)


def take(officer, case, action, **fields):
    version = Case.objects.get(pk=case.pk).version
    fields = {"version": version, "note": "裁定属实。", **fields}
    return browser(officer).post(f"{DESK}{case.pk}/{action}/", fields)


def shielded(town) -> Case:
    case = filed(town)
    assert take(town.stage.reviewer, case, "propose").status_code == 302
    assert take(town.stage.decider, case, "shield").status_code == 302
    return case


def test_an_organisation_applies_is_hidden_reports_and_is_repaired(town):
    s, firm = town.stage, browser(town.firm_user)
    assert 'href="/mine/reorganisation/"' in firm.get("/mine/").content.decode()
    page = firm.get(MINE).content.decode()
    assert "依据：" in page and "〔2025〕22号" in page and 'name="court"' in page
    case = filed(town)
    assert note_of(CaseEvent.objects.get(case=case)) == RULING["text"]
    again = firm.get(MINE).content.decode()
    assert case.number in again and 'name="court"' not in again
    assert firm.post(MINE, RULING).status_code == 422
    listed = browser(s.reviewer).get(DESK).content.decode()
    assert case.number in listed and "示例" in browser(s.reviewer).get(f"{DESK}{case.pk}/").content.decode()
    assert take(s.decider, case, "shield").status_code == 422, "nothing is proposed yet"
    assert take(s.reviewer, case, "propose", note="").status_code == 422, "a reason is due"
    assert take(s.reviewer, case, "propose").status_code == 302
    assert take(s.reviewer, case, "shield").status_code == 422, "another person decides"
    assert take(s.decider, case, "shield").status_code == 302
    assert hiding.hidden(town.firm_record).cause == Cause.SHIELDED
    own = f"{MINE}{case.pk}/"
    assert firm.get(f"{own}report/").status_code == 200
    assert firm.post(f"{own}report/", {"note": ""}).status_code == 422
    assert firm.post(f"{own}report/", {"note": "（2026）示破1号之二，终结重整程序。"}).status_code == 302
    assert take(s.reviewer, case, "confirm").status_code == 302
    assert take(s.decider, case, "repair").status_code == 302
    assert selectors.present_version(town.firm_record).cause == Cause.RESTORED
    done = firm.get(own).content.decode()
    assert "已最终修复" in done and "破产重整信用修复决定书" in done
    assert "暂停展示的记录" not in firm.get("/mine/").content.decode()


def test_a_hidden_record_is_in_ones_own_file_with_its_reason_and_what_ends_it(town):
    assert "暂停展示" not in browser(town.firm_user).get("/mine/").content.decode()
    case = shielded(town)
    page = browser(town.firm_user).get("/mine/").content.decode()
    assert "暂停展示的记录" in page and "重整计划正在执行" in page and "2028" in page
    assert f"{MINE}{case.pk}/" in page
    read = Access.objects.filter(subject_id=town.firm.pk).order_by("-at", "-entry_id").first()
    assert read.record_count == 1, "the reading counts what it showed"


def test_a_record_hidden_by_an_overdue_objection_says_so_to_a_person(town):
    hiding.hide(town.person_record, Cause.DISPLAY_SUSPENDED, ref="YY-2026-000001", now=NOW)
    page = browser(town.person_user).get("/mine/").content.decode()
    assert "异议超过法定期限" in page and "到异议作出决定为止" in page
    assert MINE not in page, "the track is for organisations"


def test_a_hidden_record_past_its_time_is_gone_from_ones_own_file(town):
    case = shielded(town)
    assert len(hiding.hidden_of(town.firm.pk, TODAY)) == len([case])
    assert hiding.hidden_of(town.firm.pk, date(2099, 1, 1)) == []


def test_only_the_organisation_and_the_office_get_in(town):
    case = filed(town)
    own, desk = f"{MINE}{case.pk}/", f"{DESK}{case.pk}/"
    for outsider in (town.person_user, town.stranger):
        for path in (MINE, own, f"{own}withdraw/"):
            assert browser(outsider).get(path).status_code == 404
        assert browser(outsider).post(MINE, RULING).status_code == 404
        assert browser(outsider).get(DESK).status_code == 403
        assert take(outsider, case, "propose").status_code == 403
    assert browser(town.officer).get(desk).status_code == 404, "a source clerk has no part in it"
    assert take(town.officer, case, "propose").status_code == 404
    assert case.number not in browser(town.officer).get(DESK).content.decode()
    for path in (MINE, own, DESK, desk):
        assert browser().get(path).headers["Location"].startswith("/sign-in/")
    assert browser(town.firm_user).get(f"{MINE}{uuid.uuid4()}/").status_code == 404
    assert browser(town.firm_user).get(f"{own}report/").status_code == 404, "nothing to report yet"
    assert browser(town.firm_user).post(f"{own}withdraw/").status_code == 302
    assert Case.objects.get(pk=case.pk).state == "withdrawn"


@pytest.mark.parametrize("changed", [{"court": " "}, {"ruled_on": "2027-01-01"}, {"perform_by": "2026-01-01"}])
def test_without_a_ruling_the_form_says_why(town, changed):
    assert browser(town.firm_user).post(MINE, {**RULING, **changed}).status_code == 422
    assert not Case.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_open_in_both_languages(town, language):
    case = shielded(town)
    as_read = {"accept-language": language}
    for path in ("/mine/", MINE, f"{MINE}{case.pk}/", f"{MINE}{case.pk}/report/"):
        assert browser(town.firm_user).get(path, headers=as_read).status_code == 200
    for path in (DESK, f"{DESK}{case.pk}/", "/console/cases/"):
        assert browser(town.stage.reviewer).get(path, headers=as_read).status_code == 200


def test_a_failing_plan_is_heard_before_the_records_come_back(town):
    case = shielded(town)
    s = town.stage
    assert take(s.reviewer, case, "fail").status_code == 302
    assert take(s.decider, case, "resume", heard="").status_code == 422
    early = take(s.decider, case, "resume", heard="2026年11月20日当面听取。")
    assert early.status_code == 422
    assert "2026-11-27" in early.content.decode()
    own, firm = f"{MINE}{case.pk}/", browser(town.firm_user)
    page = firm.get(own).content.decode()
    assert "2026-11-27" in page
    assert f"{own}speak/" in page
    assert firm.post(f"{own}speak/", {"note": "计划仍可执行。"}).status_code == 302
    assert "计划仍可执行。" in browser(s.decider).get(f"{DESK}{case.pk}/").content.decode()
    assert take(s.decider, case, "resume", heard="2026年11月20日书面陈述。").status_code == 302
    assert hiding.hidden(town.firm_record) is None
    assert Case.objects.get(pk=case.pk).closed_at.date() >= factories.TODAY


def test_a_hidden_record_has_a_page_that_says_what_why_until_when_and_under_which_article(town):
    case = shielded(town)
    firm, path = browser(town.firm_user), f"/mine/records/{town.firm_record}/"
    assert path in firm.get("/mine/").content.decode()
    page = firm.get(path).content.decode()
    for wanted in ("暂停展示的是什么", "不共享给任何单位", "〔2025〕22号", "2028", case.number, "破产重整，暂停展示"):
        assert wanted in page, wanted
    assert "5000" not in page, "what is withheld is not on the page"
    assert "申请信用修复" not in page
    assert firm.get(f"{path}receipt.json").status_code == 200
    assert browser(stranger()).get(path).status_code == 404


def test_an_overdue_objection_hides_under_its_own_article(town):
    hiding.hide(town.firm_record, Cause.DISPLAY_SUSPENDED, ref="YY-2026-000009", now=NOW)
    page = browser(town.firm_user).get(f"/mine/records/{town.firm_record}/").content.decode()
    assert "超过法定期限还没有办结" in page
    assert "〔2025〕22号" not in page


def test_closed_cases_stay_findable(town):
    case, s = filed(town), town.stage
    assert browser(town.firm_user).post(f"{MINE}{case.pk}/withdraw/").status_code == 302
    desk = browser(s.reviewer)
    assert case.number not in desk.get(DESK).content.decode()
    closed = desk.get(f"{DESK}?closed=1").content.decode()
    assert case.number in closed
    assert f"{DESK}{case.pk}/" in closed


PDF = b"%PDF-1.7 ruling 0001"


def test_files_go_with_the_application_are_sealed_and_reach_the_reviewer_only(town):
    firm, s = browser(town.firm_user), town.stage
    paper = SimpleUploadedFile("裁定书.pdf", PDF, "application/pdf")
    assert firm.post(MINE, {**RULING, "evidence": paper}).status_code == 302
    case = Case.objects.get(kind="bankruptcy")
    document = cases.evidence(case)[0]
    assert PDF not in bytes(document.sealed_body)
    assert document.title in firm.get(f"{MINE}{case.pk}/").content.decode()
    assert firm.get(f"/mine/materials/{document.pk}/").content == PDF
    address = f"/console/cases/{case.pk}/materials/{document.pk}/"
    assert address in browser(s.reviewer).get(f"{DESK}{case.pk}/").content.decode()
    assert browser(s.reviewer).get(address).content == PDF
    assert browser(s.clerk).get(address).status_code in (403, 404)
    assert browser(stranger()).get(f"/mine/materials/{document.pk}/").status_code == 404


def test_more_files_come_later_and_with_the_report(town):
    case, firm = shielded(town), browser(town.firm_user)
    more = {"evidence": SimpleUploadedFile("a.pdf", PDF, "application/pdf")}
    assert firm.get(f"/mine/cases/{case.pk}/evidence/").status_code == 200
    assert firm.post(f"/mine/cases/{case.pk}/evidence/", more).headers["Location"] == f"{MINE}{case.pk}/"
    report = {"note": "（2026）示破1号之二。", "evidence": SimpleUploadedFile("b.pdf", PDF + b"2", "application/pdf")}
    assert firm.post(f"{MINE}{case.pk}/report/", report).status_code == 302
    assert len(cases.evidence(case)) == 2
    bad = {"note": "再报。", "evidence": SimpleUploadedFile("c.pdf", b"<html>", "application/pdf")}
    assert firm.post(f"{MINE}{case.pk}/withdraw/", bad).status_code in (404, 422)


def test_every_kind_is_in_ones_own_list_with_its_own_page_and_so_are_letters(town):
    case, firm = filed(town), browser(town.firm_user)
    listed = firm.get("/mine/cases/").content.decode()
    assert f"{MINE}{case.pk}/" in listed
    assert "破产重整信用修复" in listed
    assert firm.get(f"/mine/cases/{case.pk}/").headers["Location"] == f"{MINE}{case.pk}/"
    assert Message.objects.get(kind="reorganisation_filed").link == f"{MINE}{case.pk}/"
    assert "提交" in firm.get(f"{MINE}{case.pk}/").content.decode()


def test_the_common_queue_has_it_and_leads_to_its_page(town):
    case, s = filed(town), town.stage
    page = browser(s.reviewer).get("/console/cases/?kind=bankruptcy").content.decode()
    assert case.number in page
    assert f"{DESK}{case.pk}/" in page
    assert browser(s.reviewer).get(f"/console/cases/{case.pk}/").headers["Location"] == f"{DESK}{case.pk}/"
