"""C28: erasure destroys the key or the opening; every proof still verifies, and nothing can be guessed back."""

import json
from datetime import UTC, datetime

import pytest
from django.db import transaction

from chengxin.ledger import services as ledger
from chengxin.ledger.leaves import canonical, commitment
from chengxin.ledger.models import Entry, Opening
from chengxin.rules import merkle
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PAYLOAD = {"id": "320199199003074518"}


@pytest.fixture
def person():
    """A key and three entries about its person, among entries about others."""
    with transaction.atomic():
        key = vault.new_key(NOW)
        entries = []
        for n in range(9):
            about = key if n % 3 == 0 else None
            entries.append(ledger.append("disclosure.enquiry", PAYLOAD, now=NOW, key=about).pk)
    ledger.sequence(now=NOW)
    return key, entries[::3], entries


def proves(entry_id):
    receipt, head = ledger.proof(entry_id, now=NOW), ledger.latest_checkpoint()
    path = [bytes.fromhex(step) for step in receipt["path"]]
    leaf = merkle.leaf_hash(receipt["leaf_body"].encode())
    return merkle.verify_inclusion(leaf, receipt["index"], head.size, path, bytes(head.root))


def test_destroying_the_key_hides_the_payload_and_keeps_the_proof(person):
    key, own, everyone = person
    assert all(ledger.proof(entry)["payload"] == PAYLOAD for entry in everyone)
    vault.destroy(key, NOW)
    assert all(ledger.proof(entry)["payload"] is None for entry in own)
    assert all(ledger.proof(entry)["salt"] is None for entry in own)
    assert all(proves(entry) for entry in everyone)
    assert set(ledger.payloads(everyone)) == set(everyone) - set(own)


def test_erasing_deletes_the_opening_and_leaves_a_tombstone(person):
    _, own, everyone = person
    assert ledger.erase(own, NOW) == 3
    assert not Opening.objects.filter(pk__in=own).exists()
    assert all(proves(entry) for entry in everyone)
    ledger.sequence(now=NOW)
    tombstone = Entry.objects.latest("index")
    assert tombstone.kind == "ledger.erased"
    hashes = {bytes(e.leaf_hash).hex() for e in Entry.objects.filter(pk__in=own)}
    assert set(json.loads(bytes(tombstone.body))["public"]["leaves"]) == hashes
    assert ledger.check(NOW).sound
    assert ledger.erase(own, NOW) == 0


def test_what_is_left_after_destruction_cannot_confirm_a_guess(person):
    """Salt and payload are sealed together: whoever guesses the payload right still lacks 128 random bits."""
    key, own, _ = person
    vault.destroy(key, NOW)
    entry, opening = Entry.objects.get(pk=own[0]), Opening.objects.get(pk=own[0])
    committed, left = json.loads(bytes(entry.body))["commitment"], bytes(opening.sealed)
    windows = [left[at : at + 16] for at in range(len(left) - 15)]
    assert not any(commitment(salt, canonical(PAYLOAD)) == committed for salt in [b"", *windows])


def test_the_guess_would_succeed_with_the_salt(person):
    """Negative control of the test above: with its salt the commitment does confirm the payload."""
    receipt = ledger.proof(person[1][0])
    salt = bytes.fromhex(receipt["salt"])
    assert commitment(salt, canonical(PAYLOAD)) == json.loads(receipt["leaf_body"])["commitment"]
