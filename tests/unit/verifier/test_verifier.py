"""The verifier accepts honest logs and receipts and says precisely what is wrong with others."""

import ast
import base64
import json
import runpy
import shutil
import sys

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from tests.unit.verifier import logs
from tests.unit.verifier.logs import LOG, STRANGER, verify
from verifier import chengxin_verify

ENTRIES = logs.bodies(600)


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    return logs.write_log(tmp_path_factory.mktemp("log"), ENTRIES)


@pytest.fixture
def log(honest, tmp_path):
    return shutil.copytree(honest, tmp_path / "log")


def test_it_is_one_short_file_of_the_standard_library():
    source = logs.VERIFIER.read_text()
    assert len(source.splitlines()) < 300
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 512, 1000])
def test_honest_logs_of_any_size_are_sound(tmp_path, size):
    folder = logs.write_log(tmp_path, logs.bodies(size))
    code, said = verify(folder, "--key", LOG.vkey)
    assert code == 0 and f"SOUND: {size} leaves" in said and "通过" in said


def test_two_full_levels_of_tiles_are_sound(tmp_path):
    folder = logs.write_log(tmp_path, logs.bodies(65_536 + 300))
    assert (folder / "tile/2/000.p/1").exists()
    assert verify(folder, "--key", LOG.vkey)[0] == 0


def test_without_a_key_from_elsewhere_it_says_so(log):
    code, said = verify(log)
    assert code == 0 and "compare it with one you got elsewhere" in said and "公钥" in said


# Every attack changes an honest log of 600 leaves. What is said must hold the given words.


def edited(index=17):
    return [*ENTRIES[:index], b'{"edited":true}', *ENTRIES[index + 1 :]]


def edit_body(log):
    logs.write_bundles(log, edited())


def edit_many_bodies(log):
    logs.write_bundles(log, [b"x" if n % 50 == 3 else body for n, body in enumerate(ENTRIES)])


def edit_body_and_leaf_tile(log):
    upper = (log / "tile/1/000.p/2").read_bytes()
    logs.write_bundles(log, edited())
    logs.write_tiles(log, edited())
    logs.write(log / "tile/1/000.p/2", upper)


def edit_body_and_all_tiles(log):
    logs.write_bundles(log, edited())
    logs.write_tiles(log, edited())


def edit_all_and_keep_the_old_signature(log):
    edit_body_and_all_tiles(log)
    old, new = (log / "checkpoint").read_text(), logs.note(edited(), LOG)
    logs.write(log / "checkpoint", (new.split("\n\n")[0] + "\n\n" + old.split("\n\n")[1]).encode())


def sign_all_with_another_key(log):
    logs.write_log(log, edited(), STRANGER)


def delete_a_leaf(log):
    logs.write_bundles(log, [*ENTRIES[:17], *ENTRIES[18:], b"filler"])


def delete_a_leaf_and_shift_nothing(log):
    path = log / "tile/entries/000"
    content, first = path.read_bytes(), len(ENTRIES[0]) + 2
    logs.write(path, content[first:])


def swap_two_leaves(log):
    swapped = list(ENTRIES)
    swapped[5], swapped[9] = swapped[9], swapped[5]
    logs.write_bundles(log, swapped)


def insert_a_leaf(log):
    logs.write_bundles(log, [*ENTRIES[:300], b"inserted", *ENTRIES[300:-1]])


def append_to_the_last_bundle(log):
    path = log / "tile/entries/002.p/88"
    logs.write(path, path.read_bytes() + b"\x00\x01x")


def cut_the_tail_and_keep_the_checkpoint(log):
    (log / "tile/entries/002.p/88").unlink()


def cut_a_leaf_tile(log):
    path = log / "tile/0/002.p/88"
    logs.write(path, path.read_bytes()[:-32])


def edit_an_upper_tile(log):
    path = log / "tile/1/000.p/2"
    logs.write(path, bytes(32) + path.read_bytes()[32:])


def claim_another_size(log):
    logs.write(log / "checkpoint", (log / "checkpoint").read_bytes().replace(b"\n600\n", b"\n599\n"))


def drop_the_signature(log):
    logs.write(log / "checkpoint", (log / "checkpoint").read_bytes().split(b"\n\n")[0] + b"\n")


