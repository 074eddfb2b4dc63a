"""The whole set at a number: signed, page by page, written down, nothing past its time; and comparing what is held."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import DatabaseError, transaction
from tests import factories
from tests.factories import NOW, TODAY

from chengxin.accounts.models import Message
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.disclosure import fanout, feed, holdings, snapshot
from chengxin.disclosure.models import Delta, HeldSet, Receipt, SnapshotPage
from chengxin.ledger.models import Entry
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.rules import held_sets
from chengxin.rules.held_sets import Total
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


@pytest.fixture
def recipient(world):
    unit = factories.agency(factories.OTHER_AGENCY)
    return feed.contract(unit, "supervision", "GX-1", since=TODAY, until=TODAY + timedelta(days=900))


def penalty(world, n):
    return factories.record(world.firm, document_no=f"示交罚〔2026〕{n}号")


def pages(recipient, number=None, **changed):
    asked, cursor, bodies = {"now": NOW, "today": TODAY, **changed}, 0, []
    while cursor is not None:
        made = snapshot.page(recipient, number, cursor, **asked)
        bodies.append(json.loads(made.body))
        number, cursor = made.number, made.next_cursor
    return bodies


def held(recipient, **changed):
    return {UUID(each["record"]): each["number"] for page in pages(recipient, **changed) for each in page["records"]}


def end(record, now=NOW):
    registry.end_record(record, Cause.RESTORED, ref="T-1", now=now)
    feed.collect(now, TODAY)


def said(recipient, number, held, now=LATER, today=TODAY):
    return holdings.verify(recipient, number, held_sets.total(held), now=now, today=today)


def test_the_set_holds_every_record_once_as_it_stands_and_none_that_ended(world, recipient):
    gone, stays = penalty(world, 7), penalty(world, 8)
    feed.collect(NOW, TODAY)
    end(gone)
    (page,) = pages(recipient)
    records = {each["record"]: each["content"] for each in page["records"]}
    assert str(stays) in records and str(gone) not in records and all(records.values())
    assert page["complete"] and page["snapshot"] == Delta.objects.count() == page["next"]
    assert held(recipient, today=TODAY + timedelta(days=800)) == {}


def test_as_of_an_earlier_number_later_steps_are_left_to_the_deltas(world, recipient):
    first = penalty(world, 7)
    feed.collect(NOW, TODAY)
    number = snapshot.newest()
    penalty(world, 8)
    feed.collect(NOW, TODAY)
    end(first)
    before = held(recipient, number=number)
    assert first not in before and len(before) == number - 1
    deltas = json.loads(feed.pull(recipient, number, now=NOW, today=TODAY).body)["deltas"]
    kinds = {each["record"]: each["kind"] for each in deltas}
    assert kinds[str(first)] == "withdraw"
    with pytest.raises(snapshot.NoSuchNumber):
        snapshot.page(recipient, 99, now=NOW, today=TODAY)


def test_pages_join_without_gap_and_a_bucket_is_its_part_of_the_set(world, recipient, monkeypatch):
    for n in range(20, 25):
        penalty(world, n)
    feed.collect(NOW, TODAY)
    whole = held(recipient)
    monkeypatch.setattr(feed, "BATCH", 2)
    cut = pages(recipient)
    assert len(cut) == 4 and [page["complete"] for page in cut] == [False, False, False, True]
    assert held(recipient) == whole and len(whole) == 6
    parts = [held(recipient, bucket=bucket) for bucket in held_sets.by_bucket(whole)]
    assert {record: number for part in parts for record, number in part.items()} == whole
    assert sum(map(len, parts)) == len(whole)


def test_a_page_is_signed_and_written_down_before_it_is_given(world, recipient):
    feed.collect(NOW, TODAY)
    before = Entry.objects.count()
    made = snapshot.page(recipient, None, now=NOW, today=TODAY)
    key = Ed25519PublicKey.from_public_bytes(vault.public_key())
    key.verify(bytes.fromhex(made.signature), made.body.encode())
    row, entry = SnapshotPage.objects.get(), Entry.objects.latest("pk")
    assert Entry.objects.count() == before + 1 and row.entry == entry
    assert entry.kind == "feed"
    assert set(Receipt.objects.values_list("recipient", "with_content")) == {(recipient.pk, True)}
    assert (row.count, row.number, row.after, row.last) == (made.count, made.number, 0, made.number)


def test_outside_the_contract_nothing_is_given_or_compared(world, recipient):
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=901)):
        with pytest.raises(feed.NoContract):
            snapshot.page(recipient, None, now=NOW, today=day)
        with pytest.raises(feed.NoContract):
            said(recipient, 0, {}, today=day)
    assert not SnapshotPage.objects.exists() and not HeldSet.objects.exists()


def test_an_equal_set_verifies_every_receipt_and_settles_what_was_owed(world, recipient):
    gone = penalty(world, 7)
    feed.collect(NOW, TODAY)
    feed.pull(recipient, 0, now=NOW, today=TODAY)
    end(gone)
    assert feed.late(LATER) and not fanout.of_record(gone, LATER).settled
    verdict = said(recipient, snapshot.newest(), held(recipient))
    assert verdict.statement.agrees and verdict.buckets == {}
    assert feed.late(LATER) == [] and fanout.of_record(gone, LATER).settled
    (taker,) = fanout.of_record(gone, LATER).takers
    assert (taker.state, taker.verified_at) == ("verified", LATER)
    receipts = list(Receipt.objects.values_list("received_at", "applied_at", "verified_at"))
    assert receipts and all(all(row) for row in receipts)
    line = next(each for each in fanout.lines(LATER) if each.recipient == recipient.pk)
    assert line.agrees and line.compared_at == LATER


def test_a_different_set_verifies_nothing_and_says_in_which_buckets_to_look(world, recipient):
    gone, stays = penalty(world, 7), penalty(world, 8)
    feed.collect(NOW, TODAY)
    feed.pull(recipient, 0, now=NOW, today=TODAY)
    end(gone)
    mine = held(recipient)
    wrong = {**{record: number for record, number in mine.items() if record != stays}, uuid4(): 1}
    verdict = said(recipient, snapshot.newest(), wrong)
    assert not verdict.statement.agrees and verdict.should.count == len(mine)
    assert verdict.buckets == held_sets.by_bucket(mine)
    theirs = held_sets.by_bucket(wrong)
    assert held_sets.bucket_of(stays) in {each for each in verdict.buckets if verdict.buckets[each] != theirs.get(each)}
    assert not Receipt.objects.exclude(verified_at=None).exists() and feed.late(LATER)
    assert str(stays) not in repr(verdict)


def test_who_never_took_a_record_or_holds_one_step_too_old_does_not_agree(world, recipient):
    penalty(world, 7)
    feed.collect(NOW, TODAY)
    assert not said(recipient, snapshot.newest(), {}).statement.agrees
    mine = held(recipient)
    assert not said(recipient, snapshot.newest(), {record: n + 1 for record, n in mine.items()}).statement.agrees
    assert said(recipient, snapshot.newest(), mine).statement.agrees


def test_what_changes_after_the_number_is_no_difference_until_the_next_step_is_taken(world, recipient):
    record = penalty(world, 7)
    feed.collect(NOW, TODAY)
    number, mine = snapshot.newest(), held(recipient)
    registry.end_record(record, Cause.RESTORED, ref="T-1", now=NOW)
    assert said(recipient, number, mine).statement.agrees, "the feed has not come to it yet"
    feed.collect(NOW, TODAY)
    assert said(recipient, number, mine).statement.agrees
    assert not said(recipient, snapshot.newest(), mine).statement.agrees
    del mine[record]
    assert said(recipient, snapshot.newest(), mine).statement.agrees


def test_past_its_period_a_record_is_in_no_set_whoever_was_told(world, recipient):
    penalty(world, 7)
    feed.collect(NOW, TODAY)
    assert held(recipient)
    day = TODAY + timedelta(days=800)
    assert said(recipient, snapshot.newest(), {}, today=day).statement.agrees


def test_what_is_written_of_pages_sets_and_verification_is_never_changed(world, recipient):
    feed.collect(NOW, TODAY)
    said(recipient, snapshot.newest(), held(recipient))
    changes = [
        lambda: SnapshotPage.objects.update(count=9),
        lambda: HeldSet.objects.update(agrees=False),
        lambda: Receipt.objects.update(verified_at=LATER + timedelta(days=1)),
        lambda: HeldSet.objects.all()._raw_delete("default"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_the_centre_asks_for_a_comparison_and_hands_the_set_over(world, recipient):
    feed.collect(NOW, TODAY)
    officer = factories.user("centre-set", Role.CENTRE_OPERATOR, of=factories.agency())
    holdings.ask(recipient, actor=officer, now=NOW)
    assert Message.objects.get(mailbox=recipient.agency_id).kind == "feed_compare"
    (page,) = snapshot.handed_over(recipient, actor=officer, clock=lambda: NOW, today=TODAY)
    assert page.count == 1
    clerk = factories.user("clerk-set", Role.SOURCE_CLERK, of=factories.agency())
    with pytest.raises(NotPermitted):
        holdings.ask(recipient, actor=clerk, now=NOW)
    with pytest.raises(NotPermitted):
        list(snapshot.handed_over(recipient, actor=clerk, clock=lambda: NOW, today=TODAY))


def test_the_empty_set_of_an_empty_feed_agrees(world, recipient):
    assert holdings.verify(recipient, 0, Total(0, held_sets.total({}).sha256), now=NOW, today=TODAY).statement.agrees
