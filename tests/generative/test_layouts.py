"""Layouts as departments really send them: renamed, reordered, with more or fewer columns, exchanged or slipped.

Every file of the same rows has to give the same typed table, or be refused, or return its rows. A file that is taken
with other values than those it was written with would be silently wrong, and that is what these tests look for.
"""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from tests import factories as make
from tests import filings

from chengxin.catalogue import lawbook
from chengxin.catalogue.models import ItemVersion
from chengxin.catalogue.selectors import version_in_force
from chengxin.intake.checking import Checked, ColumnsRefused, ColumnsUnknown, check
from chengxin.intake.readers.read import read_bytes
from chengxin.rules.layouts import fold_header

CF = lawbook.layout("cf")
ITEM = ItemVersion(layout="cf", needs_consent=False, definition={})
ROWS = filings.rows(6)
CODES = [one.code for one in CF.fields if any(one.code in row for row in ROWS)]
NAMES: dict[str, list[str]] = {one.code: [one.code, one.zh, *one.aliases] for one in CF.fields}
for dialect in CF.dialects:
    for old, new in dialect.names.items():
        NAMES[new].append(old)
LOCAL = [each.name for one in CF.dialects for each in one.passed_over if not (each.only or each.procedures)]
MANY = settings(
    max_examples=int(os.environ.get("CHENGXIN_LAYOUTS", "20")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
Rows = list[dict[str, Any]]


@dataclass
class Sent:
    """A file: its headings, for each of them the field whose values it holds ("" for another column), and its cells."""

    headings: list[str]
    holds: list[str]
    cells: list[list[str]] = field(default_factory=list)

    def checked(self) -> Checked | None:
        """Return the checked file, or None when it was refused with a sentence."""
        out = io.StringIO()
        csv.writer(out).writerows([self.headings, *self.cells])
        try:
            return check(read_bytes(out.getvalue().encode()), ITEM, make.TODAY)
        except ColumnsRefused as refused:
            assert refused.zh and refused.en
            return None


def typed(frame: pl.DataFrame) -> Rows:
    return frame.select(CODES).to_dicts()


TRUTH = typed(check(read_bytes(filings.as_csv(ROWS)), ITEM, make.TODAY).typed)


def taken_wrongly(checked: Checked) -> list[int]:
    """Return the rows that would be taken although a value differs from the one that was written."""
    rows = checked.table.frame["__row__"].to_list()
    pairs = zip(rows, typed(checked.typed), TRUTH, strict=True)
    return [row for row, got, true in pairs if row not in checked.bad and got != true]


def spelled(draw: Any, name: str) -> str:
    """Write a heading in another case or width, with blanks or the mark of a required column."""
    change = draw(st.sampled_from([str, str.lower, str.upper, _wide, lambda n: f"*{n}", lambda n: f" {n} ", _brackets]))
    return change(name)


def _wide(name: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)


def _brackets(name: str) -> str:
    return name.replace("(", "（").replace(")", "）")


@st.composite
def known_layouts(draw: Any) -> Sent:
    """Every heading under one of its known names, in any order, with local columns between."""
    holds = draw(st.permutations(CODES))
    headings = [spelled(draw, draw(st.sampled_from(NAMES[code]))) for code in holds]
    for name in draw(st.lists(st.sampled_from(LOCAL), unique=True, max_size=3)):
        at = draw(st.integers(0, len(headings)))
        headings.insert(at, name)
        holds.insert(at, "")
    return Sent(headings, holds, [[row.get(code, "") if code else "甲1" for code in holds] for row in ROWS])


@MANY
@given(known_layouts())
def test_what_is_known_by_name_is_mapped_rightly_without_asking(sent: Sent) -> None:
    checked = sent.checked()
    assert checked is not None
    assert not checked.bad
    assert typed(checked.typed) == TRUTH


@st.composite
def doubtful_layouts(draw: Any) -> Sent:
    """A known layout in which headings are invented, left out, doubled or exchanged."""
    sent = draw(known_layouts())
    for at in draw(st.lists(st.integers(0, len(sent.headings) - 1), max_size=4, unique=True)):
        sent.headings[at] = draw(
            st.one_of(
                st.text("甲乙丙处罚决定日期金额机关名称代码类别内容", min_size=1, max_size=8),
                st.sampled_from([name for names in NAMES.values() for name in names]).map(lambda n: n[1:] or n),
                st.sampled_from(["罚款金额(元)", "XDR_MC", "JDRQ", "WSH", "NR", "YXQ", "决定日", "机关", ""]),
            )
        )
    for at in sorted(draw(st.lists(st.integers(0, len(sent.headings) - 1), max_size=2, unique=True)), reverse=True):
        for line in (sent.headings, sent.holds, *sent.cells):
            del line[at]
    return sent


def true_to_names(sent: Sent) -> bool:
    """Tell whether each heading that is known by name stands over its own field: only then is the file honest."""
    for heading, held in zip(sent.headings, sent.holds, strict=True):
        known = CF.named(heading)
        if known is not None and known.field and known.field != held:
            return False
    return True


@MANY
@given(doubtful_layouts())
def test_what_is_not_known_is_asked_about_and_never_guessed(sent: Sent) -> None:
    checked = sent.checked()
    if checked is None:
        return
    for code, held in zip(checked.codes, sent.holds, strict=True):
        assert not code or code == held or not true_to_names(sent)
    if true_to_names(sent):
        present = {held for held in sent.holds if held}
        lost = [held for code, held in zip(checked.codes, sent.holds, strict=True) if held and not code]
        assert not lost, "a column that holds something was passed over without a word"
        for got, true in zip(typed(checked.typed), TRUTH, strict=True):
            assert all(got[code] == true[code] for code in present)


TELLING = [
    one.code for one in CF.fields if one.code in CODES and one.type.value in ("uscc", "choice", "choices", "date")
]


@MANY
@given(known_layouts(), st.sampled_from(TELLING), st.sampled_from(CODES))
def test_exchanged_headings_of_a_column_that_tells_are_never_taken(sent: Sent, one: str, other: str) -> None:
    first, second = sent.holds.index(one), sent.holds.index(other)
    kinds = {CF.get(one).type, CF.get(other).type}
    alike = len(kinds) == 1 or {kind.value for kind in kinds} <= {"date", "until"}
    if alike:
        return  # Two dates look alike to anybody; what can be said about them is said row by row.
    sent.headings[first], sent.headings[second] = sent.headings[second], sent.headings[first]
    checked = sent.checked()
    assert checked is None or taken_wrongly(checked) == []


# Two columns of one kind that stand to each other in a way that tells which is which. Nobody can tell apart two running
# texts (offence, facts, basis, content), the two amounts, the two last days, or the two names and codes of authority
# and source where both are the filing agency: there the file itself says nothing, and a wrong heading is believed.
PAIRS = [("CF_JDRQ", "CF_YXQ"), ("CF_XDR_MC", "CF_FRDB")]
OWN_PAIRS = [("CF_CFJG", "CF_SJLY"), ("CF_CFJGDM", "CF_SJLYDM")]


@MANY
@given(known_layouts(), st.sampled_from(PAIRS))
def test_two_columns_of_one_kind_exchanged_are_asked_about_where_they_stand_in_order(
    sent: Sent, pair: tuple[str, str]
) -> None:
    until = sent.holds.index("CF_YXQ")
    for cells in sent.cells:
        cells[until] = "2027-11-18"
    first, second = (sent.holds.index(code) for code in pair)
    sent.headings[first], sent.headings[second] = sent.headings[second], sent.headings[first]
    assert sent.checked() is None


@pytest.mark.django_db
@pytest.mark.parametrize("pair", OWN_PAIRS)
def test_authority_and_source_exchanged_are_asked_about_where_the_agency_files_for_another(
    pair: tuple[str, str],
) -> None:
    make.law()
    agency, item = make.agency(make.OTHER_AGENCY), version_in_force(make.PENALTY, make.TODAY)
    ours = {"CF_SJLY": agency.name_zh, "CF_SJLYDM": agency.uscc}
    rows = [row | ours for row in ROWS]
    sound = check(read_bytes(filings.as_csv(rows)), item, make.TODAY, agency=agency)
    assert not sound.bad
    crossed = [row | {pair[0]: row[pair[1]], pair[1]: row[pair[0]]} for row in rows]
    with pytest.raises(ColumnsUnknown, match="互换"):
        check(read_bytes(filings.as_csv(crossed)), item, make.TODAY, agency=agency)


def test_a_single_odd_row_is_no_reason_to_ask_about_the_file() -> None:
    odd = ROWS[0] | {"CF_XDR_MC": "沈清和", "CF_FRDB": "栖云望舒食品有限公司"}
    assert check(read_bytes(filings.as_csv([odd, *ROWS[1:]])), ITEM, make.TODAY)


@MANY
@given(known_layouts(), st.data())
def test_slipped_values_are_refused_or_returned_row_by_row(sent: Sent, data: Any) -> None:
    width = len(sent.headings)
    by = data.draw(st.sampled_from([-2, -1, 1, 2]))
    last_telling = max(sent.holds.index(code) for code in TELLING)
    start = data.draw(st.integers(0, max(0, last_telling - 2)))
    some = data.draw(st.sets(st.integers(0, len(ROWS) - 1), min_size=1))
    for row in some:
        tail = sent.cells[row][start:]
        moved = [""] * by + tail[:-by] if by > 0 else tail[-by:] + [""] * -by
        sent.cells[row][start:] = moved[: width - start]
    checked = sent.checked()
    assert checked is None or taken_wrongly(checked) == []


def test_folded_names_of_the_layout_never_stand_for_two_fields() -> None:
    met: dict[str, str] = {}
    for code, names in NAMES.items():
        for name in names:
            assert met.setdefault(fold_header(name), code) == code, name