def change_an_unused_bit_of_the_signature(log):
    note = (log / "checkpoint").read_text()
    last = note[-3]  # Before "=" and the line's end: two bits of this character carry nothing.
    other = next(c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" if _same(c, last))
    logs.write(log / "checkpoint", (note[:-3] + other + note[-2:]).encode())


def _same(char, last):
    return char != last and base64.b64decode("AA" + char + "=") == base64.b64decode("AA" + last + "=")


def sign_under_another_origin(log):
    logs.write(log / "checkpoint", (log / "checkpoint").read_bytes().replace(b"chengxin.local", b"chengxin.other"))


ATTACKS = {
    edit_body: "leaf 17 was changed",
    edit_many_bodies: "leaves 3, 53, 103, 153, 203, 253, 303, 353, 403, 453 (+2) were changed",
    edit_body_and_leaf_tile: "Node 0 of tile level 1 is wrong",
    edit_body_and_all_tiles: "do not lead to the signed root",
    edit_all_and_keep_the_old_signature: "signature is not valid",
    sign_all_with_another_key: "signature is not valid",
    delete_a_leaf: "leaves 17, 18, 19",
    delete_a_leaf_and_shift_nothing: "bundle of leaves 0 - 255 some were added",
    swap_two_leaves: "leaves 5, 9 were changed, moved or replaced",
    insert_a_leaf: "leaves 300, 301, 302",
    append_to_the_last_bundle: "bundle of leaves 512 - 599 some were added",
    cut_the_tail_and_keep_the_checkpoint: "A file is missing",
    cut_a_leaf_tile: "A tile of level 0 has a wrong length",
    edit_an_upper_tile: "Node 0 of tile level 1 is wrong",
    claim_another_size: "signature is not valid",
    drop_the_signature: "checkpoint is malformed",
    change_an_unused_bit_of_the_signature: "checkpoint is malformed",
    sign_under_another_origin: "origin or size is wrong",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_an_attack_is_noticed_and_named(log, attack):
    attack(log)
    code, said = verify(log, "--key", LOG.vkey)
    assert code == 1 and ATTACKS[attack] in said and "不通过" in said


def shorter():
    return ENTRIES[:400]


# With the log's own key an insider can sign a new history; only a checkpoint kept elsewhere can tell.
INSIDER = {"cut": (shorter, "The tail was cut off"), "rewritten": (edited, "History was rewritten")}


@pytest.mark.parametrize("attack", INSIDER)
def test_an_insider_with_the_key_is_caught_only_by_a_checkpoint_kept_elsewhere(honest, tmp_path, attack):
    entries, words = INSIDER[attack]
    forged = logs.write_log(tmp_path / "forged", entries())
    assert verify(forged, "--key", LOG.vkey)[0] == 0
    for arguments in (
        (forged, "--key", LOG.vkey, "--seen", honest / "checkpoint"),
        (forged, "--key", LOG.vkey, "--seen", honest),
        ("consistency", honest, forged, "--key", LOG.vkey),
    ):
        code, said = verify(*arguments)
        assert code == 1 and words in said


def test_a_replaced_vkey_file_is_caught_only_by_a_key_from_elsewhere(log):
    logs.write_log(log, edited(), STRANGER)
    assert verify(log)[0] == 0
    assert verify(log, "--key", LOG.vkey)[0] == 1


def test_a_log_that_only_grew_is_consistent(honest, tmp_path):
    longer = logs.write_log(tmp_path, [*ENTRIES, b"new", b"newer"])
    assert verify("consistency", honest / "checkpoint", longer, "--key", LOG.vkey)[0] == 0


def test_an_older_checkpoint_of_another_key_proves_nothing(honest, tmp_path):
    logs.write(tmp_path / "old", logs.note(ENTRIES[:10], STRANGER).encode())
    assert verify(honest, "--key", LOG.vkey, "--seen", tmp_path / "old")[0] == 1


def test_a_receipt_is_checked_alone(tmp_path):
    path, key = tmp_path / "receipt.json", tmp_path / "vkey"
    key.write_text(LOG.vkey + "\n")
    path.write_text(json.dumps(logs.receipt(ENTRIES[:100], 37)))
    assert verify("receipt", path, "--key", key)[0] == 0
    elsewhere = tmp_path / "checkpoint"
    elsewhere.write_text(logs.note(ENTRIES[:100], LOG))
    assert verify("receipt", path, "--key", LOG.vkey, "--checkpoint", elsewhere)[0] == 0


RECEIPT = logs.receipt(ENTRIES[:100], 37)
OTHER_HASH = logs.receipt(ENTRIES[:100], 38)["leaf_hash"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"leaf_body": ENTRIES[38].decode()}, "leaf 37 was changed"),
        (
            {"leaf_body": ENTRIES[38].decode(), "leaf_hash": OTHER_HASH},
            "not in the log",
        ),
        ({"index": 38}, "not in the log"),
        ({"index": 100}, "not in the log"),
        ({"index": -1}, "not in the log"),
        ({"path": RECEIPT["path"][:-1]}, "not in the log"),
        ({"path": [*RECEIPT["path"], "00" * 32]}, "not in the log"),
        ({"checkpoint": logs.note(ENTRIES[:99], LOG)}, "not in the log"),
        ({"checkpoint": logs.note(ENTRIES[:100], STRANGER)}, "signature is not valid"),
        ({"payload_text": '{"n":2}', "payload": {"n": 2}}, "does not match what the leaf committed to"),
        ({"payload": {"n": 2}}, "does not match what the leaf committed to"),
        ({"salt": "11" * 16}, "does not match what the leaf committed to"),
        ({"salt": None}, "malformed"),
        ({"path": None}, "malformed"),
        ({"leaf_body": "x"}, "malformed"),
        ({"leaf_body": "[]"}, "malformed"),
        ({"checkpoint": 5}, "malformed"),
    ],
)
def test_a_forged_receipt_is_refused(tmp_path, change, words):
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps({**RECEIPT, **change}))
    code, said = verify("receipt", path, "--key", LOG.vkey)
    assert code == 1 and words in said


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', "{}", "[" * 100_000], ids=range(6))
def test_what_is_no_receipt_is_refused(tmp_path, text):
    path = tmp_path / "receipt.json"
    path.write_text(text)
    assert verify("receipt", path, "--key", LOG.vkey)[0] == 1
    assert verify("receipt", path)[0] == 1


