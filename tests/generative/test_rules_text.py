"""Laws of text, names, money and masks that hold for any input."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chengxin.rules import han, masks, money, names, text
from chengxin.rules.masks import FieldClass

MESSY = st.text(st.characters(codec="utf-8") | st.sampled_from("（）()〔〕[]【】　 \u200b·•.Ａ１張张劉-—／，"))
BRACKETS = st.sampled_from(["()", "（）", "[]", "［］", "【】", "〔〕", "﹝﹞", "<>", "{}"])
DIGITS = st.characters(min_codepoint=0x30, max_codepoint=0x39)


@given(MESSY)
def test_every_normal_form_is_a_fixed_point(raw: str) -> None:
    for form in (text.normalise, text.compact, text.document_no, text.fold_han, names.organisation_key):
        assert form(form(raw)) == form(raw)


@given(MESSY)
def test_normalised_text_has_no_control_and_no_double_blank(raw: str) -> None:
    stored = text.normalise(raw)
    assert stored == stored.strip() and "  " not in stored
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b\ufeff]", stored)


@given(st.integers(1990, 2030), st.integers(1, 9999), BRACKETS, BRACKETS, st.text(" \u3000\u200b", max_size=3))
def test_document_numbers_differing_in_brackets_and_blanks_are_one(
    year: int, serial: int, one: str, other: str, blank: str
) -> None:
    first = text.document_no(f"苏罚{one[0]}{year}{one[1]}{serial}号")
    assert first == text.document_no(f"{blank}苏罚{other[0]}{year}{blank}{other[1]}{serial}{blank}号")
    assert first != text.document_no(f"苏罚{one[0]}{year}{one[1]}{serial + 1}号")


@given(st.text(han.VARIANT + "甲乙丙"))
def test_folding_keeps_the_length_and_leaves_no_variant(raw: str) -> None:
    folded = text.fold_han(raw)
    assert len(folded) == len(raw) and not set(folded) & set(han.VARIANT)


@given(MESSY, MESSY)
def test_agreement_is_symmetric_without_former_names(one: str, other: str) -> None:
    forth, back = names.agreement(one, other), names.agreement(other, one)
    assert forth is back or "*" in text.normalise(one + other)


@given(st.integers(0, 10**18 - 1))
def test_any_amount_in_wan_comes_back_to_the_fen(fen: int) -> None:
    written = f"{Decimal(fen).scaleb(-6):f}"
    assert money.parse_wan(written).fen == fen
    assert money.show(money.parse_wan(written)).startswith(f"{fen // 100}.{fen % 100:02d} 元")


@given(MESSY | st.text("0123456789.,，-万元伍 "))
def test_a_cell_is_an_amount_or_a_refusal_and_never_something_else(cell: str) -> None:
    try:
        parsed = money.parse_wan(cell)
    except money.MoneyRefused as refusal:
        assert refusal.zh and refusal.en
    else:
        assert parsed.fen >= 0 and parsed.original == cell


@given(st.sampled_from(FieldClass), MESSY | st.text("0123456789Xx*@苏A.-", max_size=24))
def test_a_mask_of_a_mask_is_the_same_mask(field_class: FieldClass, value: str) -> None:
    once = masks.by_class(field_class, value)
    assert masks.by_class(field_class, once) == once


# How many signs of the value may stay readable; an address and free text are looked at separately.
READABLE = {
    FieldClass.NAME: 1,
    FieldClass.CITIZEN_ID: 3,
    FieldClass.CERTIFICATE: 2,
    FieldClass.MOBILE: 7,
    FieldClass.LANDLINE: 6,
    FieldClass.BANK_CARD: 8,
    FieldClass.PLATE: 3,
    FieldClass.BIRTH_DATE: 0,
    FieldClass.SECRET: 0,
}


@given(st.sampled_from(sorted(READABLE, key=str)), MESSY | st.text("0123456789X苏A-", max_size=24))
def test_a_mask_never_shows_more_than_its_class_says(field_class: FieldClass, value: str) -> None:
    shown = masks.by_class(field_class, value)
    readable = shown.replace("-", "") if field_class is FieldClass.BIRTH_DATE else shown
    assert len(readable.replace("*", "")) <= READABLE[field_class]


LENGTHS = {
    FieldClass.NAME: (1, 30),
    FieldClass.CERTIFICATE: (8, 20),
    FieldClass.BANK_CARD: (15, 19),
    FieldClass.BIRTH_DATE: (1, 30),
    FieldClass.SECRET: (1, 30),
}


@given(st.sampled_from(sorted(LENGTHS, key=str)), st.data())
def test_values_of_different_length_have_masks_of_one_length(field_class: FieldClass, data: st.DataObject) -> None:
    shortest, longest = LENGTHS[field_class]
    values = [data.draw(st.text(DIGITS, min_size=shortest, max_size=longest)) for _ in range(2)]
    assert len({len(masks.by_class(field_class, value)) for value in values}) == 1


@given(st.text(DIGITS, min_size=1, max_size=60), st.text("甲乙丙路号", max_size=60))
def test_an_address_hides_its_last_eight_signs(number: str, street: str) -> None:
    whole = street + number
    shown = masks.address(whole)
    assert shown == whole[:-8] + "********"


@given(
    st.text("甲乙，。 ", max_size=10),
    st.dates(date(1900, 1, 1)),
    st.integers(0, 999),
    st.sampled_from("0123456789X"),
    MESSY,
)
def test_no_identity_number_survives_in_free_text(before: str, born: date, serial: int, last: str, after: str) -> None:
    number = f"320199{born:%Y%m%d}{serial:03d}{last}"
    written = f"{before}{number}。{after}"
    assert number not in masks.free_text(written)
