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
_CODE = "[0-9A-Z]{1,18}"
_NOTHING_LIKE_CODES = sorted(word for word in NOTHING if re.fullmatch(_CODE, word))
GLANCE, FEW = 1000, 120
# Texts of so few bytes lie in the column itself.
_INLINE = 12
AT_A_TIME = 8192
# Bytes of text without control characters; deleting them leaves nothing, and that is faster than any search.
_HARMLESS = bytes(b for b in range(256) if b >= 0x20 and b != 0x7F) + b"\t\n\r"
# Nine characters beginning with one byte: few enough for the search that looks at many bytes at once.
_TURNING = "[\u202a-\u202e\u2066-\u2069]"


@dataclass(frozen=True, slots=True)
class Column:
    """One column read: ``empty`` marks rows where nothing is stated, ``typed`` the value, ``problems`` what was met.

    ``problems`` has the columns place (index of the row), code, field, shape_zh, shape_en, limit, other. ``sure``
    marks the rows that were recognised by the column, where it was asked.
    """

    empty: pl.Series
    typed: pl.Series
    problems: pl.DataFrame
    sure: pl.Series | None = None


PROBLEMS: dict[str, type[pl.DataType]] = {
    "place": pl.UInt32,
    "code": pl.String,
    "field": pl.String,
    "shape_zh": pl.String,
    "shape_en": pl.String,
    "limit": pl.String,
    "other": pl.String,
}
_TOLD = [name for name in PROBLEMS if name != "place"]
Read = Callable[[str], Reading]
NO_PROBLEMS = pl.DataFrame(schema=PROBLEMS)


def read_column(field: Field, raw: pl.Series, read: Read) -> Column:
    """Read one column of raw text; ``read`` is the plain reading of a cell of this field."""
    if raw.null_count() == len(raw):
        return empty_column(field, len(raw))
    if field.type not in _SURE or repeats_itself(raw):
        return by_distinct_texts(field, raw, read)
    # Only free text may begin or end with blanks and yet be surely right; the other patterns allow none.
    written = stripped(raw) if field.type is FieldType.TEXT else raw
    return slowly(field, written, *_SURE[field.type](field, written), read)


def repeats_itself(raw: pl.Series) -> bool:
    """Guess from rows spread over a column whether it holds few distinct texts, so that reading each once is cheapest.

    A wrong guess costs time and changes no answer.
    """
    return raw.gather_every(len(raw) // GLANCE or 1).n_unique() <= FEW


def empty_column(field: Field, height: int) -> Column:
    """Return a column in which nothing is stated."""
    typed = pl.Series(field.code, [], dtype=column_type(field)).extend_constant(None, height)
    return Column(typed.is_null(), typed, NO_PROBLEMS)


def shared(column: pl.Series) -> pl.Series:
    """Return the same texts; where they come again and again, each stands in memory once."""
    if not (column.str.len_bytes() > _INLINE).any() or not repeats_itself(column):
        return column
    texts = column.unique()
    return texts.gather(numbered(column, texts)).alias(column.name)


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
    """Tell whether any text of a column holds a control character or one that turns the reading direction.

    A few texts at a time, because joining them all would need memory that is nowhere near the processor.
    """
    return any(_holds_forbidden(part) for part in texts.to_frame().iter_slices(AT_A_TIME))


def _holds_forbidden(part: pl.DataFrame) -> bool:
    texts = part.to_series()
    raw: bytes = texts.str.join("").cast(pl.Binary)[0] or b""
    return bool(raw.translate(None, _HARMLESS)) or (b"\xe2" in raw and bool(texts.str.contains(_TURNING).any()))


def by_distinct_texts(field: Field, raw: pl.Series, read: Read) -> Column:
    """Ask the plain reading once for every distinct text of a column."""
    texts = raw.drop_nulls().unique()
    answers = _answers(field, texts, read)
    told = answers["code"].is_not_null()
    if not told.any() and answers["value"].equals(texts, check_dtypes=True):
        return Column(raw.is_null(), raw.alias(field.code), NO_PROBLEMS)
    # Numbering the texts means that they are hashed once; everything else is looked up by number.
    numbers = numbered(raw, texts)
    typed = answers["value"].gather(numbers).alias(field.code)
    if not told.any():
        return Column(typed.is_null(), typed, NO_PROBLEMS)
    places = told.gather(numbers).fill_null(False).arg_true()
    found = answers.select(_TOLD)[numbers.gather(places)].with_columns(place=places.cast(pl.UInt32))
    return Column(typed.is_null().scatter(places, False), typed, found.select(list(PROBLEMS)))


def numbered(raw: pl.Series, texts: pl.Series) -> pl.Series:
    """Return for every text of a column its place among the distinct ``texts``."""
    return raw.cast(pl.Enum(texts)).to_physical().cast(pl.UInt32)


def slowly(field: Field, written: pl.Series, sure: pl.Series, values: pl.Series, read: Read) -> Column:
    """Take ``values`` where ``sure``, and ask the plain reading once for every other distinct text."""
    empty = written.is_null()
    typed = values.cast(column_type(field)).alias(field.code)
    sure = sure.fill_null(False)
    places = (~(sure | empty)).arg_true()
    if not len(places):
        return Column(empty, typed, NO_PROBLEMS, sure)
    texts = pl.DataFrame({"text": written.gather(places), "place": places.cast(pl.UInt32)})
    met = texts.join(_answers(field, texts["text"].unique(), read), on="text", how="left", maintain_order="left")
    typed = typed.scatter(met["place"], met["value"])
    # A stand-in such as 1900-01-01 is written, yet states nothing.
    nothing = met.filter(pl.col("value").is_null() & pl.col("code").is_null())["place"]
    empty = empty.scatter(nothing, True) if len(nothing) else empty
    return Column(empty, typed, met.filter(pl.col("code").is_not_null()).select(list(PROBLEMS)), sure)


def _answers(field: Field, texts: pl.Series, read: Read) -> pl.DataFrame:
    lines = []
    for text in texts.to_list():
        reading = read(text)
        p = reading.problem
        told = (p.code, p.field, p.shape.zh, p.shape.en, p.limit, p.other) if p else (None,) * 6
        lines.append((text, reading.value, *told))
    schema: dict[str, type[pl.DataType]] = {"text": pl.String, "value": column_type(field)}
    schema |= dict.fromkeys(_TOLD, pl.String)
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
    if field.length and (written.str.len_bytes() > field.length).any():
        sure &= written.str.len_chars() <= field.length
    return _where(sure, written)


def _sure_person_codes(field: Field, written: pl.Series) -> Sure:
    """Half-width capitals and digits are what tidying would leave; the certificate type is judged elsewhere."""
    sure = written.str.contains(f"^{_CODE}$") & (written.str.len_bytes() <= (field.length or 18))
    for word in _NOTHING_LIKE_CODES:
        sure &= written != word
    return _where(sure, written)


# Dates and listed values repeat themselves, so their distinct texts are read plainly and have no entry here.
_SURE: dict[FieldType, Callable[[Field, pl.Series], Sure]] = {
    FieldType.TEXT: _sure_texts,
    FieldType.WAN: _sure_amounts,
    FieldType.USCC: _sure_usccs,
    FieldType.PERSON_CODE: _sure_person_codes,
    FieldType.DOCUMENT_NO: _sure_document_nos,
}
