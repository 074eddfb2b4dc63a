"""A unit's system handles what the unit filed: it finds, withdraws, undoes, corrects, traces; nobody else's exists."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import factories, filings
from tests.factories import CITIZEN, FIRM
from tests.integration.api.conftest import problem

from chengxin.accounts.models import Message
from chengxin.intake.models import Admission, Correction, Withdrawal
from chengxin.ledger.models import Entry
from chengxin.registry import selectors as registry

pytestmark = pytest.mark.django_db
FIRM_ROW = filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕81号"}
PERSON_ROW = filings.PERSON_ROW | {"CF_WSH": "示交罚〔2026〕82号"}
GROUND = {
    "reason": "revoked",
    "document_no": "示复决〔2026〕3号",
    "decided_on": "2026-11-19",
    "text": "复议机关撤销原决定",
}
NOBODYS = "00000000-0000-4000-8000-000000000000"


def send(system, rows, name="处罚.csv"):
    file = SimpleUploadedFile(name, filings.as_csv(rows))
    return system.send({"item": factories.PENALTY, "file": file}).json()


@pytest.fixture
def filed(world):
    """Return the ids of a firm's and of a person's record that our system filed."""
    sent = send(world.ours, [FIRM_ROW, PERSON_ROW])
    by_row = dict(Admission.objects.filter(row__submission=sent["id"]).values_list("row__row_no", "record_id"))
    return by_row[2], by_row[3]


def say(system, path, body, **headers):
    return system.post(path, json.dumps(body), **headers)


def test_a_withdrawal_is_rehearsed_made_and_undone(world, filed):
    path = f"/records/{filed[0]}/withdrawal"
    tried = say(world.ours, path, GROUND | {"dry_run": True})
    assert (tried.status_code, tried.json()["state"]) == (200, "standing")
    assert tried.json()["withdrawal"]["due_on"] == "2026-11-24"
    assert not Withdrawal.objects.exists()
    made = say(world.ours, path, GROUND)
    assert (made.status_code, made.json()["state"]) == (201, "withdrawn")
    assert made.json()["withdrawal"]["derivation"][0]["zh"]
    problem(say(world.ours, path, GROUND | {"dry_run": True}), 409, "record_not_open")
    problem(say(world.ours, path, GROUND), 409, "record_not_open")
    undone = say(world.ours, path + "/undo", {"text": "撤错了"})
    assert (undone.status_code, undone.json()["state"]) == (200, "standing")
    problem(say(world.ours, path + "/undo", {"text": "撤错了"}), 409, "record_not_open")


def test_a_withdrawal_under_one_key_is_made_once_even_after_it_was_undone(world, filed):
    path, key = f"/records/{filed[0]}/withdrawal", {"Idempotency-Key": "withdraw-0001"}
    first = say(world.ours, path, GROUND, **key)
    say(world.ours, path + "/undo", {"text": "撤错了"})
    again = say(world.ours, path, GROUND, **key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json()["repeated"], again.json()["state"]) == (True, "standing")
    assert Withdrawal.objects.count() == 1
    problem(say(world.ours, path, GROUND | {"text": "别的"}, **key), 409, "idempotency_key_reused")


def test_a_refused_request_leaves_its_key_unused(world, filed):
    path, key = f"/records/{filed[0]}/withdrawal", {"Idempotency-Key": "withdraw-0002"}
    problem(say(world.ours, path, GROUND | {"decided_on": None}, **key), 422, "ground_missing")
    assert say(world.ours, path, GROUND, **key).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [{"decided_on": 3}, {"decided_on": "19700101"}, {"reason": "because"}, {"dry_run": 1}, {"text": ""}, {"more": 1}],
)
def test_what_is_not_as_described_is_refused(world, filed, wrong):
    problem(say(world.ours, f"/records/{filed[0]}/withdrawal", GROUND | wrong), 422, "invalid")
    assert not Withdrawal.objects.exists()


def test_a_correction_shows_its_differences_then_is_made(world, filed):
    path, fields = f"/records/{filed[0]}/correction", {"CF_NR_FK": "0.8"}
    tried = say(world.ours, path, {"fields": fields, "dry_run": True}).json()
    (change,) = tried["changes"]
    assert (change["code"], change["before"], change["after"]) == ("CF_NR_FK", "0.5", "0.8")
    assert (tried["ready"], tried["applied"], tried["number"]) == (True, False, 1)
    problem(say(world.ours, path, {"fields": fields, "text": "金额有误"}), 409, "record_moved")
    body = {"fields": fields, "text": "金额有误", "number": 1}
    made = say(world.ours, path, body, **{"Idempotency-Key": "correct-0001"})
    assert (made.status_code, made.json()["number"], made.json()["applied"]) == (201, 2, True)
    again = say(world.ours, path, body, **{"Idempotency-Key": "correct-0001"})
    assert (again.status_code, again.json()["repeated"], Correction.objects.count()) == (200, True, 1)
    assert Message.objects.filter(mailbox=world.firm.id, kind="record_corrected").count() == 1


def test_what_the_rules_refuse_and_fields_that_are_locked_are_not_corrected(world, filed):
    path = f"/records/{filed[0]}/correction"
    tried = say(world.ours, path, {"fields": {"CF_JDRQ": "2099-01-01"}, "dry_run": True}).json()
    assert not tried["ready"] and tried["findings"][0]["remedy_en"]
    wrong = {"fields": {"CF_JDRQ": "2099-01-01"}, "text": "改", "number": 1}
    problem(say(world.ours, path, wrong), 422, "correction_not_in_order")
    for code in ("CF_XDR_SHXYM", "NO_SUCH"):
        told = problem(say(world.ours, path, {"fields": {code: "x"}, "dry_run": True}), 422, "correction_not_in_order")
        assert "CF_NR_FK" in told["detail"] and "NO_SUCH" not in told["detail"]


@pytest.mark.parametrize("number", ["1", True, 1.5, -1, None])
def test_a_version_is_a_number(world, filed, number):
    body = {"fields": {"CF_NR_FK": "0.8"}, "text": "改", "number": number}
    problem(say(world.ours, f"/records/{filed[0]}/correction", body), 422, "invalid")


def test_records_are_found_by_document_or_code_and_only_ones_own(world, filed):
    found = world.ours.get("/records", document_no="示交罚〔2026〕81号").json()["items"]
    assert [each["id"] for each in found] == [str(filed[0])]
    assert world.ours.get("/records", document_no="示交罚〔2026〕82号").json()["items"] == []
    everything = world.ours.get("/records").json()
    assert {each["id"] for each in everything["items"]} == set(map(str, filed))
    by_person = say(world.ours, "/records/search", {"code": CITIZEN, "document_no": "示交罚〔2026〕82号"})
    assert [each["id"] for each in by_person.json()] == [str(filed[1])]
    assert CITIZEN not in by_person.content.decode() + json.dumps(everything)
    assert [each["id"] for each in say(world.ours, "/records/search", {"code": FIRM}).json()] == [str(filed[0])]
    assert world.theirs.get("/records").json()["items"] == []
    assert say(world.theirs, "/records/search", {"code": FIRM}).json() == []


def test_a_list_goes_on_page_by_page(world):
    send(world.ours, filings.rows(60, 200))
    first = world.ours.get("/records").json()
    second = world.ours.get("/records", cursor=first["next_cursor"]).json()
    ids = [each["id"] for each in first["items"] + second["items"]]
    assert (len(first["items"]), len(set(ids)), second["next_cursor"]) == (50, 60, "")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/records/{0}", None),
        ("/records/{0}/lineage", None),
        ("/records/{0}/withdrawal", GROUND),
        ("/records/{0}/withdrawal", GROUND | {"dry_run": True}),
        ("/records/{0}/withdrawal/undo", {"text": "错"}),
        ("/records/{0}/correction", {"fields": {"CF_NR_FK": "1"}, "dry_run": True}),
        ("/records/{0}/correction", {"fields": {"CF_NR_FK": "1"}, "text": "错", "number": 1}),
    ],
)
def test_another_units_record_looks_like_none_at_all(world, filed, path, body):
    def ask(record):
        address = path.format(record)
        return world.theirs.get(address) if body is None else say(world.theirs, address, body)

    foreign, none = ask(filed[0]), ask(NOBODYS)
    problem(foreign, 404, "not_found")
    assert foreign.content == none.content
    assert not Withdrawal.objects.exists() and not Correction.objects.exists()


def test_a_client_for_the_feed_handles_no_records(world, filed):
    feeder = world.system(factories.OTHER_AGENCY, "feed")
    for path in ("/records", f"/records/{filed[0]}", f"/records/{filed[0]}/lineage"):
        problem(feeder.get(path), 403, "purpose_not_covered")
    problem(say(feeder, "/records/search", {"code": FIRM}), 403, "purpose_not_covered")
    problem(say(feeder, f"/records/{filed[0]}/withdrawal", GROUND), 403, "purpose_not_covered")


def test_a_persons_record_is_masked_and_every_look_leaves_a_leaf(world, filed):
    firm, person = filed
    for record in filed:
        world.ours.get(f"/records/{record}")
        world.ours.get(f"/records/{record}/lineage")
        say(world.ours, f"/records/{record}/correction", {"fields": {"CF_NR_FK": "0.9"}, "dry_run": True})
    assert Entry.objects.filter(kind="source.shown").count() == 3
    shown = world.ours.get(f"/records/{person}")
    assert CITIZEN not in shown.content.decode() and "沈清和" not in shown.content.decode()
    assert any(field["masked"] for field in shown.json()["fields"])
    assert world.ours.get(f"/records/{firm}").json()["document_no"] == FIRM_ROW["CF_WSH"]


def test_lineage_leads_to_the_cell_and_names_only_ones_own_files(world, filed):
    again = send(world.ours, [FIRM_ROW], "再报.csv")
    told = world.ours.get(f"/records/{filed[0]}/lineage").json()
    (version,) = told["versions"]
    assert version["origin"]["row_no"] == 2
    assert {cell["address"] for cell in version["origin"]["cells"]} >= {"A2", "C2"}
    assert [each["submission"] for each in told["repeats"]] == [again["id"]]


def test_differences_of_a_later_file_are_shown_and_confirmed(world, filed):
    later = send(world.ours, [FIRM_ROW | {"CF_NR_FK": "0.8"}], "改.csv")
    path = f"/submissions/{later['id']}/differences"
    told = world.ours.get(path).json()
    (found,) = told["items"]
    assert (found["row_no"], found["record"], found["changes"][0]["after"]) == (2, str(filed[0]), "0.8")
    assert (told["absent"]["count"], told["absent"]["items"][0]["record"]) == (1, str(filed[1]))
    rows = [{"row_no": 2, "number": 1}, {"row_no": 9, "number": 1}]
    key = {"Idempotency-Key": "confirm-0001"}
    done = say(world.ours, path, {"rows": rows, "text": "按新文书"}, **key).json()
    assert (done["done"], [each["row_no"] for each in done["refused"]]) == (1, [9])
    assert (done["counts"]["corrected"], done["counts"]["returned"]) == (1, 0)
    again = say(world.ours, path, {"rows": rows, "text": "按新文书"}, **key).json()
    assert again == done | {"repeated": True} and Correction.objects.count() == 1
    assert world.ours.get(path).json()["items"] == []


def test_differences_of_another_unit_look_like_none_at_all(world, filed):
    later = send(world.ours, [FIRM_ROW | {"CF_NR_FK": "0.8"}], "改.csv")
    body = {"rows": [{"row_no": 2, "number": 1}], "text": "改"}
    for path in (f"/submissions/{later['id']}/differences", f"/submissions/{NOBODYS}/differences"):
        problem(world.theirs.get(path), 404, "not_found")
        problem(say(world.theirs, path, body), 404, "not_found")
    assert not Correction.objects.exists()


def test_a_record_that_another_unit_filed_is_not_shown_through_a_file_that_meets_it(world, filed):
    """The same decision with another amount from another unit: its row is returned, our content stays with us."""
    theirs = send(world.theirs, [FIRM_ROW | {"CF_NR_FK": "0.8"}], "他.csv")
    told = world.theirs.get(f"/submissions/{theirs['id']}/differences").json()
    assert [each["changes"] for each in told["items"]] == [[]]
    assert "0.5" not in json.dumps(told)


def test_what_became_of_rows_is_counted_in_full(world, filed):
    say(world.ours, f"/records/{filed[0]}/withdrawal", GROUND)
    submission = Admission.objects.get(record_id=filed[0]).row.submission_id
    counts = world.ours.get(f"/submissions/{submission}").json()["counts"]
    assert (counts["received"], counts["admitted"], counts["withdrawn"]) == (2, 1, 1)
    assert set(counts) == {
        *("received", "valid", "admitted", "returned", "waiting", "duplicate", "corrected", "withdrawn", "mended"),
        "retracted",
    }
    assert not registry.held(world.firm.id, factories.TODAY).filter(record_id=filed[0]).exists()
