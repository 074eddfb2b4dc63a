"""What a mask leaves to see."""

from __future__ import annotations

import pytest

from chengxin.rules import masks
from chengxin.rules.masks import FieldClass, UnknownFieldClass, by_class


@pytest.mark.parametrize(
    ("field_class", "value", "shown"),
    [
        (FieldClass.PUBLIC, "苏罚〔2025〕1号", "苏罚〔2025〕1号"),
        (FieldClass.ORG_CODE, "91320199MA00000156", "91320199MA00000156"),
        (FieldClass.ORG_CODE, "320199198002290012", "3***************12"),
        (FieldClass.ORG_CODE, "320199197106253780", "3***************80"),
        (FieldClass.NAME, "张三", "张**"),
        (FieldClass.NAME, "欧阳小明", "欧**"),
        (FieldClass.NAME, "王", "王**"),
        (FieldClass.CITIZEN_ID, "320199198002290012", "3***************12"),
        (FieldClass.CITIZEN_ID, "32019919970719237x", "3***************7x"),
        (FieldClass.CITIZEN_ID, "320199800229001", "3***************01"),
        (FieldClass.CITIZEN_ID, "3201991980", "******"),
        (FieldClass.CERTIFICATE, "E00000001", "E*******1"),
        (FieldClass.CERTIFICATE, "E1", "******"),
        (FieldClass.MOBILE, "13900000000", "139****0000"),
        (FieldClass.MOBILE, "+86 13900000000", "139****0000"),
        (FieldClass.MOBILE, "8613900000000", "139****0000"),
        (FieldClass.MOBILE, "139", "******"),
        (FieldClass.LANDLINE, "0512-00000034", "0512****34"),
        (FieldClass.ADDRESS, "江苏省示例市示例区示例路一百号三单元", "江苏省示例市示例区示********"),
        (FieldClass.ADDRESS, "示例路一号", "********"),
        (FieldClass.EMAIL, "abc@example.cn", "a***@example.cn"),
        (FieldClass.EMAIL, "a@example.cn", "***@example.cn"),
        (FieldClass.EMAIL, "电话 13900000000@", "******"),
        (FieldClass.BANK_CARD, "6222 0000 0000 0000 123", "6222********0123"),
        (FieldClass.PLATE, "苏A12345", "苏A****5"),
        (FieldClass.PLATE, "苏AD12345", "苏A*****5"),
        (FieldClass.PLATE, "无牌", "******"),
        (FieldClass.BIRTH_DATE, "1980-02-29", "****-**-**"),
        (FieldClass.SECRET, "任何内容", "******"),
    ],
)
def test_each_class_shows_what_it_says(field_class: FieldClass, value: str, shown: str) -> None:
    assert by_class(field_class, value) == shown
    assert by_class(field_class.value, value) == shown


@pytest.mark.parametrize("field_class", FieldClass)
def test_nothing_stays_nothing(field_class: FieldClass) -> None:
    assert by_class(field_class, "") == ""


def test_an_unclassified_field_is_never_shown() -> None:
    with pytest.raises(UnknownFieldClass) as refusal:
        by_class("unheard-of", "张三")
    assert "张三" not in refusal.value.zh + refusal.value.en


def test_numbers_in_running_text_are_masked_in_place() -> None:
    written = (
        "当事人（身份证３２０１９９１９８００２２９００１２，电话13900000000）于2025-01-02被处罚，案号123456789012345。"
    )
    assert masks.free_text(written) == (
        "当事人（身份证3***************12，电话139****0000）于2025-01-02被处罚，案号123456789012345。"
    )


def test_a_mistyped_or_old_identity_number_in_text_is_masked_too() -> None:
    assert masks.free_text("320199198002290013") == "3***************13"
    assert masks.free_text("号码320199800229001。") == "号码3***************01。"


def test_codes_of_organisations_in_text_stay() -> None:
    assert masks.free_text("代码91320199MA00000156的企业") == "代码91320199MA00000156的企业"