@pytest.mark.parametrize(
    "key", ["", "nothing", LOG.vkey.replace("+", "-"), LOG.vkey[:-4], STRANGER.vkey[:30] + LOG.vkey[30:]]
)
def test_what_is_no_key_is_refused(log, key):
    assert verify(log, "--key", key or "/nowhere")[0] == 1


def test_its_signature_check_agrees_with_a_library_on_good_and_bad_signatures():
    for n in range(12):
        private = Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)
        message = b"m" * n
        public, signature = logs.Signer(private).public, private.sign(message)
        assert chengxin_verify.signature_holds(public, message, signature)
        for position in (0, 31, 32, 63):
            forged = bytearray(signature)
            forged[position] ^= 1 << (n % 8)
            with pytest.raises(InvalidSignature):
                Ed25519PublicKey.from_public_bytes(public).verify(bytes(forged), message)
            assert not chengxin_verify.signature_holds(public, message, bytes(forged))
        assert not chengxin_verify.signature_holds(public, message + b"x", signature)
        assert not chengxin_verify.signature_holds(public, message, signature[:63])


def test_a_signature_with_an_enlarged_scalar_is_refused():
    """RFC 8032, 5.1.7: without the check s < L anyone could make a second valid signature."""
    signature = LOG.key.sign(b"m")
    enlarged = int.from_bytes(signature[32:], "little") + chengxin_verify.Q
    forged = signature[:32] + enlarged.to_bytes(32, "little")
    assert not chengxin_verify.signature_holds(LOG.public, b"m", forged)


def test_a_signature_or_key_of_the_wrong_length_holds_for_nothing():
    """A damaged note may decode to a few bytes or none; that is a signature that does not hold, never a crash."""
    verifier = runpy.run_path(str(logs.VERIFIER))
    for signature in (b"", b"x" * 31, b"x" * 63, b"x" * 65):
        assert verifier["signature_holds"](b"k" * 32, b"text", signature) is False
    assert verifier["signature_holds"](b"", b"text", b"x" * 64) is False
