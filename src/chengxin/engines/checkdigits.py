"""Check digits over whole columns: bytes as numbers, one sum per code. Says “surely right” or “look closer”."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from chengxin.rules.identifiers.uscc import CHARACTERS

_USCC_WEIGHTS = (*(pow(3, i, 31) for i in range(17)), 1)
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
_USCC_SHAPE = f"^[{CHARACTERS}]{{2}}[0-9]{{6}}[{CHARACTERS}]{{8}}[0-9X][{CHARACTERS}]$"
# Where month and day of an identity number would stand; a code that fits is handed to the plain reading.
_MAYBE_CITIZEN = "^[0-9]{10}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]$"
# 29 February is left to the plain reading, which knows the leap years.
_DAYS = "(?:(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31)"
_CITIZEN_SHAPE = f"^[0-9]{{6}}(?:19|20)[0-9]{{2}}{_DAYS}[0-9]{{3}}[0-9X]$"
# Eighteen characters and this make three whole words of eight bytes.
_PAD = "000000"
_FIRST, _SECOND, _THIRD = (pl.col(name) for name in ("first", "second", "third"))
_EVERY_OTHER = 0x0001_0001_0001_0001
_TO_TOP = 2**48
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# A byte keeps the value in base 31 in its low five bits and above them how much more the character is in base 36.
_LOW, _HIGH = 0x1F, 2**5
_DECIMAL = "0123456789X"


def _table(values: Iterable[tuple[str, int]]) -> bytes:
    """A translation from bytes to the value of each character."""
    table = bytearray(256)
    for character, value in values:
        table[ord(character)] = value
    return bytes(table)


_USCC_TABLE = _table((c, value + _HIGH * (_BASE_36.index(c) - value)) for value, c in enumerate(CHARACTERS))
_CITIZEN_TABLE = _table((c, value) for value, c in enumerate(_DECIMAL))
# The check character X of the inner code counts as 10; in base 31 it counts 29, and 29 + 3 leaves 10 over 11 as well.
_INNER_X, _TO_TEN = _USCC_TABLE[ord("X")], 3


def sound_usccs(codes: pl.Series) -> pl.Series:
    """Mark codes that certainly are unified social credit codes: both checks fit and no identity number hides."""
    sure = (codes.str.contains(_USCC_SHAPE) & ~codes.str.contains(_MAYBE_CITIZEN)).fill_null(False)
    return _narrowed(codes, sure, _USCC_TABLE, (_uscc_sum() % 31 == 0) & (_inner_sum() % 11 == 0))


def sound_adults(numbers: pl.Series, born_before: int) -> pl.Series:
    """Mark identity numbers that certainly are right and belong to somebody born before that year."""
    old = numbers.str.slice(6, 4) < f"{born_before:04}"
    sure = (numbers.str.contains(_CITIZEN_SHAPE) & old).fill_null(False)
    return _narrowed(numbers, sure, _CITIZEN_TABLE, _sum(_CITIZEN_WEIGHTS) % 11 == 1)


def _narrowed(texts: pl.Series, sure: pl.Series, table: bytes, test: pl.Expr) -> pl.Series:
    """Take the mark away from the candidates that do not pass the test on their three words."""
    candidates = texts if sure.all() else texts.filter(sure)
    if candidates.is_empty():
        return sure
    failed = _words(candidates, table).select(test.not_().alias("failed"))["failed"]
    return sure.scatter(sure.arg_true().filter(failed), False) if failed.any() else sure


def _words(texts: pl.Series, table: bytes) -> pl.DataFrame:
    """Return texts of eighteen ASCII characters as three columns of words, each byte the value of one character.

    All characters are translated to values in one pass, which no expression can match.
    """
    values = bytes(texts.str.join(_PAD).cast(pl.Binary)[0]).translate(table) + bytes(len(_PAD))
    whole = pl.Array(pl.UInt64, len(values) // 8)
    flat = pl.Series([values]).bin.reinterpret(dtype=whole, endianness="little").explode()
    return pl.DataFrame({name: flat.gather_every(3, at) for at, name in enumerate(("first", "second", "third"))})


def _dot(word: pl.Expr, weights: tuple[int, ...], mask: int) -> pl.Expr:
    """Weigh and sum the eight bytes of a word with two multiplications.

    Every other byte stands alone in sixteen bits, so one product of word and weights holds in its top sixteen bits
    the sum of four products. No sum reaches 2**16, so nothing carries over; what overflows at the top is not needed.
    """
    even, odd = weights[0::2], weights[1::2]
    lanes = mask * _EVERY_OTHER
    products = (word & lanes) * _packed(even) + ((word // 256) & lanes) * _packed(odd)
    return products // _TO_TOP


def _packed(weights: tuple[int, ...]) -> int:
    return sum(weight << 16 * (len(weights) - 1 - at) for at, weight in enumerate(weights))


def _sum(weights: tuple[int, ...]) -> pl.Expr:
    """The weighted sum of eighteen values below 32."""
    last = (_THIRD & _LOW) * weights[16] + ((_THIRD // 256) & _LOW) * weights[17]
    return _dot(_FIRST, weights[:8], _LOW) + _dot(_SECOND, weights[8:16], _LOW) + last


def _uscc_sum() -> pl.Expr:
    return _sum(_USCC_WEIGHTS)


def _inner_sum() -> pl.Expr:
    """The weighted sum of the organisation code within: characters 9 to 16 in base 36, and its check character."""
    more = (_SECOND // _HIGH) & (7 * 0x0101_0101_0101_0101)
    body = _dot(_SECOND, _ORG_WEIGHTS, _LOW) + _dot(more, _ORG_WEIGHTS, 7)
    check = (_THIRD & _LOW) + ((_THIRD & 0xFF) == _INNER_X).cast(pl.UInt64) * _TO_TEN
    return body + check
