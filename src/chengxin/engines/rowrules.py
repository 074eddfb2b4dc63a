"""The rules that look at several cells, over whole columns; the same rules as chengxin.rules.validation.rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from chengxin.engines.cellcolumns import NO_PROBLEMS, PROBLEMS, Column, numbered
from chengxin.engines.findings import DERIVED
from chengxin.rules import text as texts
from chengxin.rules.identifiers.uscc import INDIVIDUAL_PREFIX
from chengxin.rules.layouts import Field, Layout, Must, Role
from chengxin.rules.validation.amounts import FEN_PER_WAN, FEN_PER_YUAN, LEAST_WAN, looks_like_yuan, within_simple
from chengxin.rules.validation.context import Context
from chengxin.rules.validation.rows import (
    AMOUNTS,
    DEMANDS,
    INDIVIDUAL_BUSINESS,
    INVALID,
    ORGANISATION,
    PERSON,
    is_unnamed,
    names_kind,
    public_prefix,
    spot_rules,
)
from chengxin.rules.validation.shapes import EMPTY, NO_SHAPE, Shape

KIND, SUBJECT, DOCUMENT = DERIVED
Holds = Callable[[Callable[[str], bool]], pl.Series]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A chunk read cell by cell: typed values with the derived columns, and where nothing is stated."""

    layout: Layout
    context: Context
    typed: pl.DataFrame
    columns: Mapping[str, Column]

    def value(self, role: Role) -> pl.Expr:
        """The typed value of the field with this role; null when the layout has none."""
        field = self.layout.role(role)
        return pl.col(field.code) if field else pl.lit(None, dtype=pl.String)

    def empty(self, field: Field | None) -> pl.Series:
        """Mark rows where nothing is stated in the field."""
        if field is None:
            return pl.repeat(True, len(self.typed), dtype=pl.Boolean, eager=True)
        return self.columns[field.code].empty

    def where(self, test: pl.Expr) -> pl.Series:
        """Evaluate a test on the typed values; unknown counts as no."""
        return self.typed.select(test.fill_null(False).alias("t"))["t"]


def problems(sheet: Sheet) -> Iterator[pl.DataFrame]:
    """Yield the problems of every rule."""
    for rule in (_required, _current, _code_and_kind, _public_bodies, _dates_in_order, _categories, _units):
        yield from rule(sheet)


def told(
    mask: pl.Series, code: str, field: Field, shape: Shape = NO_SHAPE, limit: str = "", other: str = ""
) -> pl.DataFrame:
    """Set out one problem for every row of a mask."""
    if not mask.any():
        return NO_PROBLEMS
    words = {"code": code, "field": field.code, "shape_zh": shape.zh, "shape_en": shape.en, "limit": limit}
    columns = [pl.lit(word, dtype=pl.String).alias(name) for name, word in (words | {"other": other}).items()]
    return mask.arg_true().cast(pl.UInt32).alias("place").to_frame().with_columns(columns).select(list(PROBLEMS))


def subject_kinds(layout: Layout, typed: pl.DataFrame) -> pl.Expr:
    """The kind of subject each row declares, or that its code was given to."""
    field, uscc = layout.role(Role.SUBJECT_KIND), layout.role(Role.SUBJECT_USCC)
    if field is None:
        individual = pl.col(uscc.code).str.starts_with(INDIVIDUAL_PREFIX) if uscc else pl.lit(False)
        return pl.when(individual).then(pl.lit(INDIVIDUAL_BUSINESS)).otherwise(pl.lit(layout.default_kind)).alias(KIND)
    meanings = {choice.value: choice.means for choice in field.choices if choice.means}
    return pl.col(field.code).replace_strict(meanings, default=None, return_dtype=pl.String).alias(KIND)


def subject_codes(sheet: Sheet) -> pl.Expr:
    """The code that stands for the subject when rows are compared."""
    person = sheet.value(Role.PERSON_NUMBER)
    other = pl.coalesce(sheet.value(Role.SUBJECT_USCC), sheet.value(Role.REGISTRATION_NO))
    return pl.when(pl.col(KIND).eq_missing(pl.lit(PERSON))).then(person).otherwise(other).alias(SUBJECT)


def document_keys(layout: Layout, typed: pl.DataFrame, plain: pl.Series | None) -> pl.Series:
    """Document numbers in the form used for comparing; only those not ``plain`` already are worked on."""
    field = layout.role(Role.DOCUMENT_NO)
    if field is None or plain is None:
        return pl.repeat(None, len(typed), dtype=pl.String, eager=True).alias(DOCUMENT)
    numbers = typed[field.code]
    places = (~plain.fill_null(False) & numbers.is_not_null()).arg_true()
    keys = [texts.document_no(number) for number in numbers.gather(places)]
    return numbers.scatter(places, pl.Series(keys, dtype=pl.String)).alias(DOCUMENT)


def _kind_is(*kinds: str) -> pl.Expr:
    """Three comparisons are cheaper than looking a text up in a set; an unknown kind is none of them."""
    return pl.any_horizontal([pl.col(KIND) == kind for kind in kinds]).fill_null(False)


_REQUIRED: dict[Must, pl.Expr] = {
    Must.ALWAYS: pl.lit(True),
    Must.ORGANISATION: _kind_is(ORGANISATION),
    Must.REGISTERED: _kind_is(ORGANISATION, INDIVIDUAL_BUSINESS),
    Must.PERSON: _kind_is(PERSON),
}


def _required(sheet: Sheet) -> Iterator[pl.DataFrame]:
    for field in sheet.layout.fields:
        empty = sheet.empty(field)
        if field.must is not Must.OPTIONAL and empty.any():
            yield told(empty & sheet.where(_REQUIRED[field.must]), "cell.required", field, EMPTY)


