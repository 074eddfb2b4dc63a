"""The fan-out of one end: who was given the record, how far the word has come, who is late, which reports are over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories
from tests.factories import NOW, TODAY

from chengxin.disclosure import fanout, feed, push, report
from chengxin.disclosure.wire import Reply
from chengxin.registry import services as registry
from chengxin.registry.models import Cause

pytestmark = pytest.mark.django_db
ENDS = TODAY + timedelta(days=900)


@pytest.fixture
def takers(world, settings):
    """Return three recipients: one pushed to, two that pull."""
    settings.CHENGXIN_PUSH_HOSTS = ["127.0.0.1"]
    codes = (factories.AGENCY, factories.OTHER_AGENCY, factories.AGENCY)
    made = [
        feed.contract(factories.agency(code), "supervision", f"GX-{n}", since=TODAY, until=ENDS)
        for n, code in enumerate(codes)
    ]
    push.register(made[0], "http://127.0.0.1:1/in", now=NOW)
    return made


@pytest.fixture
def record(world):
    placed = factories.record(world.firm, document_no="示交罚〔2026〕7号")
    feed.collect(NOW, TODAY)
    return placed


def pushed(taker, reply: Reply, now=NOW) -> None:
    job = push.claim(taker.pk, now=now, today=TODAY)
    assert job is not None
    push.settle(job, reply, now=now)


def ended(record, now=NOW):
    registry.end_record(record, Cause.RESTORED, ref="T-1", now=now)
    feed.collect(now, TODAY)


def states(record, now):
    return {each.contract_no: (each.state, each.late) for each in fanout.of_record(record, now).takers}


def test_every_recipient_has_its_own_state_and_its_own_lateness(record, takers):
    pushed(takers[0], Reply(applied=True))
    feed.pull(takers[1], 0, now=NOW, today=TODAY)
    ended(record)
    assert states(record, NOW) == {"GX-0": ("waiting", False), "GX-1": ("waiting", False)}
    pushed(takers[0], Reply(applied=True))
    feed.pull(takers[1], 2, now=NOW, today=TODAY)
    assert states(record, NOW) == {"GX-0": ("applied", False), "GX-1": ("given", False)}
    feed.acknowledge(takers[1], 3, now=NOW)
    assert states(record, NOW + timedelta(days=1)) == {"GX-0": ("applied", False), "GX-1": ("received", True)}
    assert [(each.contract_no, each.count) for each in fanout.laggards(NOW + timedelta(days=1))] == [("GX-1", 1)]
    feed.acknowledge(takers[1], 3, now=NOW + timedelta(days=2), applied=True)
    assert fanout.of_record(record, NOW + timedelta(days=3)).settled
    assert fanout.laggards(NOW + timedelta(days=3)) == []


def test_who_learned_only_of_the_end_owes_nothing(record, takers):
    ended(record)
    feed.pull(takers[1], 0, now=NOW, today=TODAY)
    assert fanout.of_record(record, NOW).takers == ()
    assert feed.late(NOW + timedelta(days=9)) == []


def test_why_a_recipient_cannot_be_reached_is_shown(record, takers):
    pushed(takers[0], Reply("timeout"))
    ended(record)
    [taker] = fanout.of_record(record, NOW).takers
    assert (taker.pushed, taker.failure, taker.state) == (True, "timeout", "waiting")
    assert taker.retry_at is not None and taker.retry_at > NOW
    line = next(each for each in fanout.lines(NOW) if each.contract_no == "GX-0")
    assert (line.failures, line.behind, line.pushed) == (1, 3, True)


def test_before_the_collector_has_run_the_withdrawal_is_still_awaited(record, takers):
    pushed(takers[0], Reply(applied=True))
    registry.end_record(record, Cause.RESTORED, ref="T-1", now=NOW)
    found = fanout.of_record(record, NOW)
    assert (found.fed, found.number, found.settled) == (True, None, False)
    assert [each.state for each in found.takers] == ["waiting"]


def test_a_persons_record_is_never_in_the_feed(world, takers):
    person = factories.record(world.person, document_no="示交罚〔2026〕8号")
    feed.collect(NOW, TODAY)
    found = fanout.of_record(person, NOW)
    assert (found.fed, found.settled, found.takers) == (False, True, ())


def test_the_newest_withdrawals_come_first(record, takers):
    pushed(takers[0], Reply(applied=True))
    ended(record)
    [found] = fanout.recent(NOW)
    assert (found.record, found.cause_ref, len(found.takers)) == (record, "T-1", 1)


def test_reports_made_before_are_counted_and_those_that_no_longer_hold(record, world):
    owner = factories.citizen(world.firm, "owner")
    made = report.build_own(world.firm.id, owner, now=NOW, today=TODAY)
    assert fanout.superseded(world.firm.id, NOW, TODAY) == fanout.Superseded(1, 0)
    ended(record)
    assert fanout.superseded(world.firm.id, NOW, TODAY) == fanout.Superseded(1, 1)
    assert report.verify(made.number, made.verify_code, TODAY).validity == "superseded"


def test_the_rule_is_a_dated_value_that_says_whether_it_was_checked():
    assert (fanout.rule(TODAY).value, fanout.rule(TODAY).verified) == (1, False)
    assert feed.confirm_by(NOW) == NOW + timedelta(days=1)
