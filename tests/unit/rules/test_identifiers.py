"""Possible identifiers of the declared kind. Persons' numbers are synthetic (regions 320199, 329999)."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.rules.identifiers import citizen, orgcode, uscc
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.shape import describe, tidy
from chengxin.rules.identifiers.verdict import CodeKind, Note, Outcome, UnknownKind, kind_from_label

GOOD_CODES = [
    "91330203674737244W",
    "91330282L07196379D",
    "91330212066604667N",
    "12440600MB2C07549J",
    "91230500MA1B3N1N2M",
    "913400005957472253",
    "11420000MB15291767",
    "9135010026017703XW",
    "913505006628260557",
    "91320199MA00000156",
    "91320199MA00000T4W",
    "92320199MA0000023X",
    "93320199MA0000031M",
    "113201990000000438",
    "123201990000000510",
    "51320199MJ0000069C",
    "52320199MJ00000774",
    "53320199MJ0000085U",
    "31320199MD0000091E",
]
LEGACY_CODES = ["91350203M0001FUE2P", "91350203M0001QKT19"]
PERSONS = [
    "320199198002290012",
    "320199199912310021",
    "329999200001010033",
    "329999197001011146",
    "320199202402299998",
]
PERSONS_LIKE_CODES = ["320199197106253780", "320199198207213985", "32019919970719237X"]


@pytest.mark.parametrize("code", GOOD_CODES)
def test_a_code_with_both_checks_fitting_is_valid(code: str) -> None:
    verdict = check(CodeKind.USCC, code)
    assert (verdict.outcome, verdict.normalised, verdict.also) == (Outcome.VALID, code, frozenset())


@pytest.mark.parametrize("code", LEGACY_CODES)
def test_a_legacy_code_is_accepted_with_a_flag(code: str) -> None:
    verdict = check(CodeKind.USCC, code)
    assert verdict.outcome is Outcome.LEGAL_BUT_CHECKSUM_FAILS
    assert verdict.accepted and verdict.check_exempt and verdict.note is Note.LEGACY


def test_a_code_failing_both_checks_is_wrong() -> None:
    verdict = check(CodeKind.USCC, "1" * 18)
    assert (verdict.outcome, verdict.note) == (Outcome.WRONG, Note.BOTH_CHECKS)
    assert not verdict.accepted


@pytest.mark.parametrize("number", PERSONS_LIKE_CODES)
def test_a_persons_number_may_parse_as_a_code_and_stays_a_persons_number(number: str) -> None:
    verdict = check(CodeKind.CITIZEN_ID, number)
    assert verdict.outcome is Outcome.VALID_ALSO_PARSES
    assert verdict.also == {CodeKind.USCC}


@pytest.mark.parametrize("number", PERSONS_LIKE_CODES)
def test_the_same_number_declared_as_a_code_is_refused_and_said_to_look_personal(number: str) -> None:
    verdict = check(CodeKind.USCC, number)
    assert (verdict.outcome, verdict.note) == (Outcome.WRONG, Note.INNER_CODE)
    assert CodeKind.CITIZEN_ID in verdict.also


def test_the_indulgence_for_legacy_codes_does_not_let_persons_numbers_through() -> None:
    """Find synthetic persons whose digits 9 to 17 satisfy the inner code: they must still be refused as a code."""
    found = 0
    for serial in range(1000):
        first17 = f"32019919800229{serial:03d}"
        number = first17 + citizen.citizen_check_char(first17)
        if orgcode.is_org_code(number[8:17]) and not uscc.has_check_char(number):
            found += 1
            assert check(CodeKind.USCC, number).note is Note.PERSONAL
    assert found > 50


@pytest.mark.parametrize("letter", "IOSVZ")
def test_the_five_letters_left_out_of_the_standard_are_refused(letter: str) -> None:
    assert check(CodeKind.USCC, f"91320199MA{letter}0000156"[:18]).note is Note.CHARACTERS


@pytest.mark.parametrize("number", PERSONS)
def test_an_identity_number_with_existing_birth_date_and_fitting_check_is_valid(number: str) -> None:
    verdict = check(CodeKind.CITIZEN_ID, number)
    assert (verdict.outcome, verdict.normalised) == (Outcome.VALID, number)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("320199198002290013", Note.CHECK_CHARACTER),
        ("320199198102290011", Note.BIRTH_DATE),
        ("320199198013010011", Note.BIRTH_DATE),
        ("32019919800229001", Note.LENGTH),
        ("3201991980022900A2", Note.CHARACTERS),
        ("32019919800229 0012", Note.LENGTH),
        ("", Note.EMPTY),
        ("320199810229001", Note.BIRTH_DATE),
        ("32019981022900X", Note.CHARACTERS),
    ],
)
def test_a_wrong_identity_number_is_refused_for_a_stated_reason(text: str, note: Note) -> None:
    verdict = check(CodeKind.CITIZEN_ID, text)
    assert (verdict.outcome, verdict.note) == (Outcome.WRONG, note)


def test_full_width_digits_small_x_and_outer_blanks_are_folded() -> None:
    verdict = check(CodeKind.CITIZEN_ID, "　\ufeff３２０１９９１９９７０７１９２３７ｘ ")
    assert verdict.normalised == "32019919970719237X"


def test_an_old_number_is_brought_to_eighteen_digits() -> None:
    verdict = check(CodeKind.CITIZEN_ID, "320199800229001")
    assert (verdict.outcome, verdict.normalised, verdict.note) == (Outcome.VALID, "320199198002290012", Note.UPGRADED)
    assert citizen.upgrade_15("320199800229001") == "320199198002290012"


def test_upgrading_something_else_says_what_to_check_and_shows_no_digit() -> None:
    with pytest.raises(citizen.NotACitizenId) as refusal:
        citizen.upgrade_15("320199811331001")
    assert "320199" not in refusal.value.zh + refusal.value.en + repr(refusal.value.facts)


def test_regions_and_today_are_checked_only_when_given() -> None:
    number = PERSONS[0]
    assert check(CodeKind.CITIZEN_ID, number, regions={"320199"}).outcome is Outcome.VALID
    assert check(CodeKind.CITIZEN_ID, number, regions={"320102"}).note is Note.REGION
    assert check(CodeKind.CITIZEN_ID, number, today=date(1980, 2, 28)).note is Note.FUTURE_BIRTH
    assert check(CodeKind.CITIZEN_ID, number, today=date(1980, 2, 29)).outcome is Outcome.VALID
    assert check(CodeKind.USCC, GOOD_CODES[0], regions={"320102"}).note is Note.REGION


def test_a_code_of_an_unlisted_pair_is_valid_and_noted() -> None:
    first17 = "22320199MA0000015"
    verdict = check(CodeKind.USCC, first17 + uscc.uscc_check_char(first17))
    assert (verdict.outcome, verdict.note) == (Outcome.VALID, Note.UNKNOWN_PAIR)


@pytest.mark.parametrize(
    "pairs",
    ["1:1239", "2:19", "3:123459", "4:19", "5:1239", "6:129", "7:129", "8:19", "9:123", "A:19", "N:1239", "Y:1"],
)
def test_every_department_registers_these_types_and_no_others(pairs: str) -> None:
    department, types = pairs.split(":")
    for kind in uscc.CHARACTERS:
        first17 = f"{department}{kind}320199MA0000015"
        verdict = check(CodeKind.USCC, first17 + uscc.uscc_check_char(first17))
        assert (verdict.note is Note.CLEAN) == (kind in types)


def test_nobody_alive_was_born_before_1800() -> None:
    first17 = "32019917991231001"
    assert check(CodeKind.CITIZEN_ID, first17 + citizen.citizen_check_char(first17)).note is Note.BIRTH_DATE


def test_an_organisation_code_may_carry_its_hyphen() -> None:
    assert check(CodeKind.ORG_CODE, "MA000001-5").normalised == "MA0000015"
    assert check(CodeKind.ORG_CODE, "MA000001-5").outcome is Outcome.VALID
    assert check(CodeKind.ORG_CODE, "MA0000016").note is Note.CHECK_CHARACTER
    assert check(CodeKind.ORG_CODE, "MA00000").note is Note.LENGTH


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (CodeKind.PASSPORT, "E00000001", "PASSPORT"),
        (CodeKind.HK_MACAO_PASS, "H00000001", "K00000001"),
        (CodeKind.HK_MACAO_PASS, "M0000000101", "H000000011"),
        (CodeKind.TAIWAN_PASS, "00000001", "0000001"),
        (CodeKind.FOREIGN_RESIDENT, "USA320099010100", "US0320099010100"),
        (CodeKind.FOREIGN_RESIDENT, "932840199001010011", "832840199001010011"),
        (CodeKind.REGISTRATION_NO, "320100000000001", "工商号"),
        (CodeKind.TAX_NO, "320100000000001", "3201"),
        (CodeKind.INSTITUTION_NO, "132010000001", "13201000000A"),
        (CodeKind.SOCIAL_NO, "苏社证字第0001号", "无"),
    ],
)
def test_other_certificates_are_judged_by_their_form_only(kind: CodeKind, good: str, bad: str) -> None:
    assert check(kind, good).accepted
    assert check(kind, bad).note is Note.FORMAT


def test_a_verdict_never_shows_the_number() -> None:
    for text in [*PERSONS, *PERSONS_LIKE_CODES, "320199198002290013", "320199800229001"]:
        for kind in CodeKind:
            verdict = check(kind, text)
            shown = f"{verdict!r} {verdict.shape} {verdict.shape_en}"
            assert text not in shown and verdict.normalised not in shown and text[:6] not in shown


def test_a_shape_describes_length_make_up_and_reason() -> None:
    assert check(CodeKind.CITIZEN_ID, "32019919970719236X").shape == "17 位数字加 X，校验位不符"
    assert (
        check(CodeKind.CITIZEN_ID, "32019919970719236X").shape_en == "17 digits and X; the check character does not fit"
    )
    assert describe(tidy("张三")) == ("2 个字符，含其他符号", "2 characters, not only letters and digits")
    assert describe("") == ("空", "empty")


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("身份证", CodeKind.CITIZEN_ID),
        ("01", CodeKind.CITIZEN_ID),
        ("护照号", CodeKind.PASSPORT),
        ("02", CodeKind.PASSPORT),
        ("港澳居民来往内地通行证", CodeKind.HK_MACAO_PASS),
        ("03", CodeKind.HK_MACAO_PASS),
        ("台湾居民来往大陆通行证", CodeKind.TAIWAN_PASS),
        ("04", CodeKind.TAIWAN_PASS),
        ("外国人永久居留身份证", CodeKind.FOREIGN_RESIDENT),
        ("05", CodeKind.FOREIGN_RESIDENT),
        (" 统一社会信用代码 ", CodeKind.USCC),
    ],
)
def test_kinds_are_known_by_their_file_labels(label: str, kind: CodeKind) -> None:
    assert kind_from_label(label) is kind


@pytest.mark.parametrize("label", ["", "06", "学生证", "320199198002290012"])
def test_an_unknown_label_is_refused_without_repeating_it(label: str) -> None:
    with pytest.raises(UnknownKind) as refusal:
        kind_from_label(label)
    assert not label or label not in refusal.value.zh


def test_adulthood_begins_when_the_eighteenth_birthday_is_over() -> None:
    number = "329999200001010033"
    assert not citizen.is_adult(number, date(2018, 1, 1))
    assert citizen.is_adult(number, date(2018, 1, 2))


def test_for_a_leap_day_the_eighteenth_year_ends_on_28_february() -> None:
    number = "320199198002290012"
    assert citizen.birth_date(number) == date(1980, 2, 29)
    assert not citizen.is_adult(number, date(1998, 2, 28))
    assert citizen.is_adult(number, date(1998, 3, 1))


def test_there_is_no_birth_date_in_something_else() -> None:
    with pytest.raises(citizen.NotACitizenId):
        citizen.birth_date("91320199MA00000156")
