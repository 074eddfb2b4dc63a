"""SM2: what is signed or wrapped for one party holds for that party only, and strangers' bytes never raise."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from chengxin.intake.exchange import envelope
from chengxin.vault import sm2

ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


@pytest.fixture(scope="module")
def pair():
    return sm2.generate()


def test_the_digest_is_that_of_the_standard():
    """GB/T 32905-2016, annex A, example 1."""
    known = "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0"
    assert envelope.digest(b"abc").hex().upper() == known


def test_the_example_signature_of_the_standard_verifies():
    """GB/T 32918.5-2017, annex A.2: recommended curve, identifier 1234567812345678, “message digest”."""
    public = sm2.public_key(
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    r = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
    s = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
    signer = b"1234567812345678"
    assert sm2.verifies(public, b"message digest", encode_dss_signature(r, s), signer)
    assert not sm2.verifies(public, b"message digest", encode_dss_signature(r, s), b"xmsme")


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (ORDER, 1), (1, ORDER), (1, ORDER - 1)])
def test_degenerate_signatures_are_refused(pair, r, s):
    assert not sm2.verifies(pair.public, b"m", encode_dss_signature(r, s), b"xmsme")


def test_a_signature_holds_for_its_message_signer_and_key(pair):
    signature = sm2.sign(pair, b"m", b"xmsme")
    assert sm2.verifies(pair.public, b"m", signature, b"xmsme")
    assert not sm2.verifies(pair.public, b"n", signature, b"xmsme")
    assert not sm2.verifies(pair.public, b"m", signature, b"other")
    assert not sm2.verifies(sm2.generate().public, b"m", signature, b"xmsme")
    assert not sm2.verifies(pair.public, b"m", b"", b"xmsme")


def test_a_wrapped_key_has_the_length_of_the_wire_format_and_opens_once_only(pair):
    wrapped = sm2.wrap(pair.public, b"k" * 16)
    assert (len(wrapped), wrapped[:1]) == (113, b"\x04") and sm2.unwrap(pair, wrapped) == b"k" * 16
    with pytest.raises(sm2.NotForUs):
        sm2.unwrap(sm2.generate(), wrapped)


def test_changed_and_cut_wrapped_keys_are_refused_in_silence(pair, capfd):
    rng, wrapped = random.Random(7), sm2.wrap(pair.public, b"k" * 16)
    for _ in range(300):
        changed = bytearray(wrapped)
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        with pytest.raises(sm2.NotForUs):
            sm2.unwrap(pair, bytes(changed[: rng.choice([len(changed), len(changed), rng.randrange(113)])]))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("text", ["", "zz", "04", "11" * 64, "00" * 64, "04" * 60])
def test_a_text_that_is_no_point_of_the_curve_is_no_key(text):
    with pytest.raises(sm2.NotAPublicKey):
        sm2.public_key(text)


def test_a_key_pair_does_not_print_itself(pair):
    assert pair.private.hex() not in repr(pair) and pair.public.hex() not in repr(pair)
