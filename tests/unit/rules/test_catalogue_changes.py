"""Changes of the catalogue as data: read strictly, laid over a table, told apart."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chengxin.catalogue import lawbook
from chengxin.rules import catalogue_changes as rules
from chengxin.rules.catalogue_changes import ChangeDoesNotFit, LayoutChange
from chengxin.rules.lawreader import LawFileFault

CF = lawbook.library().layouts[[each.code for each in lawbook.library().layouts].index("CF")]
BASIS = [{"instrument": "示例省公共信用信息条例", "article": "第九条", "rank": "local_regulation"}]


def change(**given: Any) -> LayoutChange:
    base = {"layout": "CF", "operation": "rename", "field": "CF_JDRQ", "heading": "决定作出日"}
    data = {**base, "basis": BASIS, "since": "2026-12-01", "verified": False} | given
    found = rules.read_proposal({"layout": {k: v for k, v in data.items() if v is not None}}, "jiangsu")
    assert isinstance(found, LayoutChange)
    return found


def test_a_renamed_column_is_known_by_its_old_and_its_new_heading() -> None:
    table = rules.check_layout(CF, change())
    assert table.get("CF_JDRQ").zh == "决定作出日"
    assert {table.named(h).field for h in ("决定作出日", "处罚决定日期", "CF_JDRQ")} == {"CF_JDRQ"}  # type: ignore[union-attr]
    assert CF.named("决定作出日") is None and CF.get("CF_JDRQ").zh == "处罚决定日期"
    assert table.version != CF.version


def added(**given: Any) -> LayoutChange:
    column = {"code": "CF_SLJE", "zh": "示例金额", "en": "Demo amount"} | given
    return change(operation="add", field=None, heading=None, added=column)


def test_a_new_column_may_hold_an_amount_or_one_of_listed_values() -> None:
    assert rules.check_layout(CF, added(type="wan")).get("CF_SLJE").type == "wan"
    table = rules.check_layout(CF, added(type="choice", choices=["甲级", "乙级"]))
    assert [each.value for each in table.get("CF_SLJE").choices] == ["甲级", "乙级"]
    for wrong in ({"type": "choice"}, {"type": "choices", "choices": []}, {"type": "text", "choices": ["甲级"]}):
        with pytest.raises(LawFileFault, match="取值"):
            added(**wrong)


def test_what_may_not_be_collected_is_no_listed_value_either() -> None:
    with pytest.raises(ChangeDoesNotFit):
        rules.check_allowed(added(type="choice", choices=["无", "宗教信仰"]), lawbook.prohibited())


def test_laying_the_same_change_over_twice_changes_nothing_more() -> None:
    once = rules.changed_layout(CF, [change()])
    twice = rules.changed_layout(CF, [change(), change()])
    assert once.fields == twice.fields


def test_a_change_that_no_longer_fits_the_law_file_is_passed_over() -> None:
    assert rules.changed_layout(CF, [change(field="CF_GONE")]) == CF


def test_a_retired_column_is_not_read_but_known() -> None:
    ended = change(operation="retire", field="BZ", heading=None)
    table = rules.check_layout(CF, ended)
    named = table.named("备注")
    assert "BZ" not in table.codes and named is not None and named.field == ""
    assert "BZ" in rules.changed_layout(CF, [ended], keep_retired=True).codes


@pytest.mark.parametrize("given", [
    {"heading": CF.get("CF_WSH").zh},
    {"heading": "cf wsh"},
    {"field": "CF_NOTHING"},
    {"operation": "retire", "field": "CF_WSH", "heading": None},
    {"operation": "add", "field": None, "heading": None, "added": {"code": "CF_WSH", "zh": "甲", "en": "A"}},
    {"operation": "add", "field": None, "heading": None, "added": {"code": "CF_X", "zh": "处罚内容", "en": "A"}},
])  # fmt: skip
def test_what_contradicts_the_table_does_not_fit(given: dict[str, Any]) -> None:
    with pytest.raises(ChangeDoesNotFit):
        rules.check_fits(change(**given), CF)


@pytest.mark.parametrize("given", [
    {"basis": []},
    {"basis": [{"instrument": "甲", "article": "", "rank": "law"}]},
    {"since": "2026-13-01"},
    {"since": None},
    {"verified": "yes"},
    {"heading": " "},
    {"operation": "erase"},
    {"colour": "red"},
    {"operation": "add", "field": None, "heading": None, "added": {"code": "X", "zh": "甲", "en": "A", "role": "fine"}},
    {"operation": "add", "field": None, "heading": None, "added": {"code": "X", "zh": "甲", "en": "A", "klass": "y"}},
    {"operation": "add", "field": None, "heading": None, "added": "甲"},
])  # fmt: skip
def test_what_is_not_written_as_a_law_file_would_be_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(LawFileFault):
        change(**given)


@pytest.mark.parametrize("heading", ["血型", "宗教信仰", "指纹编号", "个人收入", "religion"])
def test_no_column_may_name_what_may_not_be_collected(heading: str) -> None:
    with pytest.raises(ChangeDoesNotFit):
        rules.check_allowed(change(heading=heading), lawbook.prohibited())


def test_only_another_name_for_a_column_needs_no_comments() -> None:
    added = {"code": "CF_X", "zh": "甲乙", "en": "A"}
    assert not rules.needs_comments(change())
    assert not rules.needs_comments(change(operation="synonym"))
    assert rules.needs_comments(change(operation="add", field=None, heading=None, added=added))
    assert rules.needs_comments(change(operation="retire", field="BZ", heading=None))


def test_differences_are_told_property_by_property() -> None:
    found = rules.differences({"a": 1, "b": 2, "gone": 3}, {"a": 1, "b": 4})
    assert [(each.key, each.before, each.after) for each in found] == [("b", 2, 4), ("gone", 3, None)]
    assert [each.before for each in rules.differences(None, {"a": date.min})] == [None]
