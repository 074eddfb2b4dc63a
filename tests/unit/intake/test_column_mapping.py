"""Which column is which: known by name, asked when only likely, refused when values stand beside their headings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import pytest
from tests import factories as make
from tests import filings

from chengxin.catalogue import lawbook
from chengxin.catalogue.models import ItemVersion
from chengxin.intake.checking import Checked, ColumnsRefused, ColumnsShifted, ColumnsUnknown, check
from chengxin.intake.readers.read import read_bytes
from chengxin.rules.columns import Certainty, propose

CF = lawbook.layout("cf")
ITEM = ItemVersion(layout="cf", needs_consent=False, definition={})
Grid = list[list[str]]


def checked(grid: Sequence[Sequence[str]]) -> Checked:
    out = io.StringIO()
    csv.writer(out).writerows(grid)
    return check(read_bytes(out.getvalue().encode()), ITEM, make.TODAY)


def grid(count: int = 8) -> Grid:
    """A file in order, under Chinese headings."""
    return filings.grid(filings.rows(count))


def renamed(names: dict[str, str], count: int = 8) -> Grid:
    whole = grid(count)
    return [[names.get(head, head) for head in whole[0]], *whole[1:]]


def with_column(heading: str, value: str) -> Grid:
    whole = grid()
    return [[*whole[0], heading], *([*row, value] for row in whole[1:])]


def shifted(from_heading: str, by: int, rows: slice = slice(1, None)) -> Grid:
    """Move the values from a heading on to the right (by > 0) or to the left; the headings stay."""
    whole = [row[:] for row in grid()]
    at = whole[0].index(from_heading)
    for row in whole[rows]:
        tail = row[at:]
        row[at:] = [""] * by + tail[:-by] if by > 0 else tail[-by:] + [""] * -by
    return whole


@pytest.mark.parametrize("spell", [str.lower, str.upper, lambda code: f"＊ {code}"])
def test_official_codes_are_known_in_any_case_and_width(spell) -> None:
    by_name = {field.zh: spell(field.code) for field in CF.fields}
    assert not checked(renamed(by_name)).bad


def test_names_of_2016_are_known_and_two_categories_become_one_list() -> None:
    names = {"违法行为类型": "CF_CFMC", "处罚类别": "CF_CFLB1", "处罚内容": "CF_JG", "处罚机关": "CF_XZJG"}
    whole = renamed(names)
    whole = [[*whole[0], "CF_CFLB2", "CF_ZT", "DFBM", "SJC"], *([*row, "警告", "0", "3201", "x"] for row in whole[1:])]
    found = checked(whole)
    assert not found.bad
    assert {tuple(sorted(re.split("[;；]", text))) for text in found.typed["CF_CFLB"]} == {("罚款", "警告")}


def test_a_revoked_decision_of_2016_is_returned() -> None:
    found = checked(with_column("CF_ZT", "1"))
    assert len(found.bad) == 8
    assert found.findings[2][-1]["code"] == "row.not_current"


@pytest.mark.parametrize("heading", ["权利编码", "信息使用范围", "失信严重程度", "归集部门", "前置库主键", "批次号"])
def test_local_columns_are_left_out_with_a_note(heading: str) -> None:
    found = checked(with_column(heading, "甲乙"))
    assert not found.bad
    assert [note["code"] for note in found.notes] == ["column.passed"]


def test_an_unknown_column_that_holds_something_is_asked_about() -> None:
    with pytest.raises(ColumnsUnknown, match="证照信息"):
        checked(with_column("证照信息", "甲乙"))
    assert not checked(with_column("证照信息", "")).bad


def test_a_likely_column_is_proposed_with_its_reason_and_never_applied() -> None:
    with pytest.raises(ColumnsUnknown) as refused:
        checked(renamed({"处罚决定日期": "作出处罚决定日期"}))
    proposed = next(c for c in refused.value.proposals.columns if c.heading == "作出处罚决定日期")
    assert (proposed.field, proposed.certainty) == ("CF_JDRQ", Certainty.LIKELY)
    assert "处罚决定日期" in proposed.zh


def test_contents_alone_propose_only_when_one_field_can_read_them() -> None:
    whole = renamed({"行政相对人类别": "XZZD"})
    with pytest.raises(ColumnsUnknown) as refused:
        checked(whole)
    proposed = next(c for c in refused.value.proposals.columns if c.heading == "XZZD")
    assert (proposed.field, proposed.certainty) == ("CF_XDR_LB", Certainty.LIKELY)
    assert "规定取值" in proposed.zh


def test_money_in_yuan_is_never_proposed_for_a_field_in_ten_thousands() -> None:
    proposed = propose(["罚款金额(元)"], CF).columns[0]
    assert (proposed.field, proposed.certainty) == ("", Certainty.OPEN)
    assert "万元" in proposed.zh


def test_two_headings_for_one_field_are_asked_about() -> None:
    with pytest.raises(ColumnsUnknown, match="对应同一字段"):
        checked(with_column("CF_WSH", "示交罚〔2026〕1号"))


def test_the_same_heading_twice_is_refused() -> None:
    with pytest.raises(ColumnsRefused, match="重复") as refused:
        checked(with_column("处罚内容", "甲"))
    assert refused.value.code == "columns"


@pytest.mark.parametrize("by", [1, 2, -1])
@pytest.mark.parametrize("start", ["行政相对人类别", "违法行为类型", "处罚类别", "处罚决定日期"])
def test_values_beside_their_headings_are_noticed_with_side_and_distance(start: str, by: int) -> None:
    with pytest.raises(ColumnsShifted) as refused:
        checked(shifted(start, by))
    assert refused.value.facts["by"] == by
    assert ("右" if by > 0 else "左") in refused.value.zh


def test_a_few_slipped_rows_come_back_and_the_others_stay() -> None:
    found = checked(shifted("违法行为类型", 1, slice(3, 5)))
    assert found.bad == {4, 5}
    assert {found.findings[row][0]["code"] for row in (4, 5)} == {"row.shifted"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("处罚类别", "行政相对人类别"),
        ("行政相对人代码_1(统一社会信用代码)", "处罚机关统一社会信用代码"),
        ("处罚决定日期", "处罚类别"),
    ],
)
def test_exchanged_headings_are_noticed(one: str, other: str) -> None:
    with pytest.raises(ColumnsShifted, match=r"互换|错开"):
        checked(renamed({one: other, other: one}))


def test_wrong_values_alone_are_no_slip() -> None:
    whole = grid()
    at = whole[0].index("处罚决定日期")
    for row in whole[1:]:
        row[at] = "去年冬天"
    assert len(checked(whole).bad) == 8
