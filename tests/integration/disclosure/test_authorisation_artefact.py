"""Every act of an authorisation is signed as a machine reads it; the offline verifier agrees and catches any change."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from tests import factories
from tests.disclosures import PERSON_NAME, about_person, allowed, answer
from tests.factories import CITIZEN, NOW, PENALTY, TODAY

from chengxin.accounts.roles import Role
from chengxin.disclosure import authorisation_artefact as artefact
from chengxin.disclosure import authorisation_ends as ends
from chengxin.disclosure import authorisations
from chengxin.disclosure.models import AuthorisationArtefact
from chengxin.disclosure.services import ServiceRefused
from chengxin.ledger.models import Entry
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db
VERIFIER = Path(settings.HOME) / "verifier" / "chengxin_authorisation.py"


@pytest.fixture
def world():
    factories.law()
    factories.agency("113201990000000790", runs_platform=True)
    person = factories.person()
    factories.record(person)
    officer = factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    return person, officer, factories.citizen(person)


def record_of(given):
    return json.loads(artefact.latest(given).text)


def verify(file, tmp_path, *more):
    path = tmp_path / "authorisation.json"
    path.write_text(file if isinstance(file, str) else json.dumps(file, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(VERIFIER), str(path), *more], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def read(officer, given, **changed):
    return answer(about_person(officer, "bank_credit", authorisation_id=given.pk), **changed)


def test_each_act_signs_anew_and_commits_to_what_was_signed(world):
    _person, officer, citizen = world
    given = allowed(officer, citizen)
    read(officer, given)
    read(officer, given)
    authorisations.withdraw(given.pk, citizen, now=NOW + timedelta(hours=1))
    kept = list(AuthorisationArtefact.objects.order_by("pk"))
    assert [each.act for each in kept] == ["asked", "granted", "used", "withdrawn"]
    statuses = [json.loads(each.text)["account_aggregator"]["status"] for each in kept]
    assert statuses == ["PENDING", "ACTIVE", "ACTIVE", "REVOKED"]
    leaves = [bytes(entry.body).decode() for entry in Entry.objects.filter(kind="authorisation").order_by("pk")]
    assert all(each.sha256 in leaf for each, leaf in zip(kept, leaves, strict=True))
    assert record_of(given)["account_aggregator"]["ConsentUse"]["count"] == 2


def test_it_says_what_was_agreed_and_names_nobody(world):
    person, officer, citizen = world
    given = allowed(officer, citizen, days=30, once=True)
    text = artefact.latest(given).text
    said = json.loads(text)
    processing, block = said["pii_processing"][0], said["account_aggregator"]
    assert processing["purpose"]["code"] == "bank_credit" and processing["recipient"] == officer.agency.uscc
    assert processing["retention"]["value"] == block["DataLife"]["value"] == 30
    fields = processing["pii_information"][0]["fields"]
    assert processing["pii_information"][0]["item"] == PENALTY and fields["clear"] and fields["masked"]
    assert (block["fetchType"], block["status"]) == ("ONETIME", "ACTIVE")
    assert block["consentStart"] < block["consentExpiry"]
    assert [event["event_type"] for event in said["events"]] == ["asked", "granted"]
    for personal in (CITIZEN, PERSON_NAME, str(person.id), str(citizen.pk)):
        assert personal not in text


def test_the_pseudonym_is_another_one_for_another_unit(world):
    _person, officer, citizen = world
    stranger = factories.user("stranger", Role.ENQUIRER, of=factories.agency())
    names = {record_of(allowed(each, citizen))["header"]["pii_principal_id"] for each in (officer, officer, stranger)}
    assert len(names) == 2


def test_one_time_use_ends_it_and_repeated_use_does_not(world):
    _person, officer, citizen = world
    for once, status in ((True, "EXPIRED"), (False, "ACTIVE")):
        given = allowed(officer, citizen, once=once)
        read(officer, given)
        assert record_of(given)["account_aggregator"]["status"] == status


def test_the_offline_verifier_agrees_and_says_on_which_day_it_holds(world, tmp_path):
    _person, officer, citizen = world
    given = allowed(officer, citizen, days=30)
    file = artefact.as_file(given, now=NOW)
    assert verify(file, tmp_path, "--key", file["vkey"])[0] == 0
    days = {TODAY: 0, TODAY + timedelta(days=29): 0, TODAY + timedelta(days=30): 3, TODAY - timedelta(days=1): 3}
    assert {day: verify(file, tmp_path, "--on", day.isoformat())[0] for day in days} == days
    authorisations.withdraw(given.pk, citizen, now=NOW)
    over = artefact.as_file(given, now=NOW)
    assert verify(over, tmp_path)[0] == 0 and verify(over, tmp_path, "--on", TODAY.isoformat())[0] == 3


def test_every_change_is_caught(world, tmp_path):
    _person, officer, citizen = world
    given, other = allowed(officer, citizen), allowed(officer, citizen)
    file, another = artefact.as_file(given, now=NOW), artefact.as_file(other, now=NOW)
    longer = file["text"].replace('"value":30', '"value":90')
    spaced = json.dumps(json.loads(file["text"]), ensure_ascii=False)
    changes = [
        {"text": longer}, {"text": spaced}, {"number": another["number"]}, {"sha256": another["sha256"]},
        {"signature": another["signature"]}, {"signature": ""}, {"text": None}, {"vkey": "x+00000000+AAAA"},
    ]  # fmt: skip
    for change in changes:
        assert verify({**file, **change}, tmp_path)[0] == 1, change
        if "vkey" not in change:
            assert artefact.check(json.dumps({**file, **change}).encode()).verdict == "unknown", change
    for broken in ("", "[]", "{}", "[" * 100_000):
        assert verify(broken, tmp_path)[0] == 1, broken[:3]
        assert artefact.check(broken.encode()).verdict == "unknown"


def test_what_contradicts_itself_is_not_believed_even_when_it_is_signed(world, tmp_path):
    _person, officer, citizen = world
    file = artefact.as_file(allowed(officer, citizen), now=NOW)

    def signed(text):
        digest = hashlib.sha256(text.encode()).hexdigest()
        signature = base64.b64encode(vault.sign(artefact.signed_text(file["number"], digest))).decode()
        return {**file, "text": text, "sha256": digest, "signature": signature}

    assert verify(signed(file["text"]), tmp_path)[0] == 0
    said = json.loads(file["text"])
    spaced = json.dumps(said, ensure_ascii=False)
    revoked = file["text"].replace('"status":"ACTIVE"', '"status":"REVOKED"')
    other = file["text"].replace(file["number"], "00000000-0000-4000-8000-000000000000")
    for text in (spaced, revoked, other, "{}", "[]"):
        assert verify(signed(text), tmp_path)[0] == 1, text[:40]


def test_the_platform_tells_the_latest_from_an_older_one(world):
    _person, officer, citizen = world
    given = allowed(officer, citizen)
    before = json.dumps(artefact.as_file(given, now=NOW)).encode()
    assert artefact.check(before) == artefact.Checked("latest", "ACTIVE")
    authorisations.withdraw(given.pk, citizen, now=NOW)
    assert artefact.check(before) == artefact.Checked("older", "ACTIVE")


def test_the_database_keeps_what_was_signed(world):
    _person, officer, citizen = world
    allowed(officer, citizen)
    for act in (lambda rows: rows.update(text="{}"), lambda rows: rows.delete()):
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            act(AuthorisationArtefact.objects.filter(act="granted"))


def test_a_first_use_that_cannot_be_signed_is_not_answered(world, monkeypatch):
    _person, officer, citizen = world
    given = allowed(officer, citizen)
    monkeypatch.setattr(artefact, "HEAD", None)
    monkeypatch.setattr(artefact.rfc8785, "dumps", lambda _record: 1 / 0)
    with pytest.raises(ServiceRefused):
        read(officer, given)
    given.refresh_from_db()
    assert given.used_at is None


def test_a_retired_item_does_not_stop_a_withdrawal(world):
    _person, officer, citizen = world
    given = allowed(officer, citizen)
    far = NOW - timedelta(days=9000)
    assert artefact.item_scope("JS-NO-99", None, far.date()).clear == ()
    assert authorisations.withdraw(given.pk, citizen, now=NOW).withdrawn_at == NOW
    assert not ends.due(TODAY)
