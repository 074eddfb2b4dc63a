"""What the cells of a column look like, by a sample: which fields could read them, and their shape without content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import polars as pl

from chengxin.rules.column_shifts import FURTHEST, GOVERNMENT
from chengxin.rules.columns import Contents
from chengxin.rules.layouts import Field, FieldType, Layout, Role
from chengxin.rules.validation.cells import BLANKS, NOTHING

SAMPLE = 500
SHOWN = 50
_ENOUGH_IN_A_ROW = 3
_DATE = r"^(?:19|20|99)\d{2}(?:[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T].*)?|\d{4})$"
_FOR_EVER = "长期|永久|无固定|无限期"
_CITIZEN = r"^\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$"
_USCC = r"^[0-9A-Za-z]{2}\d{6}[0-9A-Za-z]{10}$"
_AMOUNT = r"^-?\d{1,12}(?:\.\d+)?$"
_DOCUMENT = r"[(〔\[【〈<（［](?:19|20)\d{2}[)〕\]】〉>）］].*\d"
_PERSON = r"^[0-9A-Za-z()（）]{5,20}$"
_ORG = r"^[0-9A-Za-z]{8}-?[0-9A-Za-z]$"
_TELLING = (FieldType.DATE, FieldType.UNTIL, FieldType.USCC, FieldType.CHOICE, FieldType.CHOICES, FieldType.WAN)
_KINDS = (("数字", "digits", r"\d"), ("字母", "letters", "[A-Za-z]"), ("汉字", "Han characters", "[\u4e00-\u9fff]"))
Test = Callable[[pl.Expr], pl.Expr]


def look(frame: pl.DataFrame, columns: Sequence[str], layout: Layout, *, shapes: bool = False) -> list[Contents]:
    """Return what each column of a sample of the rows holds; ``columns`` are names of columns of the frame."""
    rows = frame.select(columns).gather_every(max(1, frame.height // SAMPLE)).head(SAMPLE)
    texts = rows.select(_written(name) for name in columns)
    alike = _alike(layout)
    fits: list[dict[str, float]] = []
    for name in columns:
        filled = texts.select(pl.col(name).drop_nulls().alias("t"))
        shares = filled.select(test(pl.col("t")).mean().alias(codes[0]) for test, codes in alike).row(0)
        told = zip(alike, shares, strict=True) if filled.height else ()
        fits.append({code: share or 0.0 for (_, codes), share in told for code in codes})
    return [_contents(texts[name], fits[at], shapes) for at, name in enumerate(columns)]


def _alike(layout: Layout) -> list[tuple[Test, list[str]]]:
    """Return each quick test once, with the codes of the fields it serves."""
    tests: dict[object, tuple[Test, list[str]]] = {GOVERNMENT: (_government, [GOVERNMENT])}
    for field in layout.fields:
        key = (field.type, field.choices, field.open_prefix, field.klass == "org_code")
        tests.setdefault(key, (_test(field, layout), []))[1].append(field.code)
    return list(tests.values())


def fits_of(texts: Sequence[str], layout: Layout) -> list[dict[str, float]]:
    """Return by field code how each text alone could be read; for asking whether headings are values."""
    frame = pl.DataFrame({str(at): [text] for at, text in enumerate(texts)})
    return [dict(found.fits) for found in look(frame, frame.columns, layout)]


def torn(findings: pl.DataFrame) -> list[int]:
    """Return the places of rows with errors in more than one field: only they can have slipped, and they are few."""
    errors = findings.filter((pl.col("severity") == "error") & (pl.col("row") > 0))
    several = errors.group_by("row").agg(pl.col("field").n_unique()).filter(pl.col("field") > 1)
    return [row - 1 for row in several["row"].sort()]


def slipped_rows(
    frame: pl.DataFrame, codes: Sequence[str], layout: Layout, among: Iterable[int]
) -> dict[int, tuple[str, int]]:
    """Return the field from which, and by how many columns, the values of single rows stand beside their headings.

    ``frame`` has its columns named by position; ``among`` are the places of rows that cannot be taken anyway.
    """
    telling = [(at, layout.get(code)) for at, code in enumerate(codes) if code and layout.get(code).type in _TELLING]
    places = list(among)
    if not places or len(telling) < _ENOUGH_IN_A_ROW:
        return {}
    texts = frame[places].select(_written(str(at)) for at in range(len(codes)))
    found: dict[int, tuple[str, int]] = {}
    for far in range(FURTHEST, 0, -1):
        for by in (-far, far):
            found |= _slipped(texts, places, telling, len(codes), by, layout)
    return found


def _slipped(
    texts: pl.DataFrame, places: list[int], telling: list[tuple[int, Field]], width: int, by: int, layout: Layout
) -> dict[int, tuple[str, int]]:
    within = [(at, field) for at, field in telling if 0 <= at + by < width]
    if len(within) < _ENOUGH_IN_A_ROW:
        return {}
    signs = []
    for at, field in within:
        test = _test(field, layout)
        beside = test(pl.col(str(at + by))).fill_null(False)
        signs.append(beside & ~test(pl.col(str(at))).fill_null(False))
    judged = texts.select(
        count=pl.sum_horizontal(signs), first=pl.concat_list([sign.cast(pl.Int8) for sign in signs]).list.arg_max()
    )
    return {
        places[row]: (within[first][1].code, by)
        for row, (count, first) in enumerate(judged.iter_rows())
        if count >= _ENOUGH_IN_A_ROW
    }


def _written(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars(BLANKS)
    return pl.when(~text.is_in(list(NOTHING))).then(text).alias(name)


def _contents(texts: pl.Series, fits: dict[str, float], shapes: bool) -> Contents:
    filled = texts.len() - texts.null_count()
    zh, en = _shape(texts.drop_nulls().head(SHOWN).to_list()) if shapes else ("", "")
    return Contents(texts.len(), filled, zh, en, fits)


def _shape(texts: list[str]) -> tuple[str, str]:
    """Say how long the texts are and of which kinds of characters, such as “18 位，数字+字母”; never which ones."""
    if not texts:
        return "空", "empty"
    lengths = sorted(len(text) for text in texts)
    long = str(lengths[0]) if lengths[0] == lengths[-1] else f"{lengths[0]}–{lengths[-1]}"
    met = [(zh, en) for zh, en, pattern in _KINDS if any(re.search(pattern, text) for text in texts)]
    zh, en = "+".join(zh for zh, _ in met) or "符号", ", ".join(en for _, en in met) or "signs"
    return f"{long} 位，{zh}", f"{long} characters: {en}"


def _government(column: pl.Expr) -> pl.Expr:
    return column.str.contains(_USCC) & column.str.starts_with("1")


def _uscc(column: pl.Expr) -> pl.Expr:
    return column.str.contains(_USCC) & ~column.str.contains(_CITIZEN)


def _person(column: pl.Expr) -> pl.Expr:
    return column.str.contains(_PERSON) & ~_uscc(column)


def _amount(column: pl.Expr) -> pl.Expr:
    return column.str.contains(_AMOUNT) & ~column.str.contains(_DATE)


def _test(field: Field, layout: Layout) -> Test:
    """Return the quick test whether texts could be read as a field; coarser than the reading of a cell."""
    if field.type is FieldType.CHOICE:
        return lambda column: _listed(field, column)
    if field.type is FieldType.CHOICES:
        return lambda column: _listed(field, column.str.extract(r"^\s*([^;；]+?)\s*(?:[;；]|$)"))
    if field.type is FieldType.TEXT:
        return lambda column: _plain(field, layout, column)
    return _TESTS[field.type]


_TESTS: dict[FieldType, Test] = {
    FieldType.DATE: lambda column: column.str.contains(_DATE),
    FieldType.UNTIL: lambda column: column.str.contains(_DATE) | column.str.contains(_FOR_EVER),
    FieldType.USCC: _uscc,
    FieldType.WAN: _amount,
    FieldType.DOCUMENT_NO: lambda column: column.str.contains(_DOCUMENT),
    FieldType.PERSON_CODE: _person,
    FieldType.ORG_CODE: lambda column: column.str.contains(_ORG),
}


def _listed(field: Field, column: pl.Expr) -> pl.Expr:
    known = column.is_in([text for choice in field.choices for text in (choice.value, *choice.also)])
    return known | column.str.starts_with(field.open_prefix) if field.open_prefix else known


def _plain(field: Field, layout: Layout, column: pl.Expr) -> pl.Expr:
    """Any text fits a text field, except what plainly belongs elsewhere: a date, a code, the kind of a party."""
    elsewhere = column.str.contains(_DATE) | column.str.contains(_CITIZEN) | column.is_in(_kinds(layout))
    return ~(elsewhere if field.klass == "org_code" else elsewhere | _uscc(column))


def _kinds(layout: Layout) -> list[str]:
    fields = (layout.role(role) for role in (Role.SUBJECT_KIND, Role.PERSON_CERTIFICATE))
    return [
        text for field in fields if field for one in field.choices for text in (one.value, *one.also) if len(text) > 2
    ]
