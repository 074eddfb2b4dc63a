"""Approvals and orders over HTTP: put by a unit's system, decided by a person of the unit, nothing twice."""

from __future__ import annotations

import base64
import io
import zipfile
from random import Random

import pytest
from tests import factories
from tests.disclosures import PERSON_NAME, article
from tests.factories import CITIZEN, OTHER_CITIZEN
from tests.integration.api.conftest import problem

from chengxin.accounts.roles import Role
from chengxin.disclosure.models import Access, EnquiryOrder
from chengxin.disclosure.orders import approvals, orders, protection
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.ui import clock

pytestmark = pytest.mark.django_db
SENSITIVE = "qualification_review"
MATTER, WHY = "苏办〔2026〕118号", "核对本批许可申请人的处罚情况"


def order(**changed):
    return {
        "purpose": "licensing",
        "statute": article("licensing"),
        "matter_no": MATTER,
        "subject_kind": "person",
        "code_kind": "citizen_id",
        "reason": WHY,
        "subjects": [{"code": CITIZEN, "name": PERSON_NAME}, {"code": OTHER_CITIZEN, "name": "顾言蹊"}],
        **changed,
    }


def colleague(world):
    return factories.user("colleague", Role.ENQUIRER, of=world.ours.client.agency)


def test_an_order_goes_from_placing_to_its_results_and_is_nobody_elses(world):
    placed = world.ours.post("/enquiry-orders", order(), **{"Idempotency-Key": "order-0001"})
    again = world.ours.post("/enquiry-orders", order(), **{"Idempotency-Key": "order-0001"})
    assert (placed.status_code, again.status_code) == (201, 200) and placed.json() == again.json()
    assert (EnquiryOrder.objects.count(), Access.objects.count()) == (1, 0)
    path = f"/enquiry-orders/{placed.json()['id']}"
    problem(world.ours.post(f"{path}/next", {}), 422, "cannot_order")
    now, today = clock.now(), clock.today()
    orders.decide(EnquiryOrder.objects.get().pk, colleague(world), approve=True, answer="", now=now, today=today)
    for act in ("", "/next", "/results"):
        call = world.theirs.post(path + act, {}) if act else world.theirs.get(path)
        problem(call, 404, "not_found")
    done = world.ours.post(f"{path}/next", {}).json()
    assert (done["state"], done["done"], done["answered"]) == ("finished", 2, 1)
    taken = world.ours.post(f"{path}/results", {})
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(taken.json()["archive"]))) as archive:
        assert CITIZEN not in archive.read("results.csv").decode()
    problem(world.ours.post(f"{path}/results", {}), 422, "cannot_order")
    assert Access.objects.count() == 2


def test_a_report_is_drawn_for_a_reason_like_any_enquiry(world, settings):
    settings.CHANCE_SEED = next(str(n) for n in range(100) if Random(str(n)).randrange(10) == 0)
    asked = {
        "purpose": "licensing", "subject_kind": "person", "code_kind": "citizen_id", "code": CITIZEN,
        "name": PERSON_NAME, "statute": article("licensing"), "matter_no": MATTER,
    }  # fmt: skip
    problem(world.ours.post("/reports", asked), 403, "reason_wanted")
    assert world.ours.post("/reports", asked | {"reason": WHY}).status_code == 200


def test_a_report_on_a_protected_subject_carries_its_approval_and_is_made(world):
    centre = factories.agency("113201990000000790", runs_platform=True)
    one, other = (factories.user(name, Role.DECIDER, of=centre) for name in ("one", "other"))
    change = protection.propose(CodeKind.CITIZEN_ID, CITIZEN, PERSON_NAME, "证人保护", one, clock.now())
    protection.decide(change.pk, other, approve=True, answer="", now=clock.now())
    asked = {
        "purpose": "licensing", "subject_kind": "person", "code_kind": "citizen_id", "code": CITIZEN,
        "name": PERSON_NAME, "statute": article("licensing"), "matter_no": MATTER, "reason": WHY,
    }  # fmt: skip
    refused = problem(world.ours.post("/reports", asked), 403, "needs_centre")
    assert refused["needed"]["matter_no"] is True
    put = world.ours.post("/enquiry-approvals", asked).json()
    approvals.decide(put["id"], one, approve=True, answer="", now=clock.now(), today=clock.today())
    made = world.ours.post("/reports", asked | {"approval": put["id"]})
    assert made.status_code == 200 and made.json()["number"]
    problem(world.ours.post("/reports", asked | {"approval": put["id"]}), 403, "approval_not_valid")


def test_what_is_wrong_with_an_order_is_told_by_line_and_never_repeated(world):
    wrong = world.ours.post("/enquiry-orders", order(subjects=[{"code": CITIZEN[:-1] + "3", "name": PERSON_NAME}]))
    problem(wrong, 422, "cannot_order")
    assert CITIZEN[:-1] not in wrong.content.decode() and PERSON_NAME not in wrong.content.decode()
    problem(world.ours.post("/enquiry-orders", order(purpose="procurement")), 403, "purpose_not_covered")


def test_a_sensitive_enquiry_is_put_approved_and_answered_once(world):
    system = world.system(factories.OTHER_AGENCY, SENSITIVE)
    enquiry = {**order(purpose=SENSITIVE, statute=article(SENSITIVE)), "code": CITIZEN, "name": PERSON_NAME}
    del enquiry["subjects"]
    problem(system.post("/enquiries", enquiry), 403, "needs_second_person")
    put = system.post("/enquiry-approvals", enquiry).json()
    assert (put["kind"], put["state"]) == ("unit", "asked")
    second = factories.user("second", Role.ENQUIRER, of=system.client.agency)
    (waiting,) = approvals.for_decider(second, clock.today())
    approvals.decide(waiting.approval.pk, second, approve=True, answer="", now=clock.now(), today=clock.today())
    assert system.get(f"/enquiry-approvals/{put['id']}").json()["state"] == "approved"
    problem(world.theirs.get(f"/enquiry-approvals/{put['id']}"), 404, "not_found")
    assert system.post("/enquiries", {**enquiry, "approval": put["id"]}).status_code == 200
    problem(system.post("/enquiries", {**enquiry, "approval": put["id"]}), 403, "approval_not_valid")
