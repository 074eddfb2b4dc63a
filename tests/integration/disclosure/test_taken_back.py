"""After its source has taken a record back, every answer of every kind is without it, at once; its subject is told why.

Before the withdrawal each of the answers below has the record, so that none of them can be without it by mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests import disclosures, factories, filings, screenings
from tests.factories import FIRM, NOW, TODAY

from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.disclosure import feed, own_file, publication, report
from chengxin.disclosure.models import Recipient
from chengxin.disclosure.screening import effective
from chengxin.intake import withdrawals
from chengxin.intake.models import Admission
from chengxin.intake.withdrawals import Ground
from chengxin.registry import selectors as registry
from chengxin.registry import sourced
from chengxin.registry.models import Subject
from chengxin.supervision import selectors as supervision
from chengxin.ui import clock

pytestmark = pytest.mark.django_db
SONG = "示金丝雀〔2026〕1号"
GROUND = Ground("revoked", TODAY, "示复决〔2026〕3号", "复议机关撤销原决定")
MATTER = "government_procurement"


@dataclass
class World:
    """A firm with a penalty and a list entry with a measure, and a recipient of the feed."""

    firm: Subject
    record: UUID
    listing: UUID
    clerk: User
    officer: User
    owner: User
    recipient: Recipient


@pytest.fixture
def world() -> World:
    factories.law()
    clerk = filings.clerk(factories.agency())
    filings.file(filings.as_csv([{**filings.FIRM_ROW, "CF_WSH": SONG}]), clerk)
    taker = factories.agency(factories.OTHER_AGENCY, queries_records=True)
    recipient = feed.contract(taker, "supervision", "GX-1", since=TODAY, until=TODAY + timedelta(days=900))
    firm, record = registry.find_organisation(FIRM), Admission.objects.get().record_id
    assert firm is not None
    listing = screenings.listing(firm)
    screenings.measure(listing)
    officer = factories.user("officer", Role.ENQUIRER, of=taker)
    return World(firm, record, listing, clerk, officer, factories.citizen(firm, "owner"), recipient)


def _delivered(w: World) -> str:
    feed.collect(NOW, TODAY)
    return repr(feed.pull(w.recipient, 0, now=NOW, today=TODAY))


def _all(*answers: Any) -> str:
    """Return everything in an answer, also what its representation keeps back."""
    return repr([asdict(each) for each in answers])


def _own_report(w: World) -> str:
    return _all(report.build_own(w.firm.id, w.owner, now=NOW, today=TODAY))


def _own_records(w: World) -> str:
    return _all(*own_file.read(w.firm.id, w.owner, now=NOW, today=TODAY).held)


def _page(path: str) -> Callable[[World], str]:
    return lambda w: Client().get(path).content.decode()


# What each answer shows the record by: its document number, or the record itself where no number is given out.
ANSWERS: dict[str, Callable[[World], str]] = {
    "enquiry": lambda w: _all(disclosures.answer(disclosures.about_firm(w.officer))),
    "report for an authority": lambda w: _all(
        report.build(disclosures.about_firm(w.officer, "supervision"), now=NOW, today=TODAY)
    ),
    "own report": _own_report,
    "own file": _own_records,
    "organisation's page": lambda w: repr(publication.organisation_page(FIRM, TODAY)),
    "page of the portal": _page(f"/organisations/{FIRM}/"),
    "API of the portal": lambda w: repr(Client().get(f"/api/v1/organisations/{FIRM}").json()),
    "newest": lambda w: repr(publication.latest("penalties", TODAY)),
    "newest, page": _page("/latest/?kind=penalties"),
}
BY_RECORD: dict[str, Callable[[World], Any]] = {
    "measures in force": lambda w: [each.record_id for each in supervision.measures_in_force([w.firm.id], TODAY)],
    "screening": lambda w: [
        hit.record for hits in effective.screen([w.firm.id], MATTER, TODAY).values() for hit in hits
    ],
    "in use": lambda w: list(registry.in_use([w.firm.id], TODAY).values_list("record_id", flat=True)),
    "published": lambda w: list(registry.published(TODAY).values_list("record_id", flat=True)),
}


def take_back(w: World) -> None:
    withdrawals.withdraw(w.record, GROUND, actor=w.clerk, now=NOW, today=TODAY)
    sourced.withdraw(w.listing, ref="mistake:1", now=NOW)


@pytest.fixture(autouse=True)
def _today():
    with clock.moved_to(TODAY):
        yield


def test_before_the_withdrawal_every_answer_has_it(world):
    assert {name for name, ask in ANSWERS.items() if SONG not in ask(world)} == set()
    assert {name for name, ask in BY_RECORD.items() if world.listing not in ask(world)} == set()
    assert SONG in _delivered(world)


def test_after_the_withdrawal_no_answer_has_it(world):
    _delivered(world)
    take_back(world)
    assert {name for name, ask in ANSWERS.items() if SONG in ask(world)} == set()
    assert {name for name, ask in BY_RECORD.items() if {world.record, world.listing} & set(ask(world))} == set()


def test_a_report_made_before_says_that_it_is_superseded(world):
    made = report.build(disclosures.about_firm(world.officer, "supervision"), now=NOW, today=TODAY)
    own = report.build_own(world.firm.id, world.owner, now=NOW, today=TODAY)
    assert [report.verify(each.number, each.verify_code, TODAY).validity for each in (made, own)] == ["valid"] * 2
    take_back(world)
    assert [report.verify(each.number, each.verify_code, TODAY).validity for each in (made, own)] == ["superseded"] * 2


def test_who_was_given_it_receives_its_withdrawal(world):
    _delivered(world)
    take_back(world)
    told = feed.collect(NOW, TODAY)
    assert told == 2
    page = repr(feed.pull(world.recipient, 0, now=NOW, today=TODAY))
    assert "withdraw" in page and str(world.record) in page


def test_the_public_figures_count_it_no_more(world):
    for number in range(9):
        factories.record(world.firm, document_no=f"示〔2026〕{number}号")
    sourced.withdraw(world.listing, ref="mistake:1", now=NOW)
    assert dict(publication.statistics(TODAY))["penalties"] == 10
    withdrawals.withdraw(world.record, GROUND, actor=world.clerk, now=NOW, today=TODAY)
    assert dict(publication.statistics(TODAY))["penalties"] is None, "nine are too few to be shown"


def test_the_own_file_says_that_it_was_taken_back_and_why(world):
    take_back(world)
    found = own_file.read(world.firm.id, world.owner, now=NOW, today=TODAY).taken_back
    assert {(each.record, each.reason, each.at) for each in found} == {
        (world.record, "revoked", NOW),
        (world.listing, "mistake", NOW),
    }
    browser = Client()
    browser.force_login(world.owner)
    page = browser.get("/mine/").content.decode()
    assert "报送单位已撤回的记录" in page and "决定被撤销" in page and SONG not in page
    withdrawals.undo(world.record, "撤错了", actor=world.clerk, now=NOW)
    again = own_file.read(world.firm.id, world.owner, now=NOW, today=TODAY)
    assert [each.record for each in again.taken_back] == [world.listing] and [
        each.row.record for each in again.held
    ] == [world.record]
