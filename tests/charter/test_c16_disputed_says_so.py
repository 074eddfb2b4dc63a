"""C16: while a record is disputed every answer that contains it says so, at once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests import factories
from tests.disclosures import about_firm, about_person, allowed, answer
from tests.factories import FIRM, NOW, TODAY

from chengxin.accounts.roles import Role
from chengxin.disclosure import feed, own_file, publication, report
from chengxin.registry import services as registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    factories.law()
    firm, person = factories.firm(), factories.person()
    records = factories.record(firm), factories.record(person)
    officer = factories.user("officer", Role.ENQUIRER, of=factories.agency(factories.OTHER_AGENCY))
    recipient = feed.contract(factories.agency(), "supervision", "GX-1", since=TODAY, until=TODAY + timedelta(days=30))
    feed.collect(NOW, TODAY)
    return records, person, officer, factories.citizen(person), recipient


def said(world) -> dict[str, bool]:
    """Return for every kind of answer whether it says that the record is disputed."""
    _records, person, officer, citizen, recipient = world
    consent = allowed(officer, citizen, purpose="contract_partner")
    page = publication.organisation_page(FIRM, TODAY)
    built = report.build(about_firm(officer), now=NOW, today=TODAY)
    delta = json.loads(feed.pull(recipient, 0, now=NOW, today=TODAY).body)["deltas"][0]
    return {
        "page": page.groups["penalties"][0].disputed,
        "list": publication.latest("all", TODAY).rows[0].disputed,
        "records": answer(about_firm(officer)).rows[0].disputed,
        "hits": answer(about_firm(officer, "procurement")).rows[0].disputed,
        "person": answer(about_person(officer)).rows[0].disputed,
        "yes or no": answer(about_person(officer, "contract_partner", authorisation_id=consent.pk)).disputed,
        "own file": own_file.read(person.id, citizen, now=NOW, today=TODAY).held[0].row.disputed,
        "report": next(row for section in built.sections for row in section.rows).disputed,
        "feed": delta["content"]["disputed"],
    }


def test_every_answer_says_so_while_it_lasts_and_none_before_or_after(world):
    records, *_rest = world
    assert not any(said(world).values())
    for record in records:
        registry.annotate(record, "disputed", ref="YY-1", now=NOW)
    assert all(said(world).values()), said(world)
    for record in records:
        registry.end_annotation(record, "disputed", ref="YY-1", now=NOW)
    assert not any(said(world).values())


def test_the_subjects_statement_and_a_repair_under_way_travel_with_the_record(world):
    records, _person, officer, *_rest = world
    registry.annotate(records[0], "statement", ref="YY-1", now=NOW, text="已于当月缴清罚款。")
    registry.annotate(records[0], "under_repair", ref="XF-1", now=NOW)
    (row,) = answer(about_firm(officer)).rows
    assert (row.statement, row.under_repair) == ("已于当月缴清罚款。", True)
