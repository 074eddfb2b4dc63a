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
from chengxin.intake.checking import Checked, ColumnsUnknown, check, knows
from chengxin.intake.readers.faults import FileRefused
from chengxin.intake.readers.read import read_bytes
from chengxin.intake.readers.table import Table
from chengxin.rules.layouts import Layout, fold_header


@dataclass(frozen=True)
class World:
    """A reported table with rows in order, their typed values, and the names under which its columns are known."""

    layout: Layout
    item: ItemVersion
    rows: list[filings.Row]
    codes: list[str]
    names: dict[str, list[str]]
    old: list[str]

    @property
    def truth(self) -> Rows:
        """What every file of these rows has to come to."""
        return TRUTH[self.layout.code]


Rows = list[dict[str, Any]]


def world(code: str, rows: list[filings.Row]) -> World:
    layout = lawbook.layout(code)
    codes = [one.code for one in layout.fields if any(one.code in row for row in rows)]
    names = {one.code: [one.code, one.zh, *one.aliases] for one in layout.fields}
    old = []
    for dialect in layout.dialects:
        for name, field_code in dialect.names.items():
            # Where an older notice had other codes, its names are asked about; see below.
            (old if dialect.codes else names[field_code]).append(name)
    return World(layout, ItemVersion(layout=code, needs_consent=False, definition={}), rows, codes, names, old)


