"""Authorisations over HTTP: asked by a unit's system, granted by the subject, with the signed artefact."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from django.conf import settings
from tests.disclosures import PERSON_NAME
from tests.factories import CITIZEN, FIRM, OTHER_CITIZEN, PENALTY
from tests.integration.api.conftest import problem

from chengxin.disclosure import authorisations
from chengxin.disclosure.models import Authorisation
from chengxin.ui import clock

pytestmark = pytest.mark.django_db
KEY = "authorisation-1"


def wanted(**changed):
    return {
        "purpose": "bank_credit",
        "code_kind": "citizen_id",
        "code": CITIZEN,
        "name": PERSON_NAME,
        "items": [PENALTY],
        "days": 30,
        "once": True,
        **changed,
    }


def enquiry(number):
    return {
        "purpose": "bank_credit",
        "subject_kind": "person",
        "code_kind": "citizen_id",
        "code": CITIZEN,
        "name": PERSON_NAME,
        "authorisation": number,
    }


def test_a_banks_system_asks_waits_reads_once_and_holds_the_proof(world, tmp_path):
    asked = world.ours.post("/authorisations", wanted(), **{"Idempotency-Key": KEY})
    again = world.ours.post("/authorisations", wanted(), **{"Idempotency-Key": KEY})
    assert (asked.status_code, again.status_code) == (201, 200) and asked.json() == again.json()
    number = asked.json()["id"]
    path = f"/authorisations/{number}"
    assert world.ours.get(path).json()["state"] == "asked"
    problem(world.ours.post("/enquiries", enquiry(number)), 403, "authorisation_not_valid")
    authorisations.grant(Authorisation.objects.get().pk, world.citizen, now=clock.now(), today=clock.today())
    assert world.ours.get(path).json()["state"] == "live"
    assert world.ours.post("/enquiries", enquiry(number)).status_code == 200
    found = world.ours.get(path).json()
    assert found["state"] == "used"
    artefact = tmp_path / "authorisation.json"
    artefact.write_text(json.dumps(found["artefact"]), encoding="utf-8")
    command = [sys.executable, settings.HOME / "verifier" / "chengxin_authorisation.py", artefact]
    assert subprocess.run(command, check=False).returncode == 0
    assert json.loads(found["artefact"]["text"])["account_aggregator"]["status"] == "EXPIRED"


def test_another_units_authorisation_looks_the_same_as_none(world):
    number = world.ours.post("/authorisations", wanted()).json()["id"]
    other = world.theirs.get(f"/authorisations/{number}")
    none = world.theirs.get("/authorisations/00000000-0000-4000-8000-000000000000")
    problem(other, 404, "not_found")
    assert other.content == none.content
    assert world.theirs.get("/authorisations").json()["items"] == []
    assert [each["id"] for each in world.ours.get("/authorisations").json()["items"]] == [number]


def test_the_list_goes_on_from_its_cursor_and_misses_nothing(world, monkeypatch):
    monkeypatch.setattr("chengxin.api.authorisations.PAGE", 2)
    made = {world.ours.post("/authorisations", wanted(days=days)).json()["id"] for days in range(1, 6)}
    seen, cursor = [], ""
    while True:
        page = world.ours.get("/authorisations", cursor=cursor).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert len(seen) == 5 and set(seen) == made
    problem(world.ours.get("/authorisations", cursor="last"), 422, "invalid")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"items": []}, 422, "invalid"),
        ({"days": 91}, 422, "invalid"),
        ({"items": ["JS-NO-99"]}, 422, "cannot_authorise"),
        ({"purpose": "licensing"}, 422, "cannot_authorise"),
        ({"purpose": "employment"}, 403, "purpose_not_covered"),
        ({"code": OTHER_CITIZEN, "name": "顾言蹊"}, 422, "no_file"),
    ],
)
def test_what_cannot_be_asked_is_told_and_never_repeated(world, changed, status, code):
    answer = world.ours.post("/authorisations", wanted(**changed))
    problem(answer, status, code)
    assert CITIZEN not in answer.content.decode() and PERSON_NAME not in answer.content.decode()
    assert not Authorisation.objects.exists()


def test_an_organisation_can_be_asked_too(world):
    firm = wanted(code_kind="uscc", code=FIRM, name="栖云望舒食品有限公司")
    assert world.ours.post("/authorisations", firm).status_code == 201


def test_a_used_key_with_another_request_is_refused(world):
    world.ours.post("/authorisations", wanted(), **{"Idempotency-Key": KEY})
    changed = world.ours.post("/authorisations", wanted(days=7), **{"Idempotency-Key": KEY})
    problem(changed, 409, "idempotency_key_reused")
