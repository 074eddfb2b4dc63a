"""Subjects: found by declared codes only, renamed without forgetting, never minors."""

from __future__ import annotations

import pytest
from tests import factories as make

from chengxin.registry import selectors
from chengxin.registry.models import Person, Subject
from chengxin.registry.sealing import open_certificate, open_name
from chengxin.registry.subjects import CodeNotUsable, register_organisation
from chengxin.rules.identifiers.verdict import CodeKind

pytestmark = pytest.mark.django_db


def test_a_person_is_found_by_certificate_and_number() -> None:
    person = make.person()
    assert selectors.find_person(CodeKind.CITIZEN_ID, make.CITIZEN) == person
    assert selectors.find_person(CodeKind.PASSPORT, make.CITIZEN) is None


def test_a_persons_name_and_number_are_sealed() -> None:
    person = make.person()
    row = Person.objects.get(subject=person)
    for column in (row.certificate_index, row.name_index, bytes(row.sealed_name), bytes(row.sealed_certificate)):
        assert make.CITIZEN not in str(column)
        assert "沈清和" not in str(column)
    assert (open_name(person), open_certificate(person)) == ("沈清和", make.CITIZEN)


def test_an_organisation_keeps_its_former_names() -> None:
    firm = make.firm()
    register_organisation(make.FIRM, "栖云远山食品有限公司", today=make.TODAY, now=make.NOW)
    assert selectors.present_name(firm) == "栖云远山食品有限公司"
    assert selectors.former_names(firm) == ["栖云望舒食品有限公司"]
    assert {found.subject_id for found in selectors.search_organisations("望舒")} == {firm.id}


def test_a_search_for_nothing_finds_nothing() -> None:
    make.firm()
    assert not selectors.search_organisations("  ").exists()


def test_a_wrong_code_registers_nobody() -> None:
    with pytest.raises(CodeNotUsable, match="请核对"):
        register_organisation("91320199MA10000157", "某公司", today=make.TODAY, now=make.NOW)
    assert not Subject.objects.exists()


def test_a_legacy_code_is_accepted_with_its_mark() -> None:
    firm = register_organisation("91350203M0001FUE2P", "示例公司", today=make.TODAY, now=make.NOW)
    assert firm.organisation.code_exempt