LICENCE_ROW: filings.Row = {
    "XK_XDR_MC": "栖云望舒食品有限公司",
    "XK_XDR_LB": "法人及非法人组织",
    "XK_XDR_SHXYM": make.FIRM,
    "XK_FRDB": "沈清和",
    "XK_XKWS": "道路货物运输经营许可决定书",
    "XK_XKLB": "普通",
    "XK_NR": "道路普通货物运输",
    "XK_JDRQ": "2026-11-17",
    "XK_YXQZ": "2026-11-18",
    "XK_YXQZI": "2030-11-16",
    "XK_XKJG": "示例省交通运输厅",
    "XK_XKJGDM": make.AGENCY,
    "XK_ZT": "1",
    "XK_LYDW": "示例省交通运输厅",
    "XK_LYDWDM": make.AGENCY,
}
LICENCE_PERSON = LICENCE_ROW | {
    "XK_XDR_MC": "沈清和", "XK_XDR_LB": "自然人", "XK_XDR_SHXYM": "", "XK_FRDB": "", "XK_XKLB": "登记",
    "XK_XDR_ZJLX": "身份证", "XK_XDR_ZJHM": make.CITIZEN,
}  # fmt: skip
LICENCES = [(LICENCE_PERSON if n % 4 == 0 else LICENCE_ROW) | {"XK_WSH": f"示交许〔2026〕{n}号"} for n in range(1, 7)]
CF, XK = world("cf", filings.rows(6)), world("xk", LICENCES)
WORLDS = pytest.mark.parametrize("at", [CF, XK], ids=["CF", "XK"])
LOCAL = ["权利编码", "信息使用范围", "归集部门", "前置库主键", "批次号", "序号", "DFBM", "SJC"]
MANY = settings(
    max_examples=int(os.environ.get("CHENGXIN_LAYOUTS", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
TITLES = ["附件1", "行政处罚和行政许可信息报送表", "填报单位：示例省交通运输厅", "二〇二六年十一月"]


@dataclass
class Sent:
    """A file: its headings, for each of them the field whose values it holds ("" for another column), and its cells.

    ``titles`` stand above the heading, and ``mark`` divides the cells.
    """

    at: World
    headings: list[str]
    holds: list[str]
    cells: list[list[str]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    mark: str = ","

    def table(self) -> Table:
        """Return the file as the reader takes it apart."""
        out = io.StringIO()
        csv.writer(out, delimiter=self.mark).writerows(
            [*([title] for title in self.titles), self.headings, *self.cells]
        )
        return read_bytes(out.getvalue().encode(), knows(self.at.item, make.TODAY))

    def checked(self) -> Checked | None:
        """Return the checked file, or None when it was refused with a sentence."""
        try:
            return check(self.table(), self.at.item, make.TODAY)
        except FileRefused as refused:
            assert refused.zh and refused.en
            return None


def typed(frame: pl.DataFrame, at: World) -> Rows:
    return frame.select(at.codes).to_dicts()


def plainly(at: World) -> Rows:
    grid = [[at.layout.get(code).zh for code in at.codes], *([row.get(c, "") for c in at.codes] for row in at.rows)]
    checked = Sent(at, grid[0], at.codes, grid[1:]).checked()
    assert checked is not None and not checked.bad
    return typed(checked.typed, at)


TRUTH = {each.layout.code: plainly(each) for each in (CF, XK)}


def taken_wrongly(checked: Checked, at: World) -> list[int]:
    """Return the rows that would be taken although a value differs from the one that was written."""
    rows = checked.table.frame["__row__"].to_list()
    pairs = zip(rows, typed(checked.typed, at), at.truth, strict=True)
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
def known_layouts(draw: Any, at: World) -> Sent:
    """Every heading under one of its known names, in any order, local columns between, titles above, numeric codes."""
    holds = draw(st.permutations(at.codes))
    headings = [spelled(draw, draw(st.sampled_from(at.names[code]))) for code in holds]
    for name in draw(st.lists(st.sampled_from(LOCAL), unique=True, max_size=3)):
        place = draw(st.integers(0, len(headings)))
        headings.insert(place, name)
        holds.insert(place, "")
    numeric = draw(st.booleans())
    cells = [[_cell(at, row, code, numeric) for code in holds] for row in at.rows]
    titles = draw(st.lists(st.sampled_from(TITLES), max_size=3))
    return Sent(at, headings, holds, cells, titles, draw(st.sampled_from([",", ",", "^", "、", "\x1f"])))


def _cell(at: World, row: filings.Row, code: str, numeric: bool) -> str:
    """Return the text of a cell; the numeric dialect writes choices by their numbers."""
    if not code:
        return "甲1"
    text, one = row.get(code, ""), at.layout.get(code)
    choice = one.choice(text) if numeric and one.type.value == "choice" else None
    return next((spelling for spelling in choice.also if spelling.isdigit()), text) if choice else text


@WORLDS
@MANY
@given(data=st.data())
def test_what_is_known_by_name_is_mapped_rightly_without_asking(at: World, data: Any) -> None:
    sent = data.draw(known_layouts(at))
    checked = sent.checked()
    assert checked is not None
    assert not checked.bad
    assert typed(checked.typed, at) == at.truth
    first = len(sent.titles) + 2
    assert checked.table.frame["__row__"].to_list() == list(range(first, first + len(at.rows)))


@MANY
@given(data=st.data())
def test_a_state_beside_any_name_of_2016_is_asked_about(data: Any) -> None:
    """In 2016 the figure 1 was a revoked licence and today it is a living one, so one old name is enough to ask."""
    sent = data.draw(known_layouts(XK))
    old = data.draw(st.sampled_from([name for name in XK.old if _field(name) in XK.codes]))
    sent.headings[sent.holds.index(_field(old))] = spelled(data.draw, old)
    with pytest.raises(ColumnsUnknown):
        check(sent.table(), XK.item, make.TODAY)


def _field(name: str) -> str:
    known = XK.layout.named(name)
    assert known is not None
    return known.field


@st.composite
def doubtful_layouts(draw: Any, at: World) -> Sent:
    """A known layout in which headings are invented, left out, doubled or exchanged."""
    sent = draw(known_layouts(at))
    for place in draw(st.lists(st.integers(0, len(sent.headings) - 1), max_size=4, unique=True)):
        sent.headings[place] = draw(
            st.one_of(
                st.text("甲乙丙处罚许可决定日期金额机关名称代码类别内容", min_size=1, max_size=8),
                st.sampled_from([name for names in at.names.values() for name in names]).map(lambda n: n[1:] or n),
                st.sampled_from(["罚款金额(元)", "XDR_MC", "JDRQ", "WSH", "NR", "YXQ", "决定日", "机关", ""]),
            )
        )
    gone = draw(st.lists(st.integers(0, len(sent.headings) - 1), max_size=2, unique=True))
    for place in sorted(gone, reverse=True):
        for line in (sent.headings, sent.holds, *sent.cells):
            del line[place]
    return sent


def true_to_names(sent: Sent) -> bool:
    """Tell whether each heading that is known by name stands over its own field: only then is the file honest."""
    for heading, held in zip(sent.headings, sent.holds, strict=True):
        known = sent.at.layout.named(heading)
        if known is not None and known.field and known.field != held:
            return False
    return True


@WORLDS
@MANY
@given(data=st.data())
def test_what_is_not_known_is_asked_about_and_never_guessed(at: World, data: Any) -> None:
    sent = data.draw(doubtful_layouts(at))
    checked = sent.checked()
    if checked is None:
        return
    for code, held in zip(checked.codes, sent.holds, strict=True):
        assert not code or code == held or not true_to_names(sent)
    if true_to_names(sent):
        present = {held for held in sent.holds if held}
        lost = [held for code, held in zip(checked.codes, sent.holds, strict=True) if held and not code]
        assert not lost, "a column that holds something was passed over without a word"
        for got, true in zip(typed(checked.typed, at), at.truth, strict=True):
            assert all(got[code] == true[code] for code in present)


def telling(at: World) -> list[str]:
    """Return the fields whose values tell what they are."""
    kinds = ("uscc", "choice", "choices", "date")
    return [one.code for one in at.layout.fields if one.code in at.codes and one.type.value in kinds]


@WORLDS
@MANY
@given(data=st.data())
def test_exchanged_headings_of_a_column_that_tells_are_never_taken(at: World, data: Any) -> None:
    sent = data.draw(known_layouts(at))
    one, other = data.draw(st.sampled_from(telling(at))), data.draw(st.sampled_from(at.codes))
    first, second = sent.holds.index(one), sent.holds.index(other)
    kinds = {at.layout.get(one).type, at.layout.get(other).type}
    alike = len(kinds) == 1 or {kind.value for kind in kinds} <= {"date", "until"}
    if alike:
        return  # Two dates look alike to anybody; what can be said about them is said row by row.
    sent.headings[first], sent.headings[second] = sent.headings[second], sent.headings[first]
    checked = sent.checked()
    assert checked is None or taken_wrongly(checked, at) == []


# Two columns of one kind that stand to each other in a way that tells which is which. Nobody can tell apart two running
# texts (offence, facts, basis, content), the two amounts, the two last days, or the two names and codes of authority
# and source where both are the filing agency: there the file itself says nothing, and a wrong heading is believed.
PAIRS = [(CF, "CF_JDRQ", "CF_YXQ"), (CF, "CF_XDR_MC", "CF_FRDB"), (XK, "XK_XDR_MC", "XK_FRDB")]
OWN_PAIRS = [("CF_CFJG", "CF_SJLY"), ("CF_CFJGDM", "CF_SJLYDM")]


@pytest.mark.parametrize(("at", "one", "other"), PAIRS)
@MANY
@given(data=st.data())
def test_two_columns_of_one_kind_exchanged_are_asked_about_where_they_stand_in_order(
    at: World, one: str, other: str, data: Any
) -> None:
    sent = data.draw(known_layouts(at))
    if at is CF:
        until = sent.holds.index("CF_YXQ")
        for cells in sent.cells:
            cells[until] = "2027-11-18"
    first, second = sent.holds.index(one), sent.holds.index(other)
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
    rows = [row | ours for row in CF.rows]
    sound = check(read_bytes(filings.as_csv(rows)), item, make.TODAY, agency=agency)
    assert not sound.bad
    crossed = [row | {pair[0]: row[pair[1]], pair[1]: row[pair[0]]} for row in rows]
    with pytest.raises(ColumnsUnknown, match="互换"):
        check(read_bytes(filings.as_csv(crossed)), item, make.TODAY, agency=agency)


def test_a_single_odd_row_is_no_reason_to_ask_about_the_file() -> None:
    odd = CF.rows[0] | {"CF_XDR_MC": "沈清和", "CF_FRDB": "栖云望舒食品有限公司"}
    assert check(read_bytes(filings.as_csv([odd, *CF.rows[1:]])), CF.item, make.TODAY)


@WORLDS
@MANY
@given(data=st.data())
def test_slipped_values_are_refused_or_returned_row_by_row(at: World, data: Any) -> None:
    sent = data.draw(known_layouts(at))
    width = len(sent.headings)
    by = data.draw(st.sampled_from([-2, -1, 1, 2]))
    last_telling = max(sent.holds.index(code) for code in telling(at))
    start = data.draw(st.integers(0, max(0, last_telling - 2)))
    some = data.draw(st.sets(st.integers(0, len(at.rows) - 1), min_size=1))
    for row in some:
        tail = sent.cells[row][start:]
        moved = [""] * by + tail[:-by] if by > 0 else tail[-by:] + [""] * -by
        sent.cells[row][start:] = moved[: width - start]
    checked = sent.checked()
    assert checked is None or taken_wrongly(checked, at) == []


@WORLDS
def test_folded_names_of_the_layout_never_stand_for_two_fields(at: World) -> None:
    met: dict[str, str] = {}
    for code, names in at.names.items():
        for name in names:
            assert met.setdefault(fold_header(name), code) == code, name
