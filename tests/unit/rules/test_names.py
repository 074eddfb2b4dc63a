"""When two spellings are one name."""

from __future__ import annotations

import pytest

from chengxin.rules.names import NameAgreement, agreement, organisation_key, person_key


@pytest.mark.parametrize(
    "spelling",
    [
        "示例贸易（江苏）有限公司",
        "示例贸易(江苏)有限公司",
        " 示例 贸易（江苏）有限公司\u200b",
        "示例贸易［江苏］有限公司",
        "示例贸易【江苏】有限公司",
        "示例貿易（江蘇）有限公司",
    ],
)
def test_spellings_of_one_organisation_have_one_key(spelling: str) -> None:
    assert organisation_key(spelling) == "示例贸易（江苏）有限公司"


@pytest.mark.parametrize(
    "other", ["示例贸易（江苏）股份有限公司", "示例贸易江苏有限公司", "示例贸易（浙江）有限公司", "示例贸易（江苏）"]
)
def test_suffix_and_place_are_part_of_the_name(other: str) -> None:
    assert organisation_key(other) != organisation_key("示例贸易（江苏）有限公司")


def test_letters_in_an_organisation_name_compare_in_capitals() -> None:
    assert organisation_key("ａbc—示例·店") == organisation_key("ABC-示例•店")


@pytest.mark.parametrize(
    "spelling",
    [
        "阿依古丽·买买提",
        "阿依古丽•买买提",
        "阿依古丽・买买提",
        "阿依古丽.买买提",
        "阿依古丽 ． 买买提",
        "阿依古麗‧買買提",
    ],
)
def test_all_middle_dots_are_one(spelling: str) -> None:
    assert person_key(spelling) == "阿依古丽·买买提"


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("张 三", "张三"),
        ("張　三", "张三"),
        ("John  Smith", "JOHN SMITH"),
        ("J. Smith", "J. SMITH"),
        ("王Ａ明", "王A明"),
    ],
)
def test_a_persons_key(spelling: str, key: str) -> None:
    assert person_key(spelling) == key


def test_latin_names_do_not_run_together() -> None:
    assert person_key("Ann Alee") != person_key("Anna Lee")


def test_agreement_is_graded() -> None:
    known, former = "示例贸易有限公司", ["旧名商贸有限公司", "更旧贸易公司"]
    assert agreement("示例贸易有限公司", known, former) is NameAgreement.SAME
    assert agreement("示例貿易 有限公司", known, former) is NameAgreement.SAME_AFTER_NORMALISING
    assert agreement("示例贸易有限公司", "示例貿易有限公司") is NameAgreement.SAME_AFTER_NORMALISING
    assert agreement("更旧貿易公司", known, former) is NameAgreement.FORMER
    assert agreement("另一家有限公司", known, former) is NameAgreement.DIFFERENT


def test_blank_and_masked_names_agree_with_nothing() -> None:
    for declared in ["", "　", "张**", "张＊＊"]:
        assert not agreement(declared, declared, [declared], key=person_key).agrees


def test_a_persons_name_is_compared_by_its_own_key() -> None:
    assert agreement("张 三", "张三", key=person_key) is NameAgreement.SAME_AFTER_NORMALISING
    assert agreement("阿依古丽.买买提", "阿依古丽·买买提", key=person_key).agrees
    assert not agreement("张三", "张三丰", key=person_key).agrees
