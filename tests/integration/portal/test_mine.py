"""The subject's own pages: what is held and why, who looked with proof, consents, objections and restoration."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import factories
from tests.disclosures import about_person, answer
from tests.factories import CITIZEN, FIRM, NOW, PENALTY, TODAY
from tests.integration.portal.conftest import browser

from chengxin.accounts import selectors as accounts
from chengxin.accounts.roles import Role
from chengxin.disclosure import authorisations
from chengxin.ledger import services as ledger
from chengxin.rules.identifiers.verdict import CodeKind

DISPUTED = "record-card--disputed"  # The words alone also stand in the explanations of the pages.
VERIFIER = Path(__file__).parents[3] / "verifier" / "chengxin_verify.py"


@pytest.fixture
def enquirer(town):
    return factories.user("enquirer", Role.ENQUIRER, of=factories.agency())


@pytest.fixture
def asked(town, enquirer):
    ask = authorisations.Ask("bank_credit", CodeKind.CITIZEN_ID, CITIZEN, "沈清和", (PENALTY,))
    return authorisations.ask(ask, enquirer, now=NOW, today=TODAY)


def sound(receipt: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    """Hand a downloaded receipt to the offline verifier."""
    (folder / "receipt.json").write_bytes(receipt)
    command = [sys.executable, str(VERIFIER), "receipt", str(folder / "receipt.json"), "--key", ledger.vkey()]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_my_file_says_what_why_until_when_and_that_it_is_not_public(town):
    page = browser(town.person_user).get("/mine/").content.decode()
    for said in ("沈清和", "示交罚〔2026〕7号", "共享使用到", "不公示", "查看详情和权利"):
        assert said in page


def test_a_record_page_derives_its_end_line_by_line_and_offers_the_rights(town):
    page = browser(town.person_user).get(f"/mine/records/{town.person_record}/").content.decode()
    for said in ("怎么算出来的", "提出异议", "申请信用修复", "能不能修复", "归集入库", "存证"):
        assert said in page


def test_the_proof_of_a_record_verifies_offline_and_a_changed_one_does_not(town, tmp_path):
    found = browser(town.person_user).get(f"/mine/records/{town.person_record}/receipt.json")
    assert sound(found.content, tmp_path).returncode == 0
    changed = json.loads(found.content)
    changed["leaf_body"] = changed["leaf_body"].replace("2026", "2025", 1)
    assert sound(json.dumps(changed).encode(), tmp_path).returncode == 1


def test_who_looked_shows_unit_purpose_basis_matter_and_what_was_seen_with_a_sound_receipt(town, enquirer, tmp_path):
    read = answer(about_person(enquirer))
    client = browser(town.person_user)
    page = client.get("/mine/lookups/").content.decode()
    for said in ("示例单位438", "办理行政许可", "苏办〔2026〕118号", "第二十二条", "查询员", "看到了什么"):
        assert said in page
    receipt = client.get(f"/mine/lookups/{read.access}/receipt.json")
    assert sound(receipt.content, tmp_path).returncode == 0


def test_ones_own_looks_are_counted_apart(town):
    client = browser(town.person_user)
    client.get("/mine/")
    page = client.get("/mine/lookups/").content.decode()
    assert "还没有别的单位查询过您的档案" in page
    assert "您本人查看过 1 次" in page


def test_a_request_shows_exactly_what_would_be_seen_and_is_granted_then_withdrawn(town, asked):
    client = browser(town.person_user)
    assert "示例单位438" in client.get("/mine/authorisations/").content.decode()
    page = client.get(f"/mine/authorisations/{asked.pk}/").content.decode()
    for said in (
        "原样看到",
        "处罚类别、罚款金额",
        "去掉号码后看到",
        "违法行为类型、处罚内容",
        "不同意",
        "最后一天是这一天",
    ):
        assert said in page
    client.post(f"/mine/authorisations/{asked.pk}/decide/", {"act": "grant"})
    assert "撤回授权" in client.get("/mine/authorisations/").content.decode()
    answered = client.post(f"/mine/authorisations/{asked.pk}/decide/", {"act": "withdraw"}, follow=True)
    assert "下一次查询会立即被拒绝" in answered.content.decode()
    assert authorisations.state(authorisations.of_subject(town.person.id)[0], TODAY) == "withdrawn"


def test_what_the_request_lists_is_what_the_gate_then_gives(town, asked, enquirer):
    client = browser(town.person_user)
    page = client.get(f"/mine/authorisations/{asked.pk}/").content.decode()
    client.post(f"/mine/authorisations/{asked.pk}/decide/", {"act": "grant"})
    day = TODAY + timedelta(days=1)
    enquiry = about_person(enquirer, "bank_credit", authorisation_id=asked.pk, matter_no="")
    given = answer(enquiry, today=day, now=NOW + timedelta(days=1)).rows[0].fields
    assert given
    assert all(field.zh in page for field in given)


def test_a_refusal_becomes_a_sentence_on_the_page(town, asked):
    client, path = browser(town.person_user), f"/mine/authorisations/{asked.pk}/decide/"
    client.post(path, {"act": "decline"})
    assert "这项申请已经办结" in client.post(path, {"act": "grant"}, follow=True).content.decode()


def test_an_objection_is_filed_by_post_and_redirect_and_shows_on_the_open_site(town):
    client = browser(town.firm_user)
    posted = client.post(
        f"/mine/records/{town.firm_record}/objection/", {"grounds": "wrong", "text": "罚款金额应为 3000 元。"}
    )
    assert posted.status_code == 302
    case = client.get(posted.headers["Location"]).content.decode()
    for said in ("已提交", "最近的期限是", "罚款金额应为 3000 元", "撤回"):
        assert said in case
    assert DISPUTED in browser().get(f"/organisations/{FIRM}/").content.decode()
    assert DISPUTED in client.get("/mine/").content.decode()


def test_an_incomplete_objection_is_told_what_is_missing(town):
    client = browser(town.firm_user)
    answered = client.post(f"/mine/records/{town.firm_record}/objection/", {"text": ""})
    assert answered.status_code == 422
    assert "哪里不对：" in answered.content.decode()


def test_a_second_objection_is_refused_in_a_sentence(town):
    client, path = browser(town.firm_user), f"/mine/records/{town.firm_record}/objection/"
    client.post(path, {"grounds": "wrong", "text": "不对。"})
    assert "已有办理中的同类办件" in client.post(path, {"grounds": "wrong", "text": "不对。"}).content.decode()


def test_withdrawing_an_objection_takes_the_mark_off(town):
    client = browser(town.firm_user)
    path = client.post(f"/mine/records/{town.firm_record}/objection/", {"grounds": "wrong", "text": "不对。"}).headers[
        "Location"
    ]
    assert client.get(f"{path}withdraw/").status_code == 200
    assert client.post(f"{path}withdraw/").headers["Location"] == path
    assert DISPUTED not in browser().get(f"/organisations/{FIRM}/").content.decode()
    assert client.post(f"{path}withdraw/").status_code == 404


def test_not_me_takes_the_record_out_of_sight_at_once_but_not_out_of_ones_own(town):
    client = browser(town.firm_user)
    client.post(f"/mine/records/{town.firm_record}/objection/", {"grounds": "not_me", "text": "不是本单位。"})
    assert "示交罚〔2026〕1号" not in browser().get(f"/organisations/{FIRM}/").content.decode()
    assert "关联已经中止" in client.get(f"/mine/records/{town.firm_record}/").content.decode()


def test_restoration_needs_both_confirmations(town):
    client, path = browser(town.firm_user), f"/mine/records/{town.firm_record}/restoration/"
    given = {"duty_performed_on": "2026-05-20", "duty_text": "罚款已缴清。", "truthful": "on"}
    assert client.post(path, given).status_code == 422
    posted = client.post(path, {**given, "commitment": "on"})
    assert posted.status_code == 302
    assert "信用承诺书" in client.get(posted.headers["Location"]).content.decode()
    assert "record-card--repairing" in browser().get(f"/organisations/{FIRM}/").content.decode()


def test_restoration_too_early_names_the_day_and_shows_no_form(town):
    early = factories.record(town.firm, decided=date(2026, 11, 12), document_no="示交罚〔2026〕99号")
    page = browser(town.firm_user).get(f"/mine/records/{early}/restoration/").content.decode()
    assert "现在还不能申请" in page
    assert "日期是怎么算出来的" in page
    assert 'name="commitment"' not in page


def test_the_inbox_counts_opens_and_marks_letters(town):
    client = browser(town.person_user)
    letter = accounts.inbox([town.person.id]).first()
    assert "1 封未读" in client.get("/mine/inbox/").content.decode()
    assert client.post(f"/mine/inbox/{letter.pk}/open/").headers["Location"] == letter.link
    assert "封未读" not in client.get("/mine/inbox/").content.decode()


def test_a_report_is_made_in_the_moment_as_page_or_file(town):
    client = browser(town.person_user)
    page = client.post("/mine/report/", {"format": "page"})
    assert page.status_code == 200
    assert "核验码" in page.content.decode()
    assert CITIZEN not in page.content.decode()
    made = json.loads(client.post("/mine/report/", {"format": "json"}).content)
    assert made["number"].startswith("XB")
    code = json.loads(made["text"])["verify_code"]
    checked = browser().post("/reports/verify/", {"number": made["number"], "code": code})
    assert "有效。" in checked.content.decode()


def test_no_address_on_ones_own_pages_holds_a_personal_number(town, enquirer):
    answer(about_person(enquirer))
    client = browser(town.person_user)
    for path in ("/mine/", f"/mine/records/{town.person_record}/", "/mine/lookups/", "/mine/inbox/"):
        assert CITIZEN not in client.get(path).content.decode()
