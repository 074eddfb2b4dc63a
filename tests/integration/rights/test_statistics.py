"""The public figures: they count what there is, hide what is small, and agree with one another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import factories
from tests.disclosures import about_person, answer
from tests.factories import NOW, TODAY
from tests.stages import LONG_AGO, at, decided, objected, stage, take

from chengxin.accounts.roles import Role
from chengxin.disclosure.statistics import reads
from chengxin.rights import objections
from chengxin.rights.statistics import figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def dozen(settings):
    """Twelve objections against one agency: eleven decided after three days, one still open."""
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage()
    for number in range(12):
        record = factories.record(s.subject, decided=LONG_AGO, document_no=f"示交罚〔2026〕{20 + number}号")
        case = objections.file(record, actor=s.applicant, grounds="wrong", text="不对。", now=NOW, today=TODAY)
        if number:
            take(case, "withdraw", s.applicant, day=TODAY + timedelta(days=3))
    return s


def test_a_single_case_is_published_nowhere():
    s = stage()
    decided(s, "upheld")
    found = figures(TODAY)
    assert found.by_grade["objection"].total is None
    assert found.durations["objection"].median is None
    assert [(a.objections, a.median) for a in found.agencies] == [(None, None)]


def test_twelve_cases_are_counted_and_timed(dozen):
    found = figures(TODAY + timedelta(days=3))
    assert found.by_grade["objection"].cells["general"] == 12
    assert (found.durations["objection"].median, found.durations["objection"].p90) == (3, 3)
    assert found.by_month["objection"].cells["2026-11"] == 12


def test_the_one_still_open_cannot_be_subtracted_from_the_eleven_that_ended(dozen):
    outcome = figures(TODAY + timedelta(days=3)).by_outcome["objection"]
    assert outcome.cells["withdrawn"] is None
    assert outcome.cells[""] is None
    assert outcome.total == 12


def test_an_agency_stands_beside_the_records_it_has(dozen):
    found = figures(TODAY + timedelta(days=3))
    agency = found.agencies[0]
    assert (agency.objections, agency.records, agency.median) == (12, 13, 3)


def test_a_delay_shows_once_it_is_large_enough():
    s = stage()
    for number in range(11):
        record = factories.record(s.subject, decided=LONG_AGO, document_no=f"示交罚〔2026〕{20 + number}号")
        objections.file(record, actor=s.applicant, grounds="wrong", text="不对。", now=NOW, today=TODAY)
    assert figures(TODAY + timedelta(days=40)).agencies[0].overdue == 11
    assert figures(TODAY).agencies[0].overdue == 0


def test_months_long_past_are_one_row_so_that_every_table_has_one_total(dozen):
    much_later = figures(TODAY + timedelta(days=800)).by_month["objection"]
    assert much_later.cells["earlier"] == 12
    assert much_later.total == 12


def test_reads_are_counted_by_unit_and_purpose_and_small_ones_are_not(settings):
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage()
    factories.record(factories.person(), document_no="示交罚〔2026〕7号")
    enquirer = factories.user("enquirer", Role.ENQUIRER, of=s.source)
    answer(about_person(enquirer))
    later = NOW + timedelta(days=1)
    assert [(row.answered, row.refused) for row in reads(later).rows] == [(None, 0)]
    for _ in range(10):
        answer(about_person(enquirer))
    row = reads(later).rows[0]
    assert (row.answered, row.purpose_zh != "") == (11, True)


def test_the_page_shows_plots_with_tables_and_the_same_figures_as_csv(dozen):
    text = Client().get("/transparency/").content.decode()
    assert text.count("<svg") >= 6
    for name in ("objection-grade", "restoration-outcome", "agencies"):
        assert f"/transparency/{name}.csv" in text
    table = Client().get("/transparency/objection-grade.csv").content.decode("utf-8-sig")
    assert "一般,12" in table
    assert "一般" in text


def test_an_unknown_table_is_an_ordinary_missing_page():
    assert Client().get("/transparency/people.csv").status_code == 404


def test_no_name_and_no_case_number_is_on_the_page(settings):
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage(factories.person())
    case = objected(s)
    text = Client().get("/transparency/").content.decode()
    assert case.number not in text
    assert "沈清和" not in text
    assert at(TODAY) == NOW
