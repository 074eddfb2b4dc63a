"""The software provider: standard vectors, and every way a sealed value can be tampered with."""

import hashlib
import hmac

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chengxin.vault.keyfiles import KeyMaterial
from chengxin.vault.provider import SoftwareProvider, Tampered

KEYS = KeyMaterial(b"m" * 32, b"i" * 32, b"s" * 32)
SUITES = ["aes", "sm"]


@pytest.mark.parametrize("suite", SUITES)
def test_what_is_sealed_opens_again(suite):
    cipher = SoftwareProvider(KEYS, suite).cipher(b"k" * 32)
    for plaintext in (b"", b"x", "张三".encode(), bytes(100_000)):
        assert cipher.open(cipher.seal(plaintext, b"place"), b"place") == plaintext


@pytest.mark.parametrize("suite", SUITES)
def test_every_flipped_byte_is_noticed(suite):
    cipher = SoftwareProvider(KEYS, suite).cipher(b"k" * 32)
    blob = cipher.seal(b"twelve bytes", b"place")
    for position in range(len(blob)):
        changed = bytearray(blob)
        changed[position] ^= 3  # XOR 3 also turns one algorithm byte into the other.
        with pytest.raises(Tampered):
            cipher.open(bytes(changed), b"place")


@pytest.mark.parametrize("suite", SUITES)
def test_every_truncation_is_noticed(suite):
    cipher = SoftwareProvider(KEYS, suite).cipher(b"k" * 32)
    blob = cipher.seal(b"twelve bytes", b"place")
    for length in range(len(blob)):
        with pytest.raises(Tampered):
            cipher.open(blob[:length], b"place")


def test_the_same_plaintext_never_seals_to_the_same_bytes():
    cipher = SoftwareProvider(KEYS).cipher(b"k" * 32)
    assert len({cipher.seal(b"same", b"place") for _ in range(1000)}) == 1000


def test_a_change_of_suite_keeps_old_values_readable():
    blob = SoftwareProvider(KEYS, "aes").cipher(b"k" * 32).seal(b"old", b"place")
    assert SoftwareProvider(KEYS, "sm").cipher(b"k" * 32).open(blob, b"place") == b"old"


def test_the_index_digest_is_hmac_sha256_or_hmac_sm3():
    assert SoftwareProvider(KEYS, "aes").mac(b"x") == hmac.new(KEYS.index, b"x", hashlib.sha256).digest()
    inner = hashlib.new("sm3", bytes(b ^ 0x36 for b in KEYS.index.ljust(64, b"\0")) + b"x").digest()
    outer = hashlib.new("sm3", bytes(b ^ 0x5C for b in KEYS.index.ljust(64, b"\0")) + inner).digest()
    assert SoftwareProvider(KEYS, "sm").mac(b"x") == outer


def test_sm3_is_the_standard_one():
    vector = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905, message "abc"
    assert hashlib.new("sm3", b"abc").hexdigest() == vector


def test_signatures_verify_under_the_public_key_only():
    provider = SoftwareProvider(KEYS)
    key = Ed25519PublicKey.from_public_bytes(provider.public_key())
    key.verify(provider.sign(b"note"), b"note")
    with pytest.raises(InvalidSignature):
        key.verify(provider.sign(b"note"), b"other")


def test_derived_keys_differ_by_label():
    provider = SoftwareProvider(KEYS)
    assert provider.derive("a") != provider.derive("b")
