"""Reports: made through a basis, checkable, and stale as soon as the file changes."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from tests import factories
from tests.disclosures import about_firm, about_person
from tests.factories import NOW, OTHER_CITIZEN, TODAY

from chengxin.disclosure import report
from chengxin.disclosure.models import Access
from chengxin.disclosure.report import Validity
from chengxin.disclosure.services import Refused
from chengxin.registry import services as registry

pytestmark = pytest.mark.django_db
CHANCE = random.Random(7)


def made(world, **changed):
    return report.build(about_firm(world.officer, **changed), now=NOW, today=TODAY, chance=CHANCE)


def test_a_report_has_its_sections_and_says_where_there_is_nothing(world):
    built = made(world)
    filled = {section.code: len(section.rows) for section in built.sections}
    assert filled["penalties"] == 1 and filled["licences"] == 0
    assert built.as_json()["sections"][0]["zh"] == "一、登记注册基本信息"
    assert report.NOTHING_ZH == "查询期内无相关信息"


def test_a_report_holds_until_the_file_changes(world):
    built = made(world)
    assert report.verify(built.number, built.verify_code, TODAY).validity is Validity.VALID
    factories.record(world.firm, document_no="示交罚〔2026〕2号")
    assert report.verify(built.number, built.verify_code, TODAY).validity is Validity.SUPERSEDED


def test_a_new_mark_and_an_ended_period_make_it_stale(world):
    built = made(world)
    assert report.verify(built.number, built.verify_code, TODAY + timedelta(days=1500)).validity is Validity.SUPERSEDED
    (row,) = built.sections[2].rows
    registry.annotate(row.record, "disputed", ref="T-1", now=NOW)
    assert report.verify(built.number, built.verify_code, TODAY).validity is Validity.SUPERSEDED


def test_a_wrong_code_and_an_unknown_number_answer_alike(world):
    built = made(world)
    assert report.verify(built.number, "AAAAAAAA", TODAY) == report.verify("XB0", built.verify_code, TODAY)


def test_no_report_without_a_basis_nor_for_a_purpose_that_needs_less(world):
    with pytest.raises(Refused):
        made(world, statute="")
    with pytest.raises(report.NotForReport):
        made(world, purpose="procurement")
    with pytest.raises(report.NoFile):
        report.build(about_person(world.officer, code=OTHER_CITIZEN), now=NOW, today=TODAY)


def test_ones_own_report_is_free_complete_and_itself_a_read(world):
    built = report.build_own(world.person.id, world.citizen, now=NOW, today=TODAY)
    assert built.subject_name == "沈**"
    assert sum(len(section.rows) for section in built.sections) == 1
    assert Access.objects.get(entry_id=built.entry).purpose == "own_file"
    assert report.verify(built.number, built.verify_code, TODAY).validity is Validity.VALID
