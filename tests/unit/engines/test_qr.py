"""QR codes: a picture that readers read. The known picture was read back by two other programs when it was written."""

from __future__ import annotations

import hashlib

import pytest

from chengxin.engines import qr

ADDRESS = "https://example.cn/reports/verify/XB20261123ABCDEFGHJK/ABCDEFGH/"
KNOWN = "3a1a1d995ae6fe86445f92a20dca7ebe627f85b834e7f5dc3976c814e1791c2c"


def as_text(modules: qr.Matrix) -> str:
    return "".join("01"[dark] for row in modules for dark in row)


def test_the_picture_of_a_known_address_is_the_one_that_was_read_back():
    assert hashlib.sha256(as_text(qr.matrix(ADDRESS)).encode()).hexdigest() == KNOWN


def _power(base: int, exponent: int) -> int:
    found = 1
    for _ in range(exponent):
        found = qr._times(found, base)
    return found


@pytest.mark.parametrize("degree", [10, 16, 26, 18, 24, 22])
def test_the_correction_words_make_the_block_divisible(degree):
    """At every root of the divisor, the data with its correction is zero: this is what lets a reader mend errors."""
    data = bytes(range(7, 40))
    block = [*data, *qr._remainder(data, qr._divisor(degree))]
    for exponent in range(degree):
        root, value = _power(2, exponent), 0
        for word in block:
            value = qr._times(value, root) ^ word
        assert value == 0


@pytest.mark.parametrize(("length", "side"), [(14, 21), (15, 25), (84, 37), (85, 41), (122, 45), (123, 49), (213, 57)])
def test_the_smallest_version_that_holds_the_text_is_taken(length, side):
    assert len(qr.matrix("x" * length)) == side


def test_too_long_a_text_is_refused():
    with pytest.raises(qr.TooLong):
        qr.matrix("x" * 214)


def test_the_drawing_has_a_quiet_zone_of_four_modules():
    path, side = qr.svg_path(ADDRESS)
    assert side == len(qr.matrix(ADDRESS)) + 8 and path.startswith("M4 4h7v1h-7z")
    assert qr.svg(ADDRESS).startswith("<svg ")
