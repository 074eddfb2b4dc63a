"""Check digits over whole columns: bytes as numbers, one sum per code. Says “surely right” or “look closer”."""

from __future__ import annotations

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
_WIDTH = 18


def _table(characters: str) -> bytes:
    """A translation from bytes to the value of each character, which is its place in the alphabet."""
    values = bytearray(256)
    for value, character in enumerate(characters):
        values[ord(character)] = value
    return bytes(values)


_BASE_31 = _table(CHARACTERS)
_BASE_36 = _table("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DECIMAL = _table("0123456789X")


def sound_usccs(codes: pl.Series) -> pl.Series:
    """Mark codes that certainly are unified social credit codes: both checks fit and no identity number hides."""
    sure = (codes.str.contains(_USCC_SHAPE) & ~codes.str.contains(_MAYBE_CITIZEN)).fill_null(False)
    candidates = codes.filter(sure)
    if candidates.is_empty():
        return sure
    raw = _bytes(candidates)
    own = _sums(raw, _BASE_31, _USCC_WEIGHTS) % 31 == 0
    inner = _sums(raw, _BASE_36, _ORG_WEIGHTS, start=8) + _sums(raw, _DECIMAL, (1,), start=16)
    return _narrowed(sure, own & (inner % 11 == 0))


def sound_adults(numbers: pl.Series, born_before: int) -> pl.Series:
    """Mark identity numbers that certainly are right and belong to somebody born before that year."""
    old = numbers.str.slice(6, 4) < f"{born_before:04}"
    sure = (numbers.str.contains(_CITIZEN_SHAPE) & old).fill_null(False)
    candidates = numbers.filter(sure)
    if candidates.is_empty():
        return sure
    return _narrowed(sure, _sums(_bytes(candidates), _DECIMAL, _CITIZEN_WEIGHTS) % 11 == 1)


def _narrowed(sure: pl.Series, passed: pl.Series) -> pl.Series:
    """Take the mark away from the candidates that did not pass."""
    return sure.scatter(sure.arg_true().filter(~passed), False)


def _bytes(texts: pl.Series) -> bytes:
    """Return texts of eighteen ASCII characters one after another."""
    return bytes(texts.str.join("").cast(pl.Binary)[0])


def _sums(raw: bytes, table: bytes, weights: tuple[int, ...], start: int = 0) -> pl.Series:
    """Return the weighted sum of character values, one for every eighteen bytes.

    All characters are translated to values in one pass, which no expression can match.
    """
    values = raw.translate(table)
    flat = pl.Series([values]).bin.reinterpret(dtype=pl.Array(pl.UInt8, len(values)), endianness="little")
    rows = flat.explode().reshape((len(values) // _WIDTH, _WIDTH)).alias("v").to_frame()
    terms = [pl.col("v").arr.get(start + i).cast(pl.Int16) * weight for i, weight in enumerate(weights)]
    return rows.select(pl.sum_horizontal(terms).alias("sum"))["sum"]
