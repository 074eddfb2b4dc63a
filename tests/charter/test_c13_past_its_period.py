"""C13: past its period a record is in no answer of any kind, and nothing has to run for that to happen.

The tests walk through the days with no job of any kind between them.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from tests import factories
from tests.disclosures import about_firm, about_person, answer
from tests.factories import FIRM, NOW, TODAY

from chengxin.accounts.roles import Role
from chengxin.disclosure import feed, own_file, publication, report
from chengxin.registry import hot
from chengxin.registry.models import RecordVersion

pytestmark = pytest.mark.django_db
CANARY = "示交罚〔2026〕987654号"


@pytest.fixture
def world():
    factories.law()
    firm, person = factories.firm(), factories.person()
    for subject in (firm, person):
        factories.record(subject, document_no=CANARY)
    officer = factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    recipient = feed.contract(
        factories.agency(), "supervision", "GX-1", since=TODAY, until=TODAY + timedelta(days=3000)
    )
    feed.collect(NOW, TODAY)
    return firm, person, officer, factories.citizen(person), recipient


def answers(world, day: date) -> dict[str, str]:
    """Return everything that can be asked on a day, as text."""
    _firm, person, officer, citizen, recipient = world
    by_report = report.build(about_firm(officer), now=NOW, today=day)
    return {
        "page": repr(publication.organisation_page(FIRM, day)),
        "list": repr(publication.latest("all", day)),
        "enquiry about a firm": repr(answer(about_firm(officer), today=day).rows),
        "report": json.dumps(by_report.as_json(), ensure_ascii=False),
        "feed": feed.pull(recipient, 0, now=NOW, today=day).body,
        "enquiry about a person": json.dumps(
            [row.document_no for row in answer(about_person(officer), today=day).rows]
        ),
        "own file": json.dumps(
            [held.row.document_no for held in own_file.read(person.id, citizen, now=NOW, today=day).held]
        ),
    }


def last_days(subject) -> tuple[date | None, date]:
    version = RecordVersion.objects.get(record__subject=subject)
    return version.public_until, version.use_until


def test_walk_the_days_around_each_end(world):
    firm, _person, *_rest = world
    public_until, use_until = last_days(firm)
    for end in (public_until, use_until):
        for day in (end - timedelta(days=1), end, end + timedelta(days=1), end + timedelta(days=2)):
            shown = firm_documents(world, day)
            assert shown["page"] == shown["list"] == shown["feed"] == (day <= public_until), day
            assert shown["enquiry"] == shown["report"] == (day <= use_until), day


def firm_documents(world, day: date) -> dict[str, bool]:
    _firm, _person, officer, _citizen, recipient = world
    page = publication.organisation_page(FIRM, day)
    rows = answer(about_firm(officer), today=day).rows
    sections = report.build(about_firm(officer), now=NOW, today=day).sections
    contents = [each["content"] for each in json.loads(feed.pull(recipient, 0, now=NOW, today=day).body)["deltas"]]
    return {
        "page": any(row.document_no == CANARY for group in page.groups.values() for row in group),
        "list": any(row.document_no == CANARY for row in publication.latest("all", day).rows),
        "enquiry": any(row.document_no == CANARY for row in rows),
        "report": any(row.document_no == CANARY for section in sections for row in section.rows),
        "feed": any(each and each["document_no"] == CANARY for each in contents),
    }


def test_a_persons_record_ends_by_itself_too(world):
    _firm, person, officer, citizen, _recipient = world
    _public, use_until = last_days(person)
    for day, there in ((use_until, 1), (use_until + timedelta(days=1), 0)):
        assert len(answer(about_person(officer), today=day).rows) == there
        assert len(own_file.read(person.id, citizen, now=NOW, today=day).held) == there


def test_after_the_end_no_answer_of_any_kind_holds_a_trace(world):
    firm, person, *_rest = world
    ends = [last_days(subject)[1] for subject in (firm, person)]
    for kind, text in answers(world, max(ends) + timedelta(days=1)).items():
        assert CANARY not in text, kind


@pytest.mark.slow
def test_on_every_day_of_four_years_the_hot_read_ends_when_the_law_says(world):
    firm, *_rest = world
    _public, use_until = last_days(firm)
    for days in range(4 * 366):
        day = TODAY + timedelta(days=days)
        assert bool(hot.standing(firm.id, day)) == (day <= use_until)
