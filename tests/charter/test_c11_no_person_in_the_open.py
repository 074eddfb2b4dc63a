"""C11: no natural person is in the open portal unless the catalogue item cites the law that orders publication."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests import factories
from tests.factories import NOW, TODAY

from chengxin.catalogue import lawbook
from chengxin.catalogue import services as catalogue
from chengxin.disclosure import feed, publication
from chengxin.disclosure.models import Delta
from chengxin.registry import selectors as registry
from chengxin.registry.models import RecordVersion

pytestmark = pytest.mark.django_db


def test_a_persons_penalty_is_published_nowhere_on_any_day():
    factories.law()
    person = factories.person()
    factories.record(person)
    for days in range(0, 1500, 50):
        day = TODAY + timedelta(days=days)
        assert not registry.published(day).filter(record__subject=person).exists()
        assert publication.latest("all", day).rows == ()
        assert all(not count for _group, count in publication.statistics(day))


def test_only_an_item_that_cites_the_law_lets_a_persons_record_be_public():
    factories.law()
    person = factories.person()
    factories.record(person)
    assert RecordVersion.objects.get(record__subject=person).public_from is None
    definition = next(item for item in lawbook.items() if item.code == factories.PENALTY)
    changed = replace(definition, person_public_basis=definition.basis[0], since=TODAY - timedelta(days=1))
    catalogue.load_law(NOW, [changed])
    factories.record(person, document_no="示交罚〔2026〕3号")
    assert registry.published(TODAY).filter(record__subject=person).count() == 1


def test_lists_statistics_and_feed_leave_persons_out_even_then():
    factories.law()
    definition = next(item for item in lawbook.items() if item.code == factories.PENALTY)
    changed = replace(definition, person_public_basis=definition.basis[0], since=TODAY - timedelta(days=1))
    catalogue.load_law(NOW, [changed])
    factories.record(factories.person())
    feed.collect(NOW, TODAY)
    assert publication.latest("all", TODAY).rows == ()
    assert not Delta.objects.exists()


def test_a_search_by_a_persons_name_or_number_finds_nothing():
    factories.law()
    factories.person()
    assert publication.search("沈清和") == publication.search(factories.CITIZEN) == []
    assert publication.organisation_page(factories.CITIZEN, TODAY) is None
