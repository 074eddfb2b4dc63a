"""The feed: gap-free, in order, without content past its time, and with a list of who has not confirmed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests import factories
from tests.factories import NOW, TODAY

from chengxin.disclosure import feed
from chengxin.disclosure.models import Delta
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def recipient(world):
    agency = factories.agency(factories.AGENCY)
    end = TODAY + timedelta(days=900)
    return feed.contract(agency, "supervision", "GX-2026-01", since=TODAY, until=end)


def pulled(recipient, cursor=0, **changed):
    batch = feed.pull(recipient, cursor, **{"now": NOW, "today": TODAY, **changed})
    return json.loads(batch.body)["deltas"], batch


def the_firms_record(world):
    return factories.record(world.firm, document_no="示交罚〔2026〕7号")


def test_only_organisations_records_become_deltas_numbered_without_gaps(world, recipient):
    the_firms_record(world)
    assert feed.collect(NOW, TODAY) == 2
    assert feed.collect(NOW, TODAY) == 0
    deltas, batch = pulled(recipient)
    assert [(delta["number"], delta["kind"]) for delta in deltas] == [(1, "publish"), (2, "publish")]
    assert batch.next_cursor == 2 and all(delta["content"]["until"] for delta in deltas)


def test_a_batch_is_signed(world, recipient):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    feed.collect(NOW, TODAY)
    _deltas, batch = pulled(recipient)
    key = Ed25519PublicKey.from_public_bytes(vault.public_key())
    key.verify(bytes.fromhex(batch.signature), batch.body.encode())


def test_a_withdrawal_follows_its_publication_and_leaves_no_content_behind(world, recipient):
    record = the_firms_record(world)
    feed.collect(NOW, TODAY)
    registry.end_record(record, Cause.RESTORED, ref="T-1", now=NOW)
    feed.collect(NOW, TODAY)
    deltas, _batch = pulled(recipient)
    own = [(delta["kind"], delta["content"]) for delta in deltas if delta["record"] == str(record)]
    assert own == [("void", None), ("withdraw", None)]


def test_a_record_that_ended_before_it_was_fed_never_enters(world):
    record = the_firms_record(world)
    registry.end_record(record, Cause.DELETED, ref="T-1", now=NOW)
    feed.collect(NOW, TODAY)
    assert not Delta.objects.filter(record_id=record).exists()


def test_a_contested_link_is_withdrawn_and_its_confirmation_published_again(world, recipient):
    record = the_firms_record(world)
    feed.collect(NOW, TODAY)
    registry.suspend_link(record, ref="T-1", now=NOW)
    feed.collect(NOW, TODAY)
    registry.confirm_link(record, ref="T-1", now=NOW)
    feed.collect(NOW, TODAY)
    kinds = list(Delta.objects.filter(record_id=record).order_by("number").values_list("kind", flat=True))
    assert kinds == ["publish", "withdraw", "change"]


def test_past_its_period_a_record_is_in_no_batch(world, recipient):
    feed.collect(NOW, TODAY)
    deltas, _batch = pulled(recipient, today=TODAY + timedelta(days=800))
    assert [delta["content"] for delta in deltas] == [None]


def test_who_has_not_confirmed_a_withdrawal_is_listed(world, recipient):
    record = the_firms_record(world)
    feed.collect(NOW, TODAY)
    pulled(recipient)
    registry.end_record(record, Cause.RESTORED, ref="T-1", now=NOW)
    feed.collect(NOW, TODAY)
    later = NOW + timedelta(days=2)
    assert [late.contract_no for late in feed.late(later)] == ["GX-2026-01"]
    deltas, _batch = pulled(recipient, 2)
    feed.acknowledge(recipient, deltas[0]["number"], now=NOW)
    assert feed.late(later)
    feed.acknowledge(recipient, deltas[0]["number"], now=NOW, applied=True)
    assert feed.late(later) == []


def test_nothing_is_given_outside_the_contract(world, recipient):
    with pytest.raises(feed.NoContract):
        pulled(recipient, today=TODAY - timedelta(days=1))
    with pytest.raises(feed.UnknownDelta):
        feed.acknowledge(recipient, 99, now=NOW)
