"""Counting in a sample of the rows which way round two columns of one kind stand; see ``rules.column_pairs``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from chengxin.intake.contents import SAMPLE
from chengxin.rules import column_pairs as rules
from chengxin.rules.column_pairs import Pair
from chengxin.rules.column_shifts import Swap
from chengxin.rules.layouts import Field, Layout, Role

Own = tuple[str, str]
# Words with which the names of firms and offices end, and the names of people do not.
_FIRM = "(?:公司|企业|工厂|厂|商店|商行|店|经营部|超市|中心|合作社|事务所|研究院|医院|学校|银行|集团|协会|车队|工作室)$"
_PERSON = r"^[\u4e00-\u9fff]{2,4}$"
_DAY = r"^\D*((?:19|20)\d{2})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})(?:\D.*)?$"


def exchanged(frame: pl.DataFrame, codes: Sequence[str], layout: Layout, own: Own | None) -> Swap | None:
    """Return two columns that seem to hold each other's values; ``codes`` are the fields by column, "" unknown.

    ``own`` are name and code of the agency that files.
    """
    rows = frame.gather_every(max(1, frame.height // SAMPLE)).head(SAMPLE)
    texts = {code: rows[str(at)].str.strip_chars().replace("", None) for at, code in enumerate(codes) if code}
    return rules.exchanged(_pairs(pl.DataFrame(texts), layout, own))


def _pairs(texts: pl.DataFrame, layout: Layout, own: Own | None) -> Iterator[Pair]:
    decided, until = layout.role(Role.DECIDED_ON), layout.role(Role.VALID_UNTIL)
    yield from _counted(texts, decided, until, *_in_order(decided, until))
    subject, person = layout.role(Role.SUBJECT_NAME), rules.representative(layout)
    yield from _counted(texts, subject, person, *_firm_and_person(subject, person))
    if own:
        names = layout.role(Role.AUTHORITY_NAME), rules.source_name(layout)
        yield from _counted(texts, *names, *_own(*names, own[0]))
        coded = layout.role(Role.AUTHORITY_CODE), layout.role(Role.SOURCE_CODE)
        yield from _counted(texts, *coded, *_own(*coded, own[1]))


def _counted(
    texts: pl.DataFrame, one: Field | None, other: Field | None, straight: pl.Expr, crossed: pl.Expr
) -> Iterator[Pair]:
    if one and other and {one.code, other.code} <= set(texts.columns):
        rows = texts.select(straight.fill_null(False).sum().alias("s"), crossed.fill_null(False).sum().alias("c"))
        yield Pair(one.code, other.code, *rows.row(0))


def _in_order(decided: Field | None, until: Field | None) -> tuple[pl.Expr, pl.Expr]:
    """A decision is made before its effect is over."""
    first, last = _day(decided), _day(until)
    return first <= last, first > last


def _day(field: Field | None) -> pl.Expr:
    parts = [_text(field).str.extract(_DAY, group).cast(pl.Int32, strict=False) for group in (1, 2, 3)]
    return parts[0] * 10_000 + parts[1] * 100 + parts[2]


def _firm_and_person(subject: Field | None, person: Field | None) -> tuple[pl.Expr, pl.Expr]:
    """A firm is represented by a person, and no person by a firm."""
    one, other = _text(subject), _text(person)
    firms = one.str.contains(_FIRM), other.str.contains(_FIRM)
    people = one.str.contains(_PERSON) & ~firms[0], other.str.contains(_PERSON) & ~firms[1]
    return firms[0] & people[1], people[0] & firms[1]


def _own(authority: Field | None, source: Field | None, own: str) -> tuple[pl.Expr, pl.Expr]:
    """Whoever files is the source; where the two differ, the authority is somebody else."""
    one, other = _text(authority), _text(source)
    return (other == own) & (one != own), (one == own) & (other != own)


def _text(field: Field | None) -> pl.Expr:
    return pl.col(field.code) if field else pl.lit(None, pl.String)
