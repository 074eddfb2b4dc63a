"""Enquiries over HTTP: the one gate, its refusals with what is needed, and no number anywhere."""

from __future__ import annotations

import logging

import pytest
from tests import factories
from tests.disclosures import PERSON_NAME, allowed, article
from tests.factories import CITIZEN, FIRM, NOW
from tests.integration.api.conftest import problem

from chengxin.disclosure.models import Access
from chengxin.ledger import services as ledger

pytestmark = pytest.mark.django_db


def asked(**changed):
    return {
        "purpose": "licensing",
        "subject_kind": "person",
        "code_kind": "citizen_id",
        "code": CITIZEN,
        "name": PERSON_NAME,
        "statute": article("licensing"),
        "matter_no": "苏办〔2026〕118号",
        "reason": "办理道路运输许可，核对处罚情况",
        **changed,
    }


def test_an_enquiry_with_article_and_matter_is_answered_masked(world):
    response = world.ours.post("/enquiries", asked())
    body = response.json()
    assert (response.status_code, body["outcome"], body["hit"], body["count"]) == (200, "answered", True, 1)
    assert body["records"][0]["basis"].startswith("《") and body["records"][0]["use_until"]
    assert CITIZEN not in response.content.decode() and PERSON_NAME not in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    access = Access.objects.get(entry_id=body["ledger_entry"])
    assert (access.actor_id, access.subject_id) == (world.ours.client.user_id, world.person.id)


def test_an_organisation_is_answered_too(world):
    wanted = asked(subject_kind="organisation", code_kind="uscc", code=FIRM, name="栖云望舒食品有限公司")
    assert world.ours.post("/enquiries", wanted).json()["hit"] is True


def test_an_authorisation_opens_what_it_covers(world):
    consent = allowed(world.ours.client.user, world.citizen)
    wanted = asked(purpose="bank_credit", statute="", matter_no="", authorisation=str(consent.pk))
    assert world.ours.post("/enquiries", wanted).json()["outcome"] == "answered"
    problem(world.theirs.post("/enquiries", wanted), 403, "authorisation_not_valid")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"statute": ""}, "no_basis"),
        ({"matter_no": ""}, "no_matter"),
        ({"statute": "《示例法》第一条"}, "statute_not_for_purpose"),
        ({"matter_no": f"事项 {CITIZEN}"}, "matter_not_plain"),
        ({"code": "320199198002290013"}, "code_not_usable"),
        ({"purpose": "procurement"}, "not_permitted"),
        ({"purpose": "gossip"}, "not_permitted"),
        ({"purpose": "bank_credit", "statute": "", "matter_no": ""}, "no_basis"),
    ],
)
def test_whatever_is_missing_the_refusal_is_committed_and_says_what_is_needed(world, changed, code):
    before = Access.objects.count()
    response = world.ours.post("/enquiries", asked(**changed))
    body = problem(response, 403, code)
    assert Access.objects.count() == before + 1
    assert Access.objects.get(entry_id=body["ledger_entry"]).reason_code == code
    assert (body["needed"] is None) == (changed.get("purpose") == "gossip")
    assert CITIZEN not in response.content.decode()


def test_a_purpose_bound_to_matters_says_which_and_a_number_is_all_a_count_gives(world):
    buyer = world.system("113201990000000801", "procurement", "inspection_rate")
    firm = {"subject_kind": "organisation", "code_kind": "uscc", "code": FIRM, "name": "栖云望舒食品有限公司"}
    bid = asked(**firm, purpose="procurement", statute=article("procurement"))
    body = problem(buyer.post("/enquiries", bid), 403, "matter_not_for_purpose")
    assert body["needed"]["matters"] == ["government_procurement"]
    assert buyer.post("/enquiries", bid | {"matter": "government_procurement"}).status_code == 200
    rate = asked(**firm, purpose="inspection_rate", statute=article("inspection_rate"))
    counted = buyer.post("/enquiries", rate).json()
    assert (counted["answer"], counted["count"], counted["records"]) == ("count", 1, [])


def test_what_is_needed_names_the_articles(world):
    needed = problem(world.ours.post("/enquiries", asked(statute="")), 403, "no_basis")["needed"]
    assert needed["ground"] == "statute" and article("licensing") in needed["statutes"] and needed["matter_no"]


def test_no_answer_without_a_file_differs_only_in_saying_so(world):
    body = world.ours.post("/enquiries", asked(code=factories.OTHER_CITIZEN)).json()
    assert (body["outcome"], body["hit"], body["records"]) == ("no_file", False, [])


def test_the_entry_of_an_answer_is_provable_to_anyone(world):
    entry = world.ours.post("/enquiries", asked()).json()["ledger_entry"]
    problem(world.ours.get(f"/ledger/receipts/{entry}/proof"), 404, "not_found")
    ledger.sequence(now=NOW)
    proof = world.ours.get(f"/ledger/receipts/{entry}/proof").json()
    assert proof["kind"] == "access" and proof == world.ours.get(f"/ledger/entries/{proof['index']}/proof").json()
    assert CITIZEN not in str(proof)


@pytest.mark.parametrize("path", ["/organisations/{0}", "/organisations?q={0}", "/persons/{0}", "/submissions/{0}"])
def test_a_number_in_an_address_reaches_neither_answer_nor_log(world, caplog, path):
    caplog.set_level(logging.DEBUG)
    response = world.ours.get(path.format(CITIZEN))
    assert response.status_code in (404, 422)
    assert CITIZEN not in response.content.decode() and CITIZEN not in caplog.text


def test_a_number_in_a_body_reaches_neither_answer_nor_log(world, caplog):
    caplog.set_level(logging.INFO)
    for body in (
        asked(),
        asked(statute=""),
        asked(code_kind="passport"),
        asked(subject_kind=CITIZEN),
        {CITIZEN: CITIZEN},
    ):
        response = world.ours.post("/enquiries", body)
        assert CITIZEN not in response.content.decode() and CITIZEN not in caplog.text


@pytest.mark.parametrize(
    "changed",
    [{"code": ""}, {"code": "1" * 41}, {"code": 1}, {"code_kind": "face"}, {"name": "a\u0000b"}, {"extra": 1}],
)
def test_a_malformed_question_is_422(world, changed):
    problem(world.ours.post("/enquiries", asked(**changed)), 422, "invalid")


def test_when_the_leaf_cannot_be_written_nothing_is_answered(world, monkeypatch):
    from chengxin.disclosure import accesses

    def full(*_arguments):
        raise OSError("disk full")

    monkeypatch.setattr(accesses, "insert_prepared", full)
    response = world.ours.post("/enquiries", asked())
    problem(response, 503, "no_leaf_no_answer")
