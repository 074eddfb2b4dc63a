"""The reading of one column at once. What is surely right is recognised by the column; every other distinct text goes
through the plain reading of a cell, so that dirty values mean the same in both engines."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from chengxin.engines.checkdigits import sound_usccs
from chengxin.engines.findings import column_type
from chengxin.rules.han import VARIANT
from chengxin.rules.layouts import Field, FieldType
from chengxin.rules.validation.cells import FORBIDDEN, NOTHING, Reading

_LONGEST_NOTHING = max(len(word.encode()) for word in NOTHING)
_AMOUNT = r"^[0-9]{1,12}(?:\.[0-9]{1,6})?$"
# Ordinary characters, less those that comparing would fold into another.
_HAN = f"[[\u4e00-\u9fff]--[{VARIANT}]]"
_PLAIN_DOCUMENT_NO = f"^(?:{_HAN}|[A-Z0-9]){{1,40}}〔(?:19|20)[0-9]{{2}}〕{_HAN}{{0,10}}[0-9]{{1,8}}号$"
_DECIMALS = 6
GLANCE, FEW = 1000, 120
# Bytes of text without control characters; deleting them leaves nothing, and that is faster than any search.
_HARMLESS = bytes(b for b in range(256) if b >= 0x20 and b != 0x7F) + b"\t\n\r"
_TURNING = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")  # U+202A to 202E and U+2066 to 2069 in UTF-8


@dataclass(frozen=True, slots=True)
class Column:
    """One column read: ``empty`` marks rows where nothing is stated, ``typed`` the value, ``problems`` what was met.

    ``problems`` has the columns place (index of the row), code, field, shape_zh, shape_en, limit, other.
    """

    empty: pl.Series
    typed: pl.Series
    problems: pl.DataFrame


PROBLEMS: dict[str, type[pl.DataType]] = {
    "place": pl.UInt32,
    "code": pl.String,
    "field": pl.String,
    "shape_zh": pl.String,
    "shape_en": pl.String,
    "limit": pl.String,
    "other": pl.String,
}
Read = Callable[[str], Reading]
NO_PROBLEMS = pl.DataFrame(schema=PROBLEMS)


def read_column(field: Field, raw: pl.Series, read: Read) -> Column:
    """Read one column of raw text; ``read`` is the plain reading of a cell of this field."""
    if raw.null_count() == len(raw):
        return empty_column(field, len(raw))
    if field.type not in _SURE or repeats_itself(raw):
        return by_distinct_texts(field, raw, read)
    written = stripped(raw)
    return slowly(field, written, *_SURE[field.type](field, written), read)


def repeats_itself(raw: pl.Series) -> bool:
    """Guess from rows spread over a column whether it holds few distinct texts, so that reading each once is cheapest.

    A wrong guess costs time and changes no answer.
    """
    return raw.gather_every(len(raw) // GLANCE or 1).n_unique() <= FEW


def empty_column(field: Field, height: int) -> Column:
    """Return a column in which nothing is stated."""
    empty = pl.repeat(True, height, dtype=pl.Boolean, eager=True)
    typed = pl.repeat(None, height, dtype=column_type(field), eager=True).alias(field.code)
    return Column(empty, typed, NO_PROBLEMS)


def stripped(raw: pl.Series) -> pl.Series:
    """Strip blanks; texts that only say “nothing” become null."""
    text = raw.str.strip_chars()
    short = text.str.len_bytes() <= _LONGEST_NOTHING
    if not short.any():
        return text
    places = short.fill_null(False).arg_true()
    nothing = text.gather(places).is_in(list(NOTHING))
    return text.scatter(places.filter(nothing), None)


def has_forbidden(texts: pl.Series) -> bool:
    """Tell whether any text of a column holds a control character or one that turns the reading direction."""
    raw: bytes = texts.str.join("").cast(pl.Binary)[0] or b""
    return bool(raw.translate(None, _HARMLESS)) or (b"\xe2" in raw and _TURNING.search(raw) is not None)


def by_distinct_texts(field: Field, raw: pl.Series, read: Read) -> Column:
    """Ask the plain reading once for every distinct text of a column."""
    answers = _answers(field, raw.drop_nulls().unique(), read)
    typed = _values_of(field, raw, answers)
    told = answers.filter(pl.col("code").is_not_null())
    if told.is_empty():
        return Column(typed.is_null(), typed, NO_PROBLEMS)
    places = raw.is_in(told["text"].implode()).fill_null(False).arg_true()
    met = pl.DataFrame({"text": raw.gather(places), "place": places.cast(pl.UInt32)})
    found = met.join(told, on="text", how="left", maintain_order="left").select(list(PROBLEMS))
    return Column(typed.is_null().scatter(places, False), typed, found)


def _values_of(field: Field, raw: pl.Series, answers: pl.DataFrame) -> pl.Series:
    """Return the value of every text of a column; texts that all stand for themselves need no looking up."""
    text, value = answers["text"], answers["value"]
    if value.dtype == pl.String and (text == value).fill_null(False).all():
        return raw.alias(field.code)
    looked_up = answers.select("text", "value")
    met = raw.alias("text").to_frame().join(looked_up, on="text", how="left", maintain_order="left")
    return met["value"].alias(field.code)


def slowly(field: Field, written: pl.Series, sure: pl.Series, values: pl.Series, read: Read) -> Column:
    """Take ``values`` where ``sure``, and ask the plain reading once for every other distinct text."""
    empty = written.is_null()
    typed = values.cast(column_type(field)).alias(field.code)
    places = (~sure.fill_null(False) & ~empty).arg_true()
    if not len(places):
        return Column(empty, typed, NO_PROBLEMS)
    texts = pl.DataFrame({"text": written.gather(places), "place": places.cast(pl.UInt32)})
    met = texts.join(_answers(field, texts["text"].unique(), read), on="text", how="left", maintain_order="left")
    typed = typed.scatter(met["place"], met["value"])
    # A stand-in such as 1900-01-01 is written, yet states nothing.
    empty = empty.scatter(met.filter(pl.col("value").is_null() & pl.col("code").is_null())["place"], True)
    return Column(empty, typed, met.filter(pl.col("code").is_not_null()).select(list(PROBLEMS)))


def _answers(field: Field, texts: pl.Series, read: Read) -> pl.DataFrame:
    lines = []
    for text in texts.to_list():
        reading = read(text)
        p = reading.problem
        told = (p.code, p.field, p.shape.zh, p.shape.en, p.limit, p.other) if p else (None,) * 6
        lines.append((text, reading.value, *told))
    schema: dict[str, type[pl.DataType]] = {"text": pl.String, "value": column_type(field)}
    schema |= {name: pl.String for name in PROBLEMS if name != "place"}
    return pl.DataFrame(lines, schema=schema, orient="row")


Sure = tuple[pl.Series, pl.Series]


def _where(sure: pl.Series, values: pl.Series) -> Sure:
    """Blank out the values that are not sure."""
    sure = sure.fill_null(False)
    if sure.sum() == len(values) - values.null_count():
        return sure, values
    frame = pl.DataFrame({"s": sure, "v": values})
    return sure, frame.select(pl.when("s").then("v"))["v"]


def _sure_texts(field: Field, written: pl.Series) -> Sure:
    sure = written.is_not_null()
    if field.length and (written.str.len_bytes() > field.length).any():
        sure &= written.str.len_chars() <= field.length
    if has_forbidden(written):
        sure &= ~written.str.contains(f"[{FORBIDDEN}]")
    return _where(sure, written)


def _sure_amounts(field: Field, written: pl.Series) -> Sure:
    sure = written.str.contains(_AMOUNT).fill_null(False)
    # A decimal with six places is kept as a whole number of millionths, and a millionth of 万元 is one fen.
    decimals = written.to_frame("t").select(pl.when(sure).then("t").cast(pl.Decimal(20, _DECIMALS)))["t"]
    return sure, decimals.to_physical().cast(pl.Int64)


def _sure_usccs(field: Field, written: pl.Series) -> Sure:
    return _where(sound_usccs(written), written)


def plain_document_nos(written: pl.Series) -> pl.Series:
    """Mark document numbers that already are in the one form used for comparing."""
    return written.str.contains(_PLAIN_DOCUMENT_NO)


def _sure_document_nos(field: Field, written: pl.Series) -> Sure:
    sure = plain_document_nos(written)
    if field.length:
        sure &= written.str.len_chars() <= field.length
    return _where(sure, written)


def _sure_person_codes(field: Field, written: pl.Series) -> Sure:
    """Half-width capitals and digits are what tidying would leave; the certificate type is judged elsewhere."""
    sure = written.str.contains("^[0-9A-Z]{1,18}$") & (written.str.len_chars() <= (field.length or 18))
    return _where(sure, written)


# Dates and listed values repeat themselves, so their distinct texts are read plainly and have no entry here.
_SURE: dict[FieldType, Callable[[Field, pl.Series], Sure]] = {
    FieldType.TEXT: _sure_texts,
    FieldType.WAN: _sure_amounts,
    FieldType.USCC: _sure_usccs,
    FieldType.PERSON_CODE: _sure_person_codes,
    FieldType.DOCUMENT_NO: _sure_document_nos,
}
