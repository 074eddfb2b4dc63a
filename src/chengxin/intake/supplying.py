"""Filling the columns that a file does not have, in the ways the agency confirmed; see ``rules.supplies``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from chengxin.rules import supplies
from chengxin.rules.identifiers.uscc import INDIVIDUAL_PREFIX
from chengxin.rules.layouts import Field, Layout, Role
from chengxin.rules.text import normalise
from chengxin.rules.validation.cells import BLANKS, NOTHING

Own = tuple[str, str]
_CODES_OF_FIRMS = (Role.SUBJECT_USCC, Role.REGISTRATION_NO)


def completed(named: pl.DataFrame, supplied: Mapping[str, str], layout: Layout, own: Own) -> pl.DataFrame:
    """Return columns named by field with those that a person confirmed; ``own`` are name and code of the agency.

    What a confirmed way cannot tell of a row stays blank there, so that the row is sent back and never guessed at.
    """
    for code, way in _in_order(supplied, layout):
        column = _column(named, layout.get(code), way, layout, own)
        named = named if column is None else named.with_columns(column.alias(code))
    return named


def only(layout: Layout, field: str, supplied: Mapping[str, str]) -> tuple[str, ...]:
    """Return the spellings that may stand in a column read by an older code set; any other sends its row back."""
    return tuple(supplies.translation(layout, field, supplied.get(field, "")))


def _in_order(supplied: Mapping[str, str], layout: Layout) -> Sequence[tuple[str, str]]:
    """The name of the authority comes before the code that is told by it."""
    return sorted(supplied.items(), key=lambda each: layout.codes.index(each[0]))


def _column(named: pl.DataFrame, field: Field, way: str, layout: Layout, own: Own) -> pl.Expr | None:
    if field.code in named.columns:
        return _translated(field, supplies.translation(layout, field.code, way))
    if way.startswith(supplies.FIXED):
        return pl.lit(way.removeprefix(supplies.FIXED))
    if way.startswith(supplies.COPY):
        return _of(named, layout.get(way.removeprefix(supplies.COPY)))
    if way.startswith(supplies.WITH):
        place, _, text = way.removeprefix(supplies.WITH).partition("=")
        return pl.when(_of(named, layout.get(place)).is_not_null()).then(pl.lit(text))
    if way.startswith(supplies.AMOUNT):
        return _amounts(named, layout.get(way.removeprefix(supplies.AMOUNT)), field)
    return _WAYS[way](named, layout, own) if way in _WAYS else None


def _translated(field: Field, means: Mapping[str, str]) -> pl.Expr | None:
    """Rows of any other code are refused by their own finding, so their text may stay."""
    text = pl.col(field.code)
    return text.str.strip_chars(BLANKS).replace(dict(means)) if means else None


def _of(named: pl.DataFrame, field: Field | None) -> pl.Expr:
    """Return what stands in a field, null where nothing does."""
    if field is None or field.code not in named.columns:
        return pl.lit(None, pl.String)
    text = pl.col(field.code).str.strip_chars(BLANKS)
    return pl.when(~text.is_in(list(NOTHING))).then(text)


def _amounts(named: pl.DataFrame, content: Field, field: Field) -> pl.Expr:
    texts = named.select(_of(named, content).drop_nulls().unique()).to_series().to_list()
    assert field.role is not None
    stated = {text: supplies.stated_amount(normalise(text), field.role) for text in texts}
    return _of(named, content).replace_strict(stated, default=None, return_dtype=pl.String)


def _own_name(named: pl.DataFrame, layout: Layout, own: Own) -> pl.Expr:
    return pl.lit(own[0])


def _own_code(named: pl.DataFrame, layout: Layout, own: Own) -> pl.Expr:
    return pl.lit(own[1])


def _own_code_if_named(named: pl.DataFrame, layout: Layout, own: Own) -> pl.Expr:
    authority = _of(named, layout.role(Role.AUTHORITY_NAME))
    return pl.when(authority == own[0]).then(pl.lit(own[1]))


def _kind_of_codes(named: pl.DataFrame, layout: Layout, own: Own) -> pl.Expr:
    kind = layout.role(Role.SUBJECT_KIND)
    assert kind is not None
    value = {one.means: one.value for one in kind.choices}
    person, uscc = _of(named, layout.role(Role.PERSON_NUMBER)), _of(named, layout.role(Role.SUBJECT_USCC))
    firm = pl.any_horizontal(_of(named, field).is_not_null() for field in layout.fields if _of_firm(field))
    # 个体工商户 are known by their codes, which begin with 92 since the codes were unified.
    individual = uscc.str.starts_with(INDIVIDUAL_PREFIX).fill_null(False)
    return (
        pl.when(person.is_not_null() & firm)
        .then(None)
        .when(person.is_not_null())
        .then(pl.lit(value["person"]))
        .when(individual)
        .then(pl.lit(value["individual_business"]))
        .when(firm)
        .then(pl.lit(value["organisation"]))
    )


def _of_firm(field: Field) -> bool:
    """The codes of a party are of its class and play no part of the authority's or the source's."""
    return field.klass == "org_code" and field.role in (*_CODES_OF_FIRMS, None)


_WAYS: dict[str, Callable[[pl.DataFrame, Layout, Own], pl.Expr]] = {
    supplies.OWN_NAME: _own_name,
    supplies.OWN_CODE: _own_code,
    supplies.OWN_CODE_IF_NAMED: _own_code_if_named,
    supplies.KIND_OF_CODES: _kind_of_codes,
}
