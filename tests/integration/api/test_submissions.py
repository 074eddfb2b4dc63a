"""Files over HTTP: taken once, tried without storing, read by the sender only."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import factories, filings
from tests.factories import CITIZEN
from tests.integration.api.conftest import problem

from chengxin.intake.models import Submission
from chengxin.intake.readers import limits
from chengxin.registry.models import Record

pytestmark = pytest.mark.django_db
BAD = filings.FIRM_ROW | {"CF_XDR_SHXYM": "111111111111111111", "CF_WSH": "示交罚〔2026〕9号"}


def parts(content: bytes, **changed):
    return {"item": factories.PENALTY, "file": SimpleUploadedFile("处罚.csv", content), **changed}


def good(count: int = 2, start: int = 11) -> bytes:
    return filings.as_csv(filings.rows(count, start))


def test_a_file_is_admitted_and_its_result_can_be_read(world):
    row = filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕8号"}
    sent = world.ours.send(parts(filings.as_csv([row, BAD])))
    body = sent.json()
    assert (sent.status_code, body["state"]) == (201, "admitted")
    assert (body["counts"]["admitted"], body["counts"]["returned"]) == (1, 1)
    assert world.ours.get(f"/submissions/{body['id']}").json()["counts"] == body["counts"]
    told = world.ours.get(f"/submissions/{body['id']}/findings").json()["items"]
    (returned,) = [each for each in told if each["state"] == "returned"]
    assert returned["row_no"] == 3 and returned["findings"][0]["remedy_zh"] and returned["findings"][0]["remedy_en"]
    assert "111111111111111111" not in str(told)


def test_the_same_file_again_is_the_same_submission(world):
    first, second = world.ours.send(parts(good())), world.ours.send(parts(good()))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_an_idempotency_key_stands_for_one_request(world):
    key = {"Idempotency-Key": "2026-11-20-0001"}
    first, again = world.ours.send(parts(good()), **key), world.ours.send(parts(good()), **key)
    assert first.json()["id"] == again.json()["id"]
    problem(world.ours.send(parts(good(3)), **key), 409, "idempotency_key_reused")
    problem(world.ours.send(parts(good(), item=factories.SIMPLE_PENALTY), **key), 409, "idempotency_key_reused")
    assert world.theirs.send(parts(good(3)), **key).status_code == 201
    assert Submission.objects.count() == 2
    problem(world.ours.send(parts(good()), **{"Idempotency-Key": "短"}), 422, "invalid")


def test_a_dry_run_tells_everything_and_stores_nothing(world):
    before = Record.objects.count()
    fresh = filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕77号"}
    body = world.ours.send(parts(filings.as_csv([filings.FIRM_ROW, BAD, fresh]), dry_run="true")).json()
    assert (body["id"], body["dry_run"], body["counts"]["returned"], body["counts"]["valid"]) == (None, True, 2, 1)
    found = {
        row["row_no"]: [f["code"] for f in row["findings"]] for row in body["findings"] if row["state"] == "returned"
    }
    # The record of the first row stands already and says something else: a trial knows that as well as filing would.
    assert set(found) == {2, 3} and "record.differs" in found[2]
    assert not Submission.objects.exists() and Record.objects.count() == before


def test_a_dry_run_is_read_to_its_end_by_sending_the_file_again(world, monkeypatch):
    monkeypatch.setattr("chengxin.api.submissions.TRIED", 2)
    content = filings.as_csv([BAD | {"CF_WSH": f"示交罚〔2026〕{number}号"} for number in range(5)])
    pages, cursor = [], ""
    while not pages or cursor:
        body = world.ours.send(parts(content, dry_run="true", cursor=cursor)).json()
        pages.append([row["row_no"] for row in body["findings"]])
        cursor = body["next_cursor"]
    assert pages == [[2, 3], [4, 5], [6]]
    problem(world.ours.send(parts(content, dry_run="true", cursor="x")), 422, "invalid")


def test_rows_that_wait_are_taken_back(world):
    other = filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕88号", "CF_XDR_MC": "另一个名称有限公司"}
    identifier = world.ours.send(parts(filings.as_csv([other]))).json()["id"]
    path, given = f"/submissions/{identifier}/retract", {"rows": [2], "text": "报错了"}
    problem(world.theirs.post(path, given), 404, "not_found")
    assert world.ours.post(path, given).json() == {"retracted": 1}
    problem(world.ours.post(path, given), 409, "row_not_waiting")
    assert world.ours.get(f"/submissions/{identifier}").json()["counts"]["retracted"] == 1


def test_findings_come_page_by_page(world):
    rows = [BAD | {"CF_WSH": f"示交罚〔2026〕{number}号"} for number in range(150)]
    identifier = world.ours.send(parts(filings.as_csv(rows))).json()["id"]
    first = world.ours.get(f"/submissions/{identifier}/findings").json()
    second = world.ours.get(f"/submissions/{identifier}/findings", cursor=first["next_cursor"]).json()
    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (100, 50, "")
    assert [row["row_no"] for row in first["items"] + second["items"]] == list(range(2, 152))


@pytest.mark.parametrize("path", ["/submissions/{0}", "/submissions/{0}/findings"])
def test_another_units_submission_looks_like_none_at_all(world, path):
    identifier = world.ours.send(parts(good())).json()["id"]
    foreign, none = (
        world.theirs.get(path.format(each)) for each in (identifier, "00000000-0000-4000-8000-000000000000")
    )
    problem(foreign, 404, "not_found")
    assert (foreign.status_code, foreign.content) == (none.status_code, none.content)


def test_what_comes_back_holds_no_number_of_a_person(world):
    answer = world.ours.send(parts(filings.as_csv([filings.PERSON_ROW, filings.PERSON_ROW | {"CF_WSH": ""}])))
    findings = world.ours.get(f"/submissions/{answer.json()['id']}/findings")
    assert CITIZEN not in answer.content.decode() + findings.content.decode()


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "file.empty"), (b"\x00\x01\x02", "file."), ("名称\n".encode(), "file.")]
)
def test_a_file_that_cannot_be_read_is_refused(world, content, code):
    response = world.ours.send(parts(content))
    assert response.status_code == 422 and response.json()["code"].startswith(code)


def test_an_item_that_is_not_in_force_is_refused(world):
    problem(world.ours.send(parts(good(), item="JS-XX-99")), 422, "no_item_in_force")


def test_a_unit_that_is_no_source_is_refused(world):
    asker = world.system("113201990000000518", "submission")
    type(asker.client.agency).objects.filter(pk=asker.client.agency_id).update(files_records=False)
    problem(asker.send(parts(good())), 403, "not_a_source")


def test_a_file_is_needed_and_parts_must_be_whole(world):
    problem(world.ours.send({"item": factories.PENALTY}), 422, "invalid")
    headers = world.ours.headers()
    broken = Client().post(
        "/api/v1/submissions", b"--x\r\nbroken", content_type="multipart/form-data; boundary=x", headers=headers
    )
    problem(broken, 422, "invalid")
    boundless = Client().post("/api/v1/submissions", b"x", content_type="multipart/form-data", headers=headers)
    problem(boundless, 400, "unreadable")


def test_without_a_token_nothing_is_read(world):
    response = Client().post("/api/v1/submissions", parts(good()))
    problem(response, 401, "unauthorised")
    assert not Submission.objects.exists()


def test_a_vast_upload_is_refused_before_it_is_read(world):
    class Unread:
        def read(self, *_size):
            raise AssertionError("the body was read")

        readline = read

    response = Client().generic(
        "POST", "/api/v1/submissions", b"x", content_type="multipart/form-data; boundary=x",
        headers=world.ours.headers(), CONTENT_LENGTH=str(2 * limits.FILE_BYTES), **{"wsgi.input": Unread()},
    )  # fmt: skip
    problem(response, 413, "file.too_large")


def test_single_rows_are_judged_as_a_file_would_be(world):
    row = filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕8号"}
    body = {"item": factories.PENALTY, "rows": [row, BAD]}
    tried = world.ours.post("/submissions/rows", {**body, "dry_run": True}).json()
    assert (tried["id"], tried["counts"]["valid"], tried["counts"]["returned"]) == (None, 1, 1)
    first, again = world.ours.post("/submissions/rows", body), world.ours.post("/submissions/rows", body)
    assert (first.status_code, again.status_code, first.json()["id"]) == (201, 200, again.json()["id"])
    assert (first.json()["counts"]["admitted"], Record.objects.count()) == (1, 3)


def test_single_rows_have_bounds_and_a_key_stands_for_one_request(world):
    row = filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕8号"}
    body, key = {"item": factories.PENALTY, "rows": [row]}, {"Idempotency-Key": "2026-11-20-0002"}
    assert world.ours.post("/submissions/rows", body, **key).status_code == 201
    problem(world.ours.post("/submissions/rows", {**body, "rows": [row, BAD]}, **key), 409, "idempotency_key_reused")
    problem(world.ours.post("/submissions/rows", {**body, "rows": []}), 422, "invalid")
    problem(world.ours.post("/submissions/rows", {**body, "rows": [row] * 1001}), 422, "invalid")
    problem(world.ours.post("/submissions/rows", {**body, "rows": [{"CF_WSH": ["x"]}]}), 422, "invalid")


def test_a_receipt_is_signed_says_what_happened_and_is_for_the_sender_only(world, tmp_path):
    sent = world.ours.send(parts(filings.as_csv([filings.FIRM_ROW | {"CF_WSH": "示交罚〔2026〕8号"}, BAD]))).json()
    receipt = world.ours.get(f"/submissions/{sent['id']}/receipt").json()
    assert "入库 admitted 1，退回 returned 1" in receipt["text"] and sent["id"] in receipt["text"]
    assert _verified(receipt, tmp_path) == 0
    assert _verified({**receipt, "text": receipt["text"].replace("admitted 1", "admitted 2")}, tmp_path) == 1
    problem(world.theirs.get(f"/submissions/{sent['id']}/receipt"), 404, "not_found")


def _verified(receipt, folder):
    path = folder / "receipt.json"
    path.write_text(json.dumps(receipt))
    verifier = settings.HOME / "verifier" / "chengxin_document.py"
    return subprocess.run([sys.executable, verifier, path, "--key", receipt["vkey"]], check=False).returncode
