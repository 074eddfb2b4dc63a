"""Signed notes and checkpoints in the C2SP text formats."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chengxin.rules import notes

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
ROOT = bytes(range(32))
TEXT = notes.checkpoint_text("log.example", 42, ROOT)
NOTE = notes.signed_note(TEXT, "log.example", PUBLIC, KEY.sign)


def test_a_checkpoint_is_three_lines():
    assert TEXT == "log.example\n42\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def test_a_note_reads_back_and_its_signature_covers_the_text():
    parsed = notes.parse_checkpoint(NOTE)
    assert (parsed.origin, parsed.size, parsed.root, parsed.text) == ("log.example", 42, ROOT, TEXT)
    (signature,) = parsed.signatures
    assert signature.name == "log.example" and signature.key_id == notes.key_id("log.example", PUBLIC)
    KEY.public_key().verify(signature.signature, TEXT.encode())


def test_a_verifier_key_names_its_key():
    name, identifier, encoded = notes.verifier_key("log.example", PUBLIC).split("+", 2)
    assert name == "log.example" and bytes.fromhex(identifier) == notes.key_id(name, PUBLIC) and encoded


def test_a_witness_may_add_its_line():
    cosigned = NOTE + NOTE.splitlines()[-1].replace("log.example", "witness.example") + "\n"
    assert [s.name for s in notes.parse_checkpoint(cosigned).signatures] == ["log.example", "witness.example"]


@pytest.mark.parametrize(
    "broken",
    [
        "",
        TEXT,
        NOTE[:-1],
        NOTE.replace("\u2014", "-"),
        NOTE.replace("42", "042"),
        NOTE.replace("42", "-1"),
        NOTE.replace("42", "4\uff12"),
        NOTE.replace("AAEC", "A"),
        NOTE.replace("AAEC", "!!!!"),
        NOTE.replace("log.example\n42\n", "42\n"),
    ],
)
def test_what_is_no_checkpoint_is_refused(broken):
    with pytest.raises(notes.MalformedNote):
        notes.parse_checkpoint(broken)
