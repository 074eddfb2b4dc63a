"""Layouts: which heading is which field, and what a layout file may say."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from chengxin.rules.layouts import FieldType, LayoutFault, Must, Role, parse_layout

LAW = Path(__file__).parents[3] / "law" / "national" / "layouts"
FILES = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(LAW.glob("*.yaml"))}
CF = parse_layout(FILES["cf"])


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_layout_can_be_read_and_names_its_basis(name: str) -> None:
    layout = parse_layout(FILES[name])
    assert layout.code == name.upper()
    assert layout.basis
    assert layout.role(Role.SUBJECT_NAME) and layout.role(Role.SUBJECT_USCC)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_with_official_codes_or_chinese_headings_is_recognised_whole(name: str) -> None:
    layout = parse_layout(FILES[name])
    for headers in (list(layout.codes), [field.zh for field in layout.fields]):
        matched = layout.match(headers)
        assert matched.complete
        assert list(matched.mapping.values()) == list(layout.codes)
        assert matched.extra == ()


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_alias_is_claimed_by_two_fields(name: str) -> None:
    layout = parse_layout(FILES[name])
    for field in layout.fields:
        for alias in field.aliases:
            assert list(layout.match([alias]).mapping.values()) == [field.code], alias


def test_names_of_2016_are_still_understood() -> None:
    matched = CF.match(["CF_XZJG", "CF_JG", "CF_CFLB1", "CF_FR_SFZH"])
    assert matched.mapping == {
        "CF_XZJG": "CF_CFJG",
        "CF_JG": "CF_NR",
        "CF_CFLB1": "CF_CFLB",
        "CF_FR_SFZH": "CF_FR_ZJHM",
    }


@pytest.mark.parametrize("header", ["cf_wsh", " CF_WSH ", "*行政处罚决定书文号", "行政处罚 决定书文号", "\ufeffCF_WSH"])
def test_width_case_blanks_and_required_marks_do_not_matter(header: str) -> None:
    assert CF.match([header]).mapping == {header: "CF_WSH"}


def test_an_unknown_heading_is_never_guessed() -> None:
    matched = CF.match(["CF_XDR_MC", "失信严重程度", "CF_XDR"])
    assert matched.extra == ("失信严重程度", "CF_XDR")
    assert "CF_WSH" in matched.missing
    assert "CF_XDR_MC" not in matched.missing
    assert not matched.complete


def test_two_headings_for_one_field_are_named() -> None:
    matched = CF.match(["CF_CFJG", "处罚机关"])
    assert matched.doubled == ("处罚机关",)


def test_certificate_numbers_and_names_are_marked_as_personal() -> None:
    for code in ("CF_XDR_ZJHM", "CF_FR_ZJHM"):
        field = CF.get(code)
        assert field.personal and field.klass == "citizen_id" and not field.published
    assert CF.get("CF_XDR_MC").klass == "name"


def test_the_numeric_dialect_stands_for_the_words() -> None:
    kind = CF.role(Role.SUBJECT_KIND)
    assert kind is not None
    meanings = {text: choice.means for text in ("01", "02", "03", "04") if (choice := kind.choice(text))}
    assert meanings == {"01": "person", "02": "organisation", "03": "organisation", "04": "individual_business"}
    assert kind.choice("05") is None


def test_types_and_conditions_come_from_the_file() -> None:
    assert CF.get("CF_NR_FK").type is FieldType.WAN
    assert CF.get("CF_XDR_ZJHM").must is Must.PERSON
    assert CF.get("CF_XDR_SHXYM").must is Must.ORGANISATION


@pytest.mark.parametrize(
    "spoil",
    [
        lambda law: law.pop("basis"),
        lambda law: law["fields"][0].update(type="poem"),
        lambda law: law["fields"][0].update(lenght=3),
        lambda law: law["fields"].append(law["fields"][0]),
        lambda law: law["fields"][3].update(role="subject_name"),
    ],
)
def test_a_faulty_layout_is_refused(spoil: object) -> None:
    law = deepcopy(FILES["cf"])
    spoil(law)  # type: ignore[operator]
    with pytest.raises(LayoutFault):
        parse_layout(law)
