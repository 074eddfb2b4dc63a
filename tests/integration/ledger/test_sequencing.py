"""The sequencer: gap-free indices, one signed history, proofs from tiles at every size, triggers that hold."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import DatabaseError, connection, transaction
from tests.integration.ledger.conftest import NOW

from chengxin.ledger import services as ledger
from chengxin.ledger.models import Checkpoint, Entry, Tile
from chengxin.rules import merkle, notes
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = [1, 2, 3, 7, 8, 200, 34, 1, 256, 511, 1, 700, 2000]


def leaf_hashes():
    return [bytes(h) for h in Entry.objects.order_by("index").values_list("leaf_hash", flat=True)]


def test_indices_roots_tiles_and_signatures_at_many_sizes(fill):
    for n in SIZES:
        fill(n)
        head, leaves = ledger.latest_checkpoint(), leaf_hashes()
        assert head.size == len(leaves) == Entry.objects.filter(index__isnull=False).count()
        assert bytes(head.root) == merkle.root(leaves)
        note = notes.parse_checkpoint(head.note)
        assert (note.origin, note.size, note.root) == ("chengxin.local/log", head.size, bytes(head.root))
        key = Ed25519PublicKey.from_public_bytes(vault.public_key())
        key.verify(note.signatures[0].signature, note.text.encode())
    assert ledger.check(NOW).sound
    assert list(Entry.objects.order_by("id").values_list("index", flat=True)) == list(range(sum(SIZES)))


def test_inclusion_proofs_from_tiles_equal_those_from_all_leaves(fill):
    rng = random.Random(7)
    for n in (1, 4, 250, 300, 1, 1500):
        fill(n)
        head, leaves = ledger.latest_checkpoint(), leaf_hashes()
        for index in {0, head.size - 1, *(rng.randrange(head.size) for _ in range(25))}:
            path = ledger.inclusion(index, head)
            assert path == merkle.inclusion_proof(leaves, index)
            assert merkle.verify_inclusion(leaves[index], index, head.size, path, bytes(head.root))


def test_consistency_proofs_link_every_pair_of_checkpoints(fill):
    for n in (1, 2, 5, 248, 3, 400, 900):
        fill(n)
    heads = list(Checkpoint.objects.order_by("size"))
    for newer in heads:
        for older in heads:
            if older.size <= newer.size:
                path = ledger.consistency(older.size, newer)
                roots = bytes(older.root), bytes(newer.root)
                assert merkle.verify_consistency(older.size, newer.size, *roots, path)


def test_a_proof_reads_few_rows_and_never_entries(fill, django_assert_max_num_queries):
    fill(3000)
    head = ledger.latest_checkpoint()
    with django_assert_max_num_queries(1) as queries:
        ledger.inclusion(1234, head)
    assert "ledger_tile" in queries.captured_queries[0]["sql"]


def test_sequencing_nothing_signs_nothing(fill):
    fill(3)
    assert ledger.sequence(now=NOW) == 0
    assert Checkpoint.objects.count() == 1


def test_a_checkpoint_is_never_signed_in_a_transaction_that_might_be_rolled_back():
    with pytest.raises(RuntimeError), transaction.atomic():
        ledger.sequence(now=NOW)


def test_a_proof_of_a_fresh_entry_integrates_it_first_or_says_so():
    with transaction.atomic():
        entry = ledger.append("a.b", {"n": 1}, now=NOW)
    with pytest.raises(ledger.NotIntegrated):
        ledger.proof(entry.pk)
    receipt = ledger.proof(entry.pk, now=NOW)
    assert receipt["index"] == 0 and receipt["payload"] == {"n": 1}
    assert "payload" in receipt and ledger.proof(entry.pk, with_payload=False)["payload"] is None


def test_a_long_backlog_is_integrated_in_batches(fill, monkeypatch):
    monkeypatch.setattr("chengxin.ledger.sequencer.BATCH", 100)
    fill(350)
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [100, 200, 300, 350]
    assert ledger.check(NOW).sound


FORBIDDEN = [
    "DELETE FROM ledger_entry WHERE id = {id}",
    "UPDATE ledger_entry SET body = 'x' WHERE id = {id}",
    "UPDATE ledger_entry SET leaf_hash = 'x' WHERE id = {id}",
    "UPDATE ledger_entry SET kind = 'x' WHERE id = {id}",
    "UPDATE ledger_entry SET written_at = '2020-01-01' WHERE id = {id}",
    'UPDATE ledger_entry SET "index" = NULL WHERE id = {id}',
    'UPDATE ledger_entry SET "index" = 99 WHERE id = {id}',
    'UPDATE ledger_entry SET "index" = NULL WHERE "index" IS NULL',
    'UPDATE ledger_entry SET "index" = 0 WHERE "index" IS NULL',
    "INSERT INTO ledger_entry (\"index\", kind, body, leaf_hash, written_at) VALUES (99, 'k', 'b', 'h', '2020-01-01')",
    "UPDATE ledger_checkpoint SET note = 'x'",
    "UPDATE ledger_checkpoint SET size = 1",
    "DELETE FROM ledger_checkpoint",
    "DELETE FROM ledger_tile",
    "UPDATE ledger_tile SET hashes = 'x'",
    "UPDATE ledger_tile SET level = 9",
    "UPDATE ledger_opening SET sealed = 'x'",
]
SQLITE_ONLY = [
    "INSERT OR REPLACE INTO ledger_entry (id, kind, body, leaf_hash, written_at) VALUES ({id}, 'k', 'b', 'h', '2020')",
    'UPDATE OR REPLACE ledger_entry SET "index" = 0 WHERE "index" IS NULL',
    "INSERT OR REPLACE INTO ledger_checkpoint (size, root, peaks, note, at) VALUES ({size}, 'r', 'p', 'n', '2020')",
]
POSTGRESQL_ONLY = ["TRUNCATE ledger_entry CASCADE", "TRUNCATE ledger_checkpoint", "TRUNCATE ledger_tile"]


@pytest.mark.parametrize("statement", FORBIDDEN + SQLITE_ONLY + POSTGRESQL_ONLY)
def test_the_database_itself_refuses(fill, statement):
    other = {"sqlite": POSTGRESQL_ONLY, "postgresql": SQLITE_ONLY}[connection.vendor]
    if statement in other:
        pytest.skip("a statement of the other database")
    ids = fill(300)
    with transaction.atomic():
        ledger.append("a.b", {}, now=NOW)
    before = ledger.check(NOW)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(id=ids[5], size=300))
    assert ledger.check(NOW) == before and before.sound and before.pending == 1


def test_the_inner_audit_names_what_an_owner_of_the_database_changed(fill):
    fill(600)
    with transaction.atomic():
        owner("UPDATE ledger_entry SET body = replace(CAST(body AS TEXT), 'enquiry', 'other') WHERE \"index\" = 17")
        found = ledger.check(NOW)
        assert ("changed", 17) in {(p.code, p.index) for p in found.problems}
        assert {"tile", "root"} <= {p.code for p in found.problems}
        transaction.set_rollback(True)
    with transaction.atomic():
        owner('UPDATE ledger_tile SET "inner" = hashes WHERE level = 0 AND "index" = 1')
        assert [(p.code, p.index) for p in ledger.check(NOW).problems] == [("tile", 1)]
        transaction.set_rollback(True)
    assert ledger.check(NOW).sound


def owner(statement):
    """Do what only the database's owner can: lift the guards, then change something."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            pytest.skip("written for SQLite's dialect")
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger_%%'", [])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(statement)


def test_tiles_hold_64_bytes_a_leaf(fill):
    fill(2560)
    stored = sum(len(t.hashes) + len(t.inner) for t in Tile.objects.all())
    assert stored / 2560 < 65
