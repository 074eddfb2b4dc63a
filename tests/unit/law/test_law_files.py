"""The law directory itself: complete, coherent, and clear about every fault in it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from chengxin.accounts.roles import Role
from chengxin.catalogue import lawbook
from chengxin.rules.catalogue_items import Nature, check_lawful
from chengxin.rules.dated import LawOverlap, Rank
from chengxin.rules.lawreader import LawFileFault

TODAY = date(2026, 5, 6)
LIBRARY = lawbook.library()
ITEMS = {item.code: item for item in LIBRARY.items}

VALUE = """
values:
  - key: sample.days
    value: 3
    unit: day
    basis: {instrument: 示例条例, article: 第一条, rank: local_regulation}
    since: 2026-01-01
    verified: true
"""


def write(directory: Path, text: str, name: str = "values/sample.yaml") -> Path:
    path = directory / "national" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return directory


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    found = lawbook.read(write(tmp_path, VALUE)).values.value("sample.days", TODAY)
    assert (found.value, found.verified, found.scope) == (3, True, "national")


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("    unit: day\n", "", "unit"),
        ("unit: day", "unti: day", "unit"),
        ("verified: true", "verified: maybe", "verified"),
        ("since: 2026-01-01", "since: soon", "since"),
        ("article: 第一条", "article: ''", "article"),
        ("rank: local_regulation", "rank: hearsay", "rank"),
        ("verified: true", "verified: true\n    untill: 2027-01-01", "untill"),
        ("value: 3", "value: {days: 3}", "value"),
    ],
)
def test_a_fault_names_the_file_the_key_and_the_remedy(tmp_path: Path, before: str, after: str, key: str) -> None:
    with pytest.raises(LawFileFault) as refusal:
        lawbook.read(write(tmp_path, VALUE.replace(before, after)))
    assert "national/values/sample.yaml" in refusal.value.zh
    assert refusal.value.facts["key"] == key
    assert "重新装载" in refusal.value.zh
    assert "load again" in refusal.value.en


@pytest.mark.parametrize("text", ["values: [", VALUE.replace("unit: day", "unit: day\n    unit: day"), VALUE + "\tx"])
def test_what_is_not_yaml_is_a_fault_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(LawFileFault):
        lawbook.read(write(tmp_path, text))


def test_the_word_on_is_a_word(tmp_path: Path) -> None:
    found = lawbook.read(write(tmp_path, VALUE.replace("value: 3", "value: on"))).values
    assert found.text("sample.days", TODAY) == "on"


def test_overlapping_values_are_refused_at_load(tmp_path: Path) -> None:
    second = VALUE.replace("values:\n", "").replace("2026-01-01", "2026-06-01")
    with pytest.raises(LawOverlap):
        lawbook.read(write(tmp_path, VALUE + second))


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LawFileFault):
        lawbook.read(tmp_path / "nowhere")


def test_every_item_is_lawful_and_has_a_layout() -> None:
    assert len(LIBRARY.items) >= 26
    for item in LIBRARY.items:
        check_lawful(item, LIBRARY.prohibited)
        assert lawbook.layout(item.layout, TODAY).fields


def test_every_class_of_the_national_catalogue_is_covered() -> None:
    assert {item.national_class for item in LIBRARY.items} == set(range(1, 14))


def test_dishonesty_needs_a_decision_document() -> None:
    assert all(item.decision_needed for item in LIBRARY.items if item.nature is Nature.NEGATIVE)


def test_persons_are_public_only_where_a_law_orders_it() -> None:
    named = [item for item in LIBRARY.items if item.person_public_basis]
    assert [item.code for item in named] == ["JS-SF-01"]
    assert all(item.person_public_basis and item.person_public_basis.rank is Rank.LAW for item in named)
    only_persons = [item for item in LIBRARY.items if item.subject_kinds == ("person",)]
    assert only_persons
    assert all(item.publicity != "public" for item in only_persons)


def test_honours_and_good_deeds_are_recorded_only_if_the_person_agrees() -> None:
    assert all(ITEMS[code].opt_in for code in ("JS-RY-01", "JS-ZQ-01", "JS-CS-01", "JS-JY-01"))


def test_evaluation_is_for_enterprises() -> None:
    assert ITEMS["JS-GB-01"].subject_kinds == ("organisation",)


def test_purposes_name_existing_items_roles_and_agency_functions() -> None:
    purposes = lawbook.purposes(TODAY)
    assert len(purposes) >= 8
    for purpose in purposes:
        assert set(purpose.items) <= set(ITEMS)
        assert set(purpose.roles) <= set(Role)
        assert set(purpose.functions) <= {"files_records", "queries_records", "runs_platform"}
        assert purpose.basis
        assert purpose.ground == "own" or purpose.functions


def test_no_purpose_that_restrains_sees_points_or_volunteering_alone() -> None:
    for purpose in lawbook.purposes(TODAY):
        if purpose.restrains:
            assert "negative" in purpose.natures


def test_measures_name_existing_lists_and_are_all_still_to_be_checked() -> None:
    measures = lawbook.measures(TODAY)
    assert {measure.measure_class for measure in measures} == {"A", "B", "C"}
    assert all(set(measure.lists) <= set(ITEMS) for measure in measures)
    assert not any(measure.verified for measure in measures)


def test_measures_that_take_rights_away_rest_on_a_law() -> None:
    high = {Rank.LAW, Rank.ADMINISTRATIVE_REGULATION, Rank.LOCAL_REGULATION}
    assert all(m.basis.rank in high for m in lawbook.measures(TODAY) if m.measure_class == "A")


def test_no_such_purpose_and_no_such_layout_are_refused() -> None:
    with pytest.raises(lawbook.NoSuchPurpose):
        lawbook.purpose("curiosity", TODAY)
    with pytest.raises(lawbook.NoSuchLayout):
        lawbook.layout("nothing")


def test_a_figure_borrowed_from_another_region_is_never_called_verified() -> None:
    borrowed = [value for value in LIBRARY.values if "参照" in value.basis.instrument]
    assert borrowed
    assert not [value.key for value in borrowed if value.verified]


def test_the_law_of_this_installation_is_jiangsu() -> None:
    assert lawbook.current().scope == "jiangsu"
    assert lawbook.read(Path(settings.LAW_DIR)).values == lawbook.current()


def test_a_negative_item_without_an_end_is_refused() -> None:
    from chengxin.rules.catalogue_items import PeriodRule, UnlawfulItem

    endless = replace(ITEMS["JS-CF-01"], periods=PeriodRule.STANDING)
    with pytest.raises(UnlawfulItem):
        check_lawful(endless, LIBRARY.prohibited)