def _code_and_kind(sheet: Sheet) -> Iterator[pl.DataFrame]:
    uscc = sheet.layout.role(Role.SUBJECT_USCC)
    if uscc is None:
        return
    empty = sheet.empty(uscc)
    yield told(sheet.where(_kind_is(PERSON)) & ~empty, "uscc.on_person", uscc)
    yield told(sheet.where(_kind_is(INDIVIDUAL_BUSINESS)) & empty, "subject.no_code", uscc, EMPTY)
    individual = pl.col(uscc.code).str.starts_with(INDIVIDUAL_PREFIX)
    differs = _kind_is(ORGANISATION, INDIVIDUAL_BUSINESS) & (individual != _kind_is(INDIVIDUAL_BUSINESS))
    yield told(sheet.where(differs), "uscc.kind", uscc)


def _current(sheet: Sheet) -> Iterator[pl.DataFrame]:
    if state := sheet.layout.role(Role.STATE):
        ended = [choice.value for choice in state.choices if choice.means == INVALID]
        yield told(sheet.where(pl.col(state.code).is_in(ended)), "row.not_current", state)


def _public_bodies(sheet: Sheet) -> Iterator[pl.DataFrame]:
    prefix = public_prefix(sheet.context)
    for field in sheet.layout.fields if prefix else ():
        if field.public_body:
            yield told(sheet.where(~pl.col(field.code).str.starts_with(prefix)), "authority.kind", field)


def _dates_in_order(sheet: Sheet) -> Iterator[pl.DataFrame]:
    until = sheet.layout.role(Role.VALID_UNTIL)
    start = sheet.layout.role(Role.VALID_FROM) or sheet.layout.role(Role.DECIDED_ON)
    if until and start:
        yield told(sheet.where(pl.col(until.code) < pl.col(start.code)), "date.order", until, other=start.code)


def _categories(sheet: Sheet) -> Iterator[pl.DataFrame]:
    """Every rule about categories looks at each distinct text once."""
    field = sheet.layout.role(Role.CATEGORY)
    if field is None:
        return
    written = sheet.typed[field.code]
    texts = written.drop_nulls().unique()
    numbers = numbered(written, texts)

    def holds(test: Callable[[str], bool]) -> pl.Series:
        return pl.Series([test(text) for text in texts], dtype=pl.Boolean).gather(numbers).fill_null(False)

    yield from _category_demands(sheet, holds)
    yield from _amount_demands(sheet, field, holds)
    if other := field.open_prefix:
        yield told(holds(lambda text: is_unnamed(text, other)), "category.unnamed", field)
    yield from _simple(sheet, field, holds)


def _simple(sheet: Sheet, category: Field, holds: Holds) -> Iterator[pl.DataFrame]:
    fine, rules = sheet.layout.role(Role.FINE), spot_rules(sheet.layout, sheet.context)
    if fine is None or not rules:
        return
    warned = holds(lambda text: within_simple(text.split(";"), None, 0))
    fined = holds(lambda text: within_simple(text.split(";"), 1, 1))
    warned &= ~sheet.where(pl.col(fine.code) > 0)
    for rule in rules:
        then = sheet.where(sheet.value(Role.DECIDED_ON).is_between(rule.since, rule.until or date.max))
        for kind, highest in rule.limits.items():
            mine = sheet.where(pl.col(KIND) == kind) & then
            small = sheet.where(pl.col(fine.code).is_between(1, highest * FEN_PER_YUAN))
            yield told(mine & (warned | (fined & small)), "penalty.simple", category, limit=str(highest))


def _amount_demands(sheet: Sheet, category: Field, holds: Holds) -> Iterator[pl.DataFrame]:
    for role, code, word in AMOUNTS:
        if field := sheet.layout.role(role):
            unnamed = holds(lambda text, word=word: not names_kind(text, word))  # type: ignore[misc]  # Bound at once.
            yield told(unnamed & sheet.where(pl.col(field.code) > 0), code, category, other=field.code)


def _category_demands(sheet: Sheet, holds: Holds) -> Iterator[pl.DataFrame]:
    for role, code, words in DEMANDS:
        if field := sheet.layout.role(role):
            named = holds(partial(_naming, words))
            yield told(named & sheet.empty(field), code, field, EMPTY)
            if role is not Role.LICENCE:
                yield told(named & sheet.where(pl.col(field.code) == 0), code, field)


def _naming(words: tuple[str, ...], text: str) -> bool:
    return any(atom.startswith(words) for atom in text.split(";"))


def _units(sheet: Sheet) -> Iterator[pl.DataFrame]:
    """Only amounts large enough to be doubted are compared with the text of the decision."""
    for role in (Role.FINE, Role.CONFISCATION):
        if field := sheet.layout.role(role):
            mask = _like_yuan(sheet, field)
            yield told(mask, "amount.unit", field, limit=str(sheet.context.suspect_wan))


def _like_yuan(sheet: Sheet, field: Field) -> pl.Series:
    suspect = sheet.context.suspect_wan
    doubted = sheet.where(pl.col(field.code) >= min(LEAST_WAN, suspect) * FEN_PER_WAN).arg_true()
    pairs = sheet.typed[doubted].select(pl.col(field.code), sheet.value(Role.CONTENT).alias("content"))
    like = [looks_like_yuan(fen, content or "", suspect) for fen, content in pairs.iter_rows()]
    mask = pl.repeat(False, len(sheet.typed), dtype=pl.Boolean, eager=True)
    return mask.scatter(doubted.filter(pl.Series(like, dtype=pl.Boolean)), True)
