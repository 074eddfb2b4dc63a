"""One's own cases on the pages: what is happening, what comes next, what was decided, and the way on."""

from __future__ import annotations

from tests import factories, stages
from tests.disclosures import about_firm, answer
from tests.factories import FIRM, NOW, PENALTY, TODAY
from tests.integration.portal.conftest import browser

from chengxin.accounts.roles import Role
from chengxin.disclosure import authorisations
from chengxin.rules.identifiers.verdict import CodeKind

DISPUTED = "record-card--disputed"


def test_an_open_case_names_the_state_the_next_date_and_how_it_was_counted(town):
    case = stages.objected(town.stage)
    stages.take(case, "accept", town.stage.centre)
    page = browser(town.firm_user).get(f"/mine/cases/{case.pk}/").content.decode()
    for said in ("已受理", "您不需要再做什么", "最近的期限是", "第 1 个工作日", "已按期完成", "提交异议申请"):
        assert said in page
    assert case.number in browser(town.firm_user).get("/mine/cases/").content.decode()


def test_the_history_names_units_and_roles_but_no_officer(town):
    case = stages.answered(town.stage)
    page = browser(town.firm_user).get(f"/mine/cases/{case.pk}/").content.decode()
    assert "示例单位438 · 信源单位填报员" in page
    assert town.officer.display_name not in page


def test_a_decision_shows_its_reason_and_remedy_and_can_be_contested_once(town):
    case = stages.decided(town.stage, "upheld")
    client, path = browser(town.firm_user), f"/mine/cases/{case.pk}/"
    page = client.get(path).content.decode()
    for said in ("维持原记录", "救济途径", "申请复核"):
        assert said in page
    assert DISPUTED not in browser().get(f"/organisations/{FIRM}/").content.decode()
    assert client.post(f"{path}contest/", {"note": ""}).status_code == 422
    assert client.post(f"{path}contest/", {"note": "决定没有回应我提交的票据。"}).headers["Location"] == path
    assert DISPUTED in browser().get(f"/organisations/{FIRM}/").content.decode()
    assert client.get(f"{path}contest/").status_code == 404


def test_a_step_on_an_outdated_page_is_refused_in_a_sentence(town):
    case = stages.objected(town.stage)
    stale = case.version
    stages.take(case, "accept", town.stage.centre)
    client = browser(town.firm_user)
    refused = client.post(f"/mine/cases/{case.pk}/withdraw/", {"version": str(stale)})
    assert refused.status_code == 422
    assert "error-summary" in refused.content.decode()


def test_an_applicant_asked_for_papers_is_told_so_and_completes_them(town):
    case = stages.applied(town.stage, duty_text="", duty_performed_on=None)
    stages.take(case, "ask_completion", town.stage.centre, note="请补交缴款票据。")
    client, path = browser(town.firm_user), f"/mine/cases/{case.pk}/"
    assert "需要您补正材料" in client.get(path).content.decode()
    posted = client.post(f"{path}complete/", {"performed_on": "2026-05-20", "note": "票据号 0001。"})
    assert posted.headers["Location"] == path
    assert "需要您补正材料" not in client.get(path).content.decode()


def test_after_restoration_the_record_is_gone_everywhere_and_the_effects_are_listed(town):
    case = stages.restored(town.stage)
    client = browser(town.firm_user)
    page = client.get(f"/mine/cases/{case.pk}/").content.decode()
    for said in ("停止公示", "停止共享和使用", "解除惩戒措施", "信用修复决定书"):
        assert said in page
    assert "示交罚〔2026〕1号" not in client.get("/mine/").content.decode()
    assert "示交罚〔2026〕1号" not in browser().get(f"/organisations/{FIRM}/").content.decode()
    assert client.get(f"/mine/records/{town.firm_record}/").status_code == 404


def test_a_bare_answer_is_described_as_what_it_was(town):
    enquirer = factories.user("enquirer", Role.ENQUIRER, of=factories.agency())
    answer(about_firm(enquirer, "procurement"))
    page = browser(town.firm_user).get("/mine/lookups/").content.decode()
    assert "看不到记录内容" in page


def test_a_foreign_authorisation_cannot_be_decided_even_by_somebody_with_a_file(town):
    enquirer = factories.user("enquirer", Role.ENQUIRER, of=factories.agency())
    ask = authorisations.Ask("bank_credit", CodeKind.CITIZEN_ID, factories.CITIZEN, "沈清和", (PENALTY,))
    asked = authorisations.ask(ask, enquirer, now=NOW, today=TODAY)
    path = f"/mine/authorisations/{asked.pk}/decide/"
    assert browser(town.firm_user).post(path, {"act": "grant"}).status_code == 404
    assert authorisations.state(authorisations.of_subject(town.person.id)[0], TODAY) == "asked"
