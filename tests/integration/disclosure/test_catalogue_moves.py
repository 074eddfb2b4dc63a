"""A change of the catalogue reaches everyone: the portal and its figures at once, recipients by the next collection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests import factories as make
from tests.desks import BASIS, LATER, Desk, as_it_stands
from tests.factories import NOW

from chengxin.catalogue import overlay
from chengxin.disclosure import feed, publication
from chengxin.disclosure.models import Delta, Recipient
from chengxin.registry.selectors import published

pytestmark = pytest.mark.django_db
AFTER = LATER + timedelta(days=31)
TAX = "CF_XDR_SWDJ"


@pytest.fixture
def desk() -> Iterator[Desk]:
    make.law()
    overlay.put(overlay.Overlay())
    yield Desk()
    overlay.put(overlay.Overlay())


@pytest.fixture
def record(desk: Desk) -> UUID:
    """A published penalty of a firm that says something in a column of its own."""
    return make.record(make.firm(), content=make.penalty_content() | {TAX: "3201998800"})


@pytest.fixture
def recipient(record: UUID) -> Recipient:
    """A recipient that was given the record."""
    until = LATER + timedelta(days=900)
    found = feed.contract(make.agency(make.OTHER_AGENCY), "supervision", "GX-1", since=make.TODAY, until=until)
    feed.collect(NOW, make.TODAY)
    assert [each["kind"] for each in pulled(found, make.TODAY)] == ["publish"]
    return found


def pulled(recipient: Recipient, day: Any) -> list[dict[str, Any]]:
    return list(json.loads(feed.pull(recipient, 0, now=NOW, today=day).body)["deltas"])


def redefined(day: Any, **changed: Any) -> dict[str, Any]:
    return {"item": as_it_stands(make.PENALTY) | {"since": day.isoformat()} | changed}


def test_closing_an_item_withdraws_its_records_and_opening_it_gives_them_again(
    desk: Desk, recipient: Recipient, record: UUID
) -> None:
    desk.in_force(redefined(LATER, publicity="shared"))
    assert (feed.collect(NOW, LATER), feed.collect(NOW, LATER)) == (1, 0)
    assert [(e["kind"], e["content"]) for e in pulled(recipient, LATER)] == [("void", None), ("withdraw", None)]
    assert [late.number for late in feed.late(NOW + timedelta(days=9))] == [2]
    page = publication.organisation_page(make.FIRM, LATER)
    assert page is not None and page.count == 0
    desk.in_force(redefined(AFTER), AFTER)
    assert (feed.collect(NOW, AFTER), feed.collect(NOW, AFTER)) == (1, 0)
    again = pulled(recipient, AFTER)
    assert [(e["kind"], e["content"] is None) for e in again] == [
        ("publish", False),
        ("withdraw", True),
        ("change", False),
    ]
    assert set(Delta.objects.values_list("record_id", flat=True)) == {record}


def test_a_record_corrected_while_its_item_is_closed_stays_withdrawn(
    desk: Desk, recipient: Recipient, record: UUID
) -> None:
    from chengxin.registry import services as registry

    desk.in_force(redefined(LATER, publicity="shared"))
    feed.collect(NOW, LATER)
    registry.suspend_link(record, ref="T-1", now=NOW)
    registry.confirm_link(record, ref="T-1", now=NOW)
    feed.collect(NOW, LATER)
    assert {each["content"] is None for each in pulled(recipient, LATER)} == {True}
    assert Delta.objects.latest("number").kind == Delta.WITHDRAW


def test_a_retired_column_leaves_the_portal_and_holders_are_told_to_read_again(
    desk: Desk, recipient: Recipient, record: UUID
) -> None:
    columns = {"layout": "CF", "basis": BASIS, "since": LATER.isoformat(), "verified": False}
    before = publication.public_record(published(LATER).get())
    assert TAX in {each.code for each in before.fields}
    desk.in_force({"layout": columns | {"operation": "retire", "field": TAX}})
    after = publication.public_record(published(LATER).get())
    assert {each.code for each in before.fields} - {each.code for each in after.fields} == {TAX}
    assert (feed.collect(NOW, LATER), feed.collect(NOW, LATER)) == (1, 0)
    told = pulled(recipient, LATER)
    assert [each["kind"] for each in told] == ["publish", "change"]
    assert all(TAX not in each["content"]["fields"] for each in told)


def test_an_item_that_only_ends_withdraws_nothing(desk: Desk, recipient: Recipient) -> None:
    ended = {"retirement": {"code": make.PENALTY, "basis": BASIS, "since": LATER.isoformat(), "verified": False}}
    desk.in_force(ended)
    assert feed.collect(NOW, LATER) == 0
    assert [each["kind"] for each in pulled(recipient, LATER)] == ["publish"]


def test_a_person_leaves_the_portal_when_the_item_cites_no_law_any_more(desk: Desk) -> None:
    code = "JS-SF-01"
    make.record(make.person(), item=code)
    assert published(LATER).filter(record__subject__kind="person").count() == 1
    content = as_it_stands(code) | {"since": LATER.isoformat()}
    del content["person_public_basis"]
    desk.in_force({"item": content})
    assert not published(LATER).filter(record__subject__kind="person").exists()


def test_the_pages_of_the_portal_and_their_figures_move_with_the_catalogue(desk: Desk) -> None:
    for number in range(10):
        make.record(make.firm(), document_no=f"示交罚〔2026〕{number}号")
    figures, page = dict(publication.statistics(LATER)), publication.organisation_page(make.FIRM, LATER)
    assert figures["penalties"] == 10 and page is not None and page.count == 10
    desk.in_force(redefined(LATER, publicity="shared"))
    figures, page = dict(publication.statistics(LATER)), publication.organisation_page(make.FIRM, LATER)
    assert figures["penalties"] == 0 and page is not None and page.count == 0
