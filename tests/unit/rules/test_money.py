"""Amounts are exact to the fen, or refused with the remedy."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chengxin.rules.money import Money, MoneyRefused, parse_wan, parse_yuan, show, show_en


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("5", 5_000_000),
        ("5.000000", 5_000_000),
        ("５．５", 5_500_000),
        ("0.000001", 1),
        ("0", 0),
        (" 0.02 ", 20_000),
        ("5,000.00", 5_000_000_000),
        ("1,234,567", 1_234_567_000_000),
        ("999999999999.999999", 999_999_999_999_999_999),
    ],
)
def test_an_amount_in_wan(cell: str, fen: int) -> None:
    money = parse_wan(cell)
    assert money == Money(fen, cell, "万元")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "money-blank"),
        ("暂无", "money-blank"),
        ("5 000", "money-blank-inside"),
        ("伍万元", "money-words"),
        ("五", "money-words"),
        ("5万元", "money-unit"),
        ("5 元", "money-unit"),
        ("-5", "money-negative"),
        ("－５", "money-negative"),
        ("5,000", "money-comma"),
        ("5，000", "money-comma"),
        ("0.0000001", "money-decimals"),
        ("1.0000000", "money-decimals"),
        ("1234567890123", "money-too-large"),
        ("5e4", "money"),
        ("+5", "money"),
        (".5", "money"),
        ("5.", "money"),
        ("1,23,456.00", "money"),
        ("NaN5", "money"),
        ("٥", "money"),
    ],
)
def test_a_text_that_is_no_amount_is_refused_with_the_remedy(cell: str, code: str) -> None:
    with pytest.raises(MoneyRefused) as refusal:
        parse_wan(cell)
    assert refusal.value.code == code
    assert "请只填以万元为单位的阿拉伯数字" in refusal.value.zh
    assert "Enter digits only, in 万元" in refusal.value.en


def test_a_refusal_does_not_repeat_the_cell() -> None:
    with pytest.raises(MoneyRefused) as refusal:
        parse_wan("张三 320199198002290012")
    assert (
        "张三" not in refusal.value.zh and "320199" not in f"{refusal.value.zh}{refusal.value.en}{refusal.value.facts}"
    )


def test_yuan_is_read_to_the_fen_and_never_rounded() -> None:
    assert parse_yuan("800").fen == 80_000
    assert parse_yuan("0.010000").fen == 1
    with pytest.raises(MoneyRefused) as refusal:
        parse_yuan("0.001")
    assert refusal.value.code == "money-fen"


def test_showing_keeps_the_reported_amount_beside_the_yuan() -> None:
    assert show(parse_wan("5")) == "50000.00 元（5 万元）"
    assert show(parse_wan("0.000001")) == "0.01 元（0.000001 万元）"
    assert show(parse_yuan("800")) == "800.00 元"
    assert show_en(parse_wan("5")) == "CNY 50000.00 (5 万元)"
    assert parse_wan("5").yuan == Decimal("50000.00")


@pytest.mark.parametrize(("fen", "unit"), [(-1, "万元"), (1, "美元")])
def test_impossible_money_cannot_be_made(fen: int, unit: str) -> None:
    with pytest.raises(MoneyRefused):
        Money(fen, "1", unit)
