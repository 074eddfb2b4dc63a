"""Signatures inside PDFs: the same bytes again, every change told, and accepted by the offline verifier alone."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chengxin.rules import cms
from chengxin.rules.notes import verifier_key
from chengxin.rules.pdf_signature import Signing, Unsignable, signed, signed_number

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
NAME, NUMBER, AT = "示例平台", "XB20261120ABCDE", datetime(2026, 11, 20, 8, tzinfo=UTC)
PLAIN = typst.compile(b"= one\n#pagebreak()\ntwo", format="pdf", timestamp=0)
VERIFIER = Path(__file__).parents[3] / "verifier" / "chengxin_document.py"


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def by(key: Ed25519PrivateKey, pdf: bytes = PLAIN) -> bytes:
    return signed(pdf, Signing(NUMBER, NAME, AT, public(key), key.sign))


def holds(message: bytes, signature: bytes) -> bool:
    try:
        KEY.public_key().verify(signature, message)
    except InvalidSignature:
        return False
    return True


SHEET = by(KEY)


def test_a_signed_sheet_is_the_sheet_and_one_more_revision_and_the_same_bytes_again():
    assert SHEET.startswith(PLAIN.rstrip(b"\n")) and by(KEY) == SHEET
    assert signed_number(SHEET, holds) == NUMBER


def test_only_our_key_over_the_whole_file_counts():
    assert signed_number(by(OTHER), holds) is None
    assert signed_number(PLAIN, holds) is None
    for changed in (
        SHEET + b"\n",
        SHEET[:-1],
        b" " + SHEET,
        SHEET + PLAIN,
        PLAIN + SHEET,
        SHEET.replace(b"8 0", b"9 0"),
    ):
        assert signed_number(changed, holds) is None


def test_a_second_revision_by_somebody_else_is_told():
    assert signed_number(by(OTHER, PLAIN) + SHEET[len(PLAIN) :], holds) is None
    later = SHEET + b"1 0 obj\n<</Type/Pages/Count 0/Kids[]>>\nendobj\ntrailer\n<</Size 40>>\nstartxref\n1\n%%EOF\n"
    assert signed_number(later, holds) is None


def test_no_single_bit_can_be_changed_unnoticed():
    chance = random.Random(11)
    for _ in range(4000):
        changed, at = bytearray(SHEET), chance.randrange(len(SHEET))
        changed[at] ^= 1 << chance.randrange(8)
        assert signed_number(bytes(changed), holds) is None, at


def test_the_number_is_covered():
    other = "XB20261120ABCDF".encode("utf-16-be").hex().encode()
    changed = SHEET.replace(NUMBER.encode("utf-16-be").hex().encode(), other)
    assert changed != SHEET and signed_number(changed, holds) is None


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7", PLAIN[:-20], PLAIN.replace(b"xref\n0", b"xref\n1"), SHEET])
def test_what_our_typesetter_did_not_make_is_not_signed(pdf):
    with pytest.raises(Unsignable):
        by(KEY, pdf)


def test_the_certificate_is_one_of_x509_and_signs_itself():
    found = x509.load_der_x509_certificate(cms.certificate(public(KEY), NAME, KEY.sign))
    found.verify_directly_issued_by(found)
    assert found.subject.rfc4514_string() == f"CN={NAME}" and found.serial_number > 0
    usage = found.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature and usage.content_commitment and not usage.key_cert_sign


def test_a_signature_is_read_back_and_nothing_else_is():
    made = cms.signature(b"d" * 64, public(KEY), NAME, KEY.sign)
    assert all(holds(*pair) for pair in cms.to_be_held(made, b"d" * 64))
    for other in (b"", b"0", made[:-1], made + b"\0", made[1:]):
        with pytest.raises(cms.Malformed):
            cms.to_be_held(other, b"d" * 64)
    with pytest.raises(cms.Malformed):
        cms.to_be_held(made, b"e" * 64)


def offline(pdf: bytes, folder: Path, *key: str) -> subprocess.CompletedProcess[str]:
    (folder / "sheet.pdf").write_bytes(pdf)
    command = [sys.executable, str(VERIFIER), str(folder / "sheet.pdf"), *key]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_offline_verifier_says_the_same_without_any_library(tmp_path):
    key = ("--key", verifier_key("示例平台", public(KEY)))
    sound = offline(SHEET, tmp_path, *key)
    assert sound.returncode == 0 and NUMBER in sound.stdout
    at = SHEET.index(b"/ByteRange")
    contents = re.search(rb"/Contents<", SHEET).end() + 900
    wrong = [by(OTHER), PLAIN, SHEET + b"\n", SHEET[:-1], SHEET[:200] + b"x" + SHEET[201:]]
    wrong += [SHEET[:place] + b"f" + SHEET[place + 1 :] for place in (at + 12, contents, contents + 700)]
    for pdf in wrong:
        assert pdf != SHEET
        assert offline(pdf, tmp_path, *key).returncode == 1
    assert offline(SHEET, tmp_path).returncode == 1, "a key that comes with the file proves nothing"
