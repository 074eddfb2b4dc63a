"""The feed over HTTP: signed, under contract, confirmed."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests.factories import TODAY
from tests.integration.api.conftest import problem

from chengxin.disclosure import feed
from chengxin.rules import held_sets
from chengxin.ui import clock
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def contracted(world):
    feed.contract(world.ours.client.agency, "supervision", "GX-2026-01", since=TODAY, until=TODAY + timedelta(days=9))
    feed.collect(clock.now(), TODAY)
    return world


def test_deltas_come_signed_and_end(contracted):
    body = contracted.ours.get("/feed").json()
    key = Ed25519PublicKey.from_public_bytes(vault.public_key())
    key.verify(bytes.fromhex(body["signature"]), body["body"].encode())
    (delta,) = json.loads(body["body"])["deltas"]
    assert (delta["number"], delta["kind"], body["next_cursor"], body["count"]) == (1, "publish", "1", 1)
    assert contracted.ours.get("/feed", cursor="1", contract_no="GX-2026-01").json()["count"] == 0


def test_what_was_given_is_confirmed(contracted):
    contracted.ours.get("/feed")
    first = contracted.ours.post("/feed/receipts", {"numbers": [1]}).json()
    assert first == {"receipts": [{"number": 1, "received": True, "applied": False, "verified": False}]}
    done = contracted.ours.post("/feed/receipts", {"numbers": [1], "applied": True}).json()
    assert done == contracted.ours.post("/feed/receipts", {"numbers": [1]}).json()
    assert done["receipts"][0]["applied"]


def test_what_was_not_given_cannot_be_confirmed(contracted):
    problem(contracted.ours.post("/feed/receipts", {"numbers": [1]}), 404, "not_found")
    problem(contracted.ours.post("/feed/receipts", {"numbers": []}), 422, "invalid")


def test_without_a_contract_in_force_nothing_is_given(contracted):
    problem(contracted.theirs.get("/feed"), 403, "no_contract")
    problem(contracted.ours.get("/feed", contract_no="GX-9"), 403, "no_contract")
    with clock.moved_to(TODAY + timedelta(days=10)):
        problem(contracted.ours.get("/feed"), 403, "no_contract")


def test_the_whole_set_comes_signed_and_what_is_held_is_compared(contracted):
    page = contracted.ours.get("/feed/snapshot").json()
    key = Ed25519PublicKey.from_public_bytes(vault.public_key())
    key.verify(bytes.fromhex(page["signature"]), page["body"].encode())
    whole = json.loads(page["body"])
    held = {UUID(each["record"]): each["number"] for each in whole["records"]}
    assert (page["number"], page["next_cursor"], page["count"]) == (1, "", 1) and whole["complete"]
    total = held_sets.total(held)
    said = {"number": 1, "count": total.count, "sha256": total.sha256}
    right = contracted.ours.post("/feed/verified", said).json()
    assert right["agrees"] and right["buckets"] == [] and right["ledger_entry"] > 0
    receipts = contracted.ours.post("/feed/receipts", {"numbers": [1]}).json()["receipts"]
    assert receipts == [{"number": 1, "received": True, "applied": True, "verified": True}]
    wrong = contracted.ours.post("/feed/verified", {**said, "count": 0}).json()
    assert not wrong["agrees"] and [each["count"] for each in wrong["buckets"]] == [1]
    bucket = wrong["buckets"][0]["bucket"]
    assert contracted.ours.get("/feed/snapshot", number="1", bucket=bucket).json()["count"] == 1


def test_a_set_is_refused_beyond_the_feed_without_a_contract_and_in_a_wrong_form(contracted):
    said = {"number": 2, "count": 0, "sha256": "0" * 64}
    problem(contracted.ours.post("/feed/verified", said), 404, "not_found")
    problem(contracted.ours.get("/feed/snapshot", number="2"), 404, "not_found")
    problem(contracted.ours.get("/feed/snapshot", bucket="zz"), 422, "invalid")
    problem(contracted.ours.post("/feed/verified", {**said, "sha256": "x"}), 422, "invalid")
    problem(contracted.theirs.post("/feed/verified", {**said, "number": 0}), 403, "no_contract")
    problem(contracted.theirs.get("/feed/snapshot"), 403, "no_contract")


def test_a_deletion_is_confirmed_also_after_the_contract_has_ended(contracted):
    contracted.ours.get("/feed")
    assert contracted.ours.get("/feed/deletions").json()["count"] == 0
    later = TODAY + timedelta(days=40)
    with clock.moved_to(later):
        owed = contracted.ours.get("/feed/deletions").json()
        assert (owed["count"], owed["late"]) == (1, 1) and owed["since"] == str(TODAY + timedelta(days=9))
        problem(contracted.ours.post("/feed/deletions", {"through": str(later)}), 409, "deletion_not_due")
        through = str(later - timedelta(days=1))
        done = contracted.ours.post("/feed/deletions", {"through": through}).json()
        assert (done["count"], done["through"]) == (1, through) and done["ledger_entry"] > 0
        assert contracted.ours.get("/feed/deletions").json()["count"] == 0
        assert contracted.ours.post("/feed/receipts", {"numbers": [1], "applied": True}).status_code == 200
    problem(contracted.theirs.get("/feed/deletions"), 403, "no_contract")
