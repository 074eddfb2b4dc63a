"""How text is stored and compared."""

from __future__ import annotations

import pytest

from chengxin.rules import han, text


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("ＡＢＣ１２３", "ABC123"),
        ("　前后　空格 ", "前后 空格"),
        ("换\r\n行\t制表", "换 行 制表"),
        ("看\u200b不\ufeff见\x00的", "看不见的"),
        ("某公司(江苏)", "某公司（江苏）"),
        ("标点，；：！？“”保留。", "标点，；：！？“”保留。"),
        ("繁體字保留", "繁體字保留"),
        ("\u2f08\uf9d8", "人律"),
        ("５０％　３／４", "50% 3/4"),
    ],
)
def test_normalise(raw: str, stored: str) -> None:
    assert text.normalise(raw) == stored


@pytest.mark.parametrize(
    "spelling",
    [
        "苏市监罚〔2025〕1号",
        "苏市监罚[2025]1号",
        "苏市监罚（2025）1号",
        "苏市监罚(2025)1号",
        "苏市监罚【2025】1号",
        "苏市监罚［２０２５］１号",
        "苏市监罚﹝2025﹞1號",
        "苏市监罚<2025>1号",
        "蘇市監罰〔2025〕 1 号\u3000",
    ],
)
def test_spellings_of_one_document_number_compare_equal(spelling: str) -> None:
    assert text.document_no(spelling) == "苏市监罚〔2025〕1号"


def test_letters_and_dashes_of_a_document_number_compare_in_one_form() -> None:
    assert text.document_no("ｓz罚〔2025〕1－2号") == text.document_no("SZ罚〔2025〕1—2号") == "SZ罚〔2025〕1-2号"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("苏罚〔2025〕1号", "苏罚〔2025〕01号"),
        ("苏罚〔2025〕1号", "苏罚〔2024〕1号"),
        ("苏罚〔2025〕1-1号", "苏罚〔2025〕11号"),
        ("苏罚〔2025〕1号", "苏罚2025〕1号"),
    ],
)
def test_different_document_numbers_stay_different(one: str, other: str) -> None:
    assert text.document_no(one) != text.document_no(other)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "　",
        "\\N",
        "\\n",
        "暂无",
        "暫無",
        "/",
        "／",
        "无",
        "（无）",
        "null",
        "NULL",
        "-",
        "--",
        "——",
        "N/A",
        "无。",
    ],
)
def test_a_cell_that_says_nothing(cell: str) -> None:
    assert text.is_blank_sentinel(cell)


@pytest.mark.parametrize("cell", ["0", "无锡", "无证经营", "1/2", "-1", "N", "暂无法定代表人", "2099-12-31"])
def test_a_cell_that_says_something(cell: str) -> None:
    assert not text.is_blank_sentinel(cell)


def test_the_table_of_variants_is_a_table() -> None:
    assert len(han.VARIANT) == len(han.PLAIN) > 300
    assert len(set(han.VARIANT)) == len(han.VARIANT), "a variant has one plain form"
    assert not set(han.VARIANT) & set(han.PLAIN), "a plain form is never folded again"


def test_few_variants_share_a_plain_form() -> None:
    shared = len(han.PLAIN) - len(set(han.PLAIN))
    assert shared < 40
    assert all(han.PLAIN.count(char) <= 3 for char in han.PLAIN)


@pytest.mark.parametrize("char", "喆堃昇甯於後甦淼")
def test_characters_that_are_names_of_their_own_are_not_folded(char: str) -> None:
    assert text.fold_han(char) == char


def test_folding_traditional_names() -> None:
    assert text.fold_han("張偉國、歐陽鳳華、蕭龍") == "张伟国、欧阳凤华、萧龙"
