"""Check digits over whole columns: bytes as numbers, one sum per code. Says “surely right” or “look closer”."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from chengxin.rules.identifiers.uscc import CHARACTERS

_USCC_WEIGHTS = (*(pow(3, i, 31) for i in range(17)), 1)
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_SHAPE = f"^[{CHARACTERS}]{{2}}[0-9]{{6}}[{CHARACTERS}]{{8}}[0-9X][{CHARACTERS}]$"
# Where month and day of an identity number would stand; a code that fits is handed to the plain reading.
_MAYBE_CITIZEN = "^[0-9]{10}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]$"
# 29 February is left to the plain reading, which knows the leap years.
_DAYS = "(?:(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31)"
_CITIZEN_SHAPE = f"^[0-9]{{6}}(?:19|20)[0-9]{{2}}{_DAYS}[0-9]{{3}}[0-9X]$"
_WIDTH = 18


def sound_usccs(codes: pl.Series) -> pl.Series:
    """Mark codes that certainly are unified social credit codes: both checks fit and no identity number hides."""
    candidates = codes.str.contains(_USCC_SHAPE) & ~codes.str.contains(_MAYBE_CITIZEN)
    return _marked(codes, candidates, _both_checks())


def sound_adults(numbers: pl.Series, born_before: int) -> pl.Series:
    """Mark identity numbers that certainly are right and belong to somebody born before that year."""
    year = numbers.str.slice(6, 4)
    candidates = numbers.str.contains(_CITIZEN_SHAPE) & (year < f"{born_before:04}")
    total = _total(_CITIZEN_WEIGHTS, _digit) + _digit(17)
    return _marked(numbers, candidates, total % 11 == 1)


def _marked(texts: pl.Series, candidates: pl.Series, test: pl.Expr) -> pl.Series:
    """Apply a test on bytes to the candidates, which are all eighteen ASCII characters long; the rest is False."""
    sure = candidates.fill_null(False)
    raw = texts.filter(sure).cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, _WIDTH), endianness="little")
    passed = raw.alias("b").to_frame().select(test.alias("ok"))["ok"]
    places = sure.arg_true()
    answer = pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)
    return answer.scatter(places.filter(passed), True) if len(places) else answer


def _byte(place: int) -> pl.Expr:
    return pl.col("b").arr.get(place).cast(pl.Int16)


def _digit(place: int) -> pl.Expr:
    """0 to 9, and 10 for X."""
    byte = _byte(place)
    return pl.when(byte < 58).then(byte - 48).otherwise(10)


def _base_36(place: int) -> pl.Expr:
    byte = _byte(place)
    return pl.when(byte < 58).then(byte - 48).otherwise(byte - 55)


def _base_31(place: int) -> pl.Expr:
    """The value of a character in an alphabet that leaves out I O S V Z."""
    byte = _byte(place)
    skipped = sum(((byte > ord(letter)).cast(pl.Int16) for letter in "IOSV"), pl.lit(0, dtype=pl.Int16))
    return pl.when(byte < 58).then(byte - 48).otherwise(byte - 55 - skipped)


def _total(weights: tuple[int, ...], value: Callable[[int], pl.Expr], start: int = 0) -> pl.Expr:
    terms = (value(start + i) * weight for i, weight in enumerate(weights))
    return sum(terms, pl.lit(0, dtype=pl.Int16))


def _both_checks() -> pl.Expr:
    own = _total(_USCC_WEIGHTS, _base_31) % 31 == 0
    inner = (_total(_ORG_WEIGHTS, _base_36, start=8) + _digit(16)) % 11 == 0
    return own & inner
