"""How the name of an organisation is cut into parts, and how it is read aloud."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.rules.names_parts import initials, latin, parts, readings
from chengxin.rules.names_readings import near, syllables
from chengxin.rules.names_traditional import simplified


@pytest.mark.parametrize(
    ("name", "place", "proper", "trade", "form"),
    [
        ("苏州海林贸易有限公司", "苏州", "海林", "贸易", "有限公司"),
        ("江苏省苏州市海林贸易有限责任公司", "江苏苏州", "海林", "贸易", "有限责任公司"),
        ("海林（苏州）贸易有限公司", "苏州", "海林", "贸易", "有限公司"),
        ("蘇州海林貿易有限公司", "苏州", "海林", "贸易", "有限公司"),
        ("栖云望舒食品（集团）有限公司", "", "栖云望舒", "食品", "集团有限公司"),
        ("平江县红星农场", "平江", "红星", "农场", ""),
        ("翟记面馆", "", "翟记", "面馆", ""),
        ("ＴＣＬ科技集团股份有限公司", "", "TCL", "科技", "集团股份有限公司"),
        ("望舒", "", "望舒", "", ""),
    ],
)
def test_a_name_has_place_name_proper_trade_and_form(name: str, place: str, proper: str, trade: str, form: str) -> None:
    assert parts(name) == (place, proper, trade, form)


@pytest.mark.parametrize("name", ["惠民超市有限公司", "好又多超市", "光明夜市"])
def test_a_market_is_no_city(name: str) -> None:
    assert parts(name).place == ""


@pytest.mark.parametrize("name", ["南京市", "有限公司", "上海", "贸易", "1", ""])
def test_two_characters_are_always_left(name: str) -> None:
    assert len(parts(name).proper) == len(name) or len(parts(name).proper) >= 2


@given(st.text(max_size=80))
def test_any_text_can_be_cut(text: str) -> None:
    assert "|" not in parts(text).whole
    assert len(parts(text).whole) <= 200


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("翟记", ["zhai", "ji"]),  # Common tables say di.
        ("仇英", ["qiu", "ying"]),  # Common tables say chou.
        ("重庆银行", ["chong", "qing", "yin", "hang"]),
        ("长沙旅行", ["chang", "sha", "lv", "xing"]),
        ("厦门", ["xia", "men"]),
        ("A1", ["a", "1"]),
    ],
)
def test_characters_are_read_as_in_names(text: str, read: list[str]) -> None:
    assert syllables(text) == read


def test_a_surname_is_read_both_ways() -> None:
    assert ["".join(read) for read in readings(parts("单记面馆"))] == ["danjimianguan", "shanjimianguan"]
    assert len(readings(parts("海林贸易"))) == 1


@pytest.mark.parametrize(("one", "other"), [("zhang", "zan"), ("shun", "sun"), ("lan", "nan"), ("nv", "nu")])
def test_sounds_that_many_do_not_tell_apart_are_one(one: str, other: str) -> None:
    assert near(one) == near(other)


def test_initials_and_letters() -> None:
    assert initials("海林贸易") == "hlmy"
    assert latin("Hai Lin") == "hailin"
    assert latin("海lin") == latin("") == ""


def test_traditional_characters_become_simple_ones() -> None:
    assert simplified("後來龍貓電腦維修臺灣") == "后来龙猫电脑维修台湾"
