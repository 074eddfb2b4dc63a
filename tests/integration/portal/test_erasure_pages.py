"""The pages of erasure, powers, papers and addresses: only one's own, nothing personal in a URL, both languages."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from tests import factories
from tests.factories import CITIZEN
from tests.integration.portal.conftest import browser
from tests.stages import decided

from chengxin.accounts.models import Message
from chengxin.cases import contacts
from chengxin.cases.models import Case, Document
from chengxin.registry import selectors as registry
from chengxin.rights.models import Erasure, Power, Reading

PROOF = b"%PDF-1.7 proof"


def file_request(client, target):
    answer = client.post("/mine/erasure/", {"target": str(target), "text": "不再需要"})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def take(client, where, action, **fields):
    case_id = where.rstrip("/").rpartition("/")[2]
    version = Case.objects.get(pk=case_id).version
    return client.post(f"/console/erasure/{case_id}/{action}/", {"version": version, "note": "依法办理。", **fields})


def test_a_person_sees_what_the_law_says_asks_and_is_refused_with_a_paper_to_keep(town):
    mine, s = browser(town.person_user), town.stage
    page = mine.get("/mine/erasure/").content.decode()
    assert "不予删除" in page and "第十三条" in page
    where = file_request(mine, town.person.pk)
    assert CITIZEN not in where
    reviewer, decider = browser(s.reviewer), browser(s.decider)
    assert "SC-2026-000001" in reviewer.get("/console/erasure/").content.decode()
    assert reviewer.get("/console/cases/").status_code == 200, "the other desk is none the worse for it"
    assert mine.get("/mine/cases/").status_code == 200
    wrong = take(reviewer, where, "propose", outcome="erased")
    assert wrong.status_code == 422 and "不予删除" in wrong.content.decode()
    assert take(reviewer, where, "propose", outcome="refused").status_code == 302
    assert take(decider, where, "refuse").status_code == 302
    answer = mine.get(where).content.decode()
    assert "删除请求决定书" in answer and "申请复核" in answer
    document = Document.objects.get(kind="erasure_decision")
    sheet = mine.get(f"/mine/papers/{document.pk}.pdf")
    assert sheet["Content-Type"] == "application/pdf" and sheet.content.startswith(b"%PDF-")
    assert document.number in sheet["Content-Disposition"]
    for stranger in (town.stranger, town.firm_user, town.officer, s.reviewer):
        assert browser(stranger).get(f"/mine/papers/{document.pk}.pdf").status_code == 404
        assert browser(stranger).get(where).status_code == 404
    assert browser().get(f"/mine/papers/{document.pk}.pdf").status_code == 302
    before = Reading.objects.count()
    assert reviewer.get(f"/console/erasure/papers/{document.pk}.pdf").content == sheet.content
    assert Reading.objects.count() == before + 1, "an officer's look is committed"
    assert browser(town.stranger).get(f"/console/erasure/papers/{document.pk}.pdf").status_code == 403


def test_the_evidence_of_a_paper_is_checked_in_the_open_without_a_look_up(town):
    decided(town.stage, "upheld")
    document = Document.objects.get(kind="objection_decision")
    evidence = browser(town.firm_user).get(f"/mine/papers/{document.pk}.json").json()
    given = {name: evidence[name] for name in ("number", "sha256", "signature")}
    good = browser().post("/documents/verify/", given)
    assert "签名有效" in good.content.decode()
    copied = {name: "\u200b".join(text) for name, text in given.items()}
    assert "签名有效" in browser().post("/documents/verify/", copied).content.decode(), "as copied from the sheet"
    bad = browser().post("/documents/verify/", {**given, "sha256": "0" * 64})
    assert "签名无效" in bad.content.decode()
    assert browser().post("/documents/verify/", {**given, "sha256": "x"}).status_code == 422
    proposal = Document.objects.get(kind="proposal")
    assert browser(town.firm_user).get(f"/mine/papers/{proposal.pk}.pdf").status_code == 404


def test_an_erased_person_keeps_the_answer_and_the_proof_and_has_no_file(town):
    old = factories.person("320199197001010010", "林疏影")
    factories.record(old, decided=date(2022, 3, 2), document_no="示交罚〔2022〕5号")
    user, s = factories.citizen(old, "old"), town.stage
    mine = browser(user)
    where = file_request(mine, old.pk)
    assert take(browser(s.reviewer), where, "propose", outcome="erased").status_code == 302
    assert take(browser(s.decider), where, "approve").status_code == 302
    page = mine.get(where).content.decode()
    assert "密钥已销毁" in page
    proof = mine.get(f"{where}proof.json").json()
    assert proof["erasure"]["key_destroyed"] is True
    assert browser(town.stranger).get(f"{where}proof.json").status_code == 404
    assert "林疏影" not in mine.get("/mine/erasure/").content.decode()
    assert mine.get("/mine/records/" + str(town.person_record) + "/").status_code == 404
    assert mine.get("/mine/").status_code == 200


def test_a_refusal_is_contested_and_a_request_withdrawn_on_the_page(town):
    mine = browser(town.person_user)
    where = file_request(mine, f"{town.person.pk}/{town.person_record}")
    assert mine.get(f"{where}withdraw/").status_code == 200
    assert mine.post(f"{where}withdraw/").status_code == 302
    assert mine.get(f"{where}contest/").status_code == 404
    assert Erasure.objects.get().open is False
    assert mine.post("/mine/erasure/", {"target": str(town.firm.pk)}).status_code == 422, "not one's own"


def power_fields(**changed):
    proof = SimpleUploadedFile("proof.pdf", PROOF, content_type="application/pdf")
    fields = {"capacity": "agent", "name": "沈清和", "number": CITIZEN, "ends_on": "2027-03-01", "proof": proof}
    return {**fields, **changed}


def test_an_agents_proof_goes_through_two_officers_and_the_person_ends_it(town):
    helper, s = browser(town.stranger), town.stage
    assert helper.post("/mine/agents/", power_fields()).status_code == 302
    power = Power.objects.get()
    address = f"/console/erasure/powers/{power.pk}/"
    reviewer, decider = browser(s.reviewer), browser(s.decider)
    page = reviewer.get(address).content.decode()
    assert "沈清和" in page and "一致" in page
    sent = reviewer.get(f"{address}proof/")
    assert sent.content == PROOF and "attachment" in sent["Content-Disposition"]
    assert helper.get(address).status_code == 403
    assert reviewer.post(address, {"step": "check"}).status_code == 422
    assert reviewer.post(address, {"step": "check", "answer": "yes"}).status_code == 302
    assert decider.post(address, {"step": "decide", "answer": "yes", "note": ""}).status_code == 422
    assert decider.post(address, {"step": "decide", "answer": "yes", "note": "齐全"}).status_code == 302
    assert registry.may_act_for(town.stranger, town.person.pk)
    assert "有人可以代您办理" in browser(town.person_user).get("/mine/agents/").content.decode()
    assert browser(town.firm_user).post(f"/mine/agents/{power.pk}/withdraw/").status_code == 403
    assert browser(town.person_user).post(f"/mine/agents/{power.pk}/withdraw/").status_code == 302
    assert not registry.may_act_for(town.stranger, town.person.pk)


def test_a_bad_claim_is_refused(town):
    for changed in ({"proof": SimpleUploadedFile("x.exe", b"MZ")}, {"ends_on": "2020-01-01"}, {"capacity": "friend"}):
        assert browser(town.stranger).post("/mine/agents/", power_fields(**changed)).status_code == 422
    assert not Power.objects.exists()


def test_addresses_are_shown_masked_and_an_empty_one_ends_its_channel(town):
    mine = browser(town.person_user)
    assert mine.post("/mine/contacts/", {"sms": "13800001234", "email": ""}).status_code == 302
    page = mine.get("/mine/contacts/").content.decode()
    assert "138****1234" in page and "13800001234" not in page
    assert contacts.channels_of(town.person.pk) == ["sms"]
    assert mine.post("/mine/contacts/", {"sms": "12", "email": ""}).status_code == 422
    assert mine.post("/mine/contacts/", {"sms": "", "email": ""}).status_code == 302
    assert contacts.channels_of(town.person.pk) == []
    assert Message.objects.filter(mailbox=town.person_user.pk).count() == 0


def test_the_pages_open_in_both_languages(town):
    mine = browser(town.person_user)
    for path in ("/documents/verify/", "/mine/erasure/", "/mine/agents/", "/mine/contacts/"):
        for language in ("zh-hans", "en"):
            assert mine.get(path, headers={"accept-language": language}).status_code == 200
