"""The feed over HTTP: signed, under contract, confirmed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests.factories import TODAY
from tests.integration.api.conftest import problem

from chengxin.disclosure import feed
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
    assert first == {"receipts": [{"number": 1, "received": True, "applied": False}]}
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
