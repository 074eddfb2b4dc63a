"""Who looked, page by page: nothing twice, nothing left out, in one order, and no page reads the whole list."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from tests import factories
from tests.disclosures import about_person, answer
from tests.factories import NOW

from chengxin.disclosure import own_file, own_looks
from chengxin.disclosure.models import Access, Outcome
from chengxin.registry import looks as sources
from chengxin.registry.models import RecordVersion

pytestmark = pytest.mark.django_db


def copies(world, count: int):
    """Give the person reads that share a moment and an entry, as those of one screening do, and later ones."""
    first = Access.objects.get(entry=answer(about_person(world.officer)).entry)
    made = [
        Access(
            id=uuid4(), entry_id=first.entry_id, at=NOW + timedelta(minutes=n // 3), actor=first.actor,
            agency=first.agency, actor_role=first.actor_role, purpose=first.purpose, basis_kind=first.basis_kind,
            basis_ref=first.basis_ref, matter_no=first.matter_no, subject=first.subject, outcome=Outcome.ANSWERED,
            visible_from=NOW + timedelta(minutes=n // 3),
        )
        for n in range(count)
    ]  # fmt: skip
    Access.objects.bulk_create(made)


def paged(world, size: int, now):
    found, cursor = [], ""
    while True:
        page = own_looks.page(world.person.id, world.citizen, now=now, size=size, cursor=cursor)
        found += page.looks
        cursor = page.cursor
        if not cursor:
            return found


@pytest.mark.parametrize("size", [1, 4, 100])
def test_the_pages_together_are_the_whole_list_in_its_order(world, size):
    copies(world, 10)
    own_file.read(world.person.id, world.citizen, now=NOW, today=factories.TODAY)
    version = RecordVersion.objects.get(record__subject=world.person)
    sources.note(version, actor=world.officer, now=NOW + timedelta(minutes=1))
    later = NOW + timedelta(hours=1)
    whole = own_looks.who_looked(world.person.id, world.citizen, now=later).looks
    others = [each.access for each in whole if each.basis_kind != "own"]
    assert [each.access for each in paged(world, size, later)] == others and len(others) == 12
    counted = own_looks.counted(world.person.id, world.citizen, now=later)
    assert (counted.others, counted.own, counted.own_last) == (12, 1, NOW)


def test_a_page_costs_the_same_however_long_the_list_is(world, django_assert_max_num_queries):
    copies(world, 500)
    later = NOW + timedelta(days=1)
    with django_assert_max_num_queries(12):
        page = own_looks.page(world.person.id, world.citizen, now=later, size=20)
        assert len(page.looks) == 20 and page.cursor
        assert own_looks.counted(world.person.id, world.citizen, now=later).others == 501


@pytest.mark.parametrize("cursor", ["x", "é", "a" * 5000, "MjAyNg", "%00"])
def test_a_cursor_that_cannot_be_read_is_the_first_page(world, cursor):
    copies(world, 3)
    later = NOW + timedelta(days=1)
    first = own_looks.page(world.person.id, world.citizen, now=later, size=2)
    assert own_looks.page(world.person.id, world.citizen, now=later, size=2, cursor=cursor) == first


def test_a_page_withholds_what_may_not_be_seen_yet_and_is_nobody_elses(world):
    copies(world, 6)
    assert len(paged(world, 2, NOW)) == 4
    stranger = factories.user("stranger", *_citizen())
    for asked in (own_looks.counted, lambda *a, **k: own_looks.page(*a, size=2, **k)):
        with pytest.raises(own_file.NotYours):
            asked(world.person.id, stranger, now=NOW)


def _citizen():
    from chengxin.accounts.roles import Role

    return (Role.CITIZEN,)


def test_the_page_leads_to_older_ones_and_back(client, world):
    copies(world, 45)
    client.force_login(world.citizen)
    first = client.get("/mine/lookups/").content.decode()
    assert first.count("panel look") == 20 and "更早的查询" in first and "回到最近" not in first
    href = first.split('href="/mine/lookups/?before=')[1].split('"')[0]
    second = client.get(f"/mine/lookups/?before={href}").content.decode()
    assert second.count("panel look") == 20 and "回到最近" in second
