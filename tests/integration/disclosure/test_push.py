"""Pushing: at least once, in order, nothing of an ended record, nobody held up, nothing lost when a process dies."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests import factories
from tests.factories import NOW, TODAY

from chengxin.disclosure import feed, push, wire
from chengxin.disclosure.models import Delta, Endpoint, Receipt
from chengxin.disclosure.wire import Reply
from chengxin.registry import services as registry
from chengxin.registry.models import Cause
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db
PACE = push.Pace(first=1, break_after=3, pause=60, lease=30)


class Recorder:
    """A recipient that keeps what it is sent and answers as told; ``fails`` are answers given before it behaves."""

    def __init__(self, *fails: str, applies: bool = True) -> None:
        self.fails, self.applies, self.seen = list(fails), applies, []

    def __call__(self, url: str, body: bytes, headers) -> Reply:
        self.seen.append((dict(headers), json.loads(body), body))
        return Reply(self.fails.pop(0)) if self.fails else Reply(applied=self.applies, took_ms=3)

    def lines(self) -> list[tuple[str, bool]]:
        """Return kind of every line received, and whether content came with it."""
        return [(line["kind"], line["content"] is not None) for _h, whole, _b in self.seen for line in whole["deltas"]]


class Highest:
    """A chance that always chooses the longest wait."""

    def uniform(self, low: float, high: float, /) -> float:
        return high


@pytest.fixture(autouse=True)
def allowed(settings):
    settings.CHENGXIN_PUSH_HOSTS = ["127.0.0.1"]


@pytest.fixture
def recipient(world):
    end = TODAY + timedelta(days=900)
    return feed.contract(factories.agency(), "supervision", "GX-2026-01", since=TODAY, until=end)


@pytest.fixture
def endpoint(recipient):
    return push.register(recipient, "http://127.0.0.1:1/in", now=NOW)


def attempt(endpoint, send, now=NOW, today=TODAY) -> bool:
    """Make one attempt; tell whether there was anything to send."""
    job = push.claim(endpoint.pk, now=now, today=today, pace=PACE)
    if job is None:
        return False
    push.settle(job, send(job.url, job.body, job.headers), now=now, pace=PACE, chance=Highest())
    return True


def one_more(world, number: str = "示交罚〔2026〕7号"):
    record = factories.record(world.firm, document_no=number)
    feed.collect(NOW, TODAY)
    return record


def end(record, now=NOW):
    registry.end_record(record, Cause.RESTORED, ref="T-1", now=now)
    feed.collect(now, TODAY)


def test_everything_arrives_once_signed_with_event_and_moment(world, endpoint):
    one_more(world)
    taker = Recorder()
    assert attempt(endpoint, taker) and not attempt(endpoint, taker)
    [(headers, whole, body)] = taker.seen
    assert [line["number"] for line in whole["deltas"]] == [1, 2] and whole["next"] == 2
    text = push.signed_text(headers["X-Chengxin-Event"], headers["X-Chengxin-Time"], body)
    signature = bytes.fromhex(headers["X-Chengxin-Signature"])
    Ed25519PublicKey.from_public_bytes(vault.public_key()).verify(signature, text)
    assert headers["X-Chengxin-Key"] == push.key_id()
    assert not Receipt.objects.filter(applied_at=None).exists()


def test_a_failed_batch_is_the_same_event_again_and_waits_longer_each_time(world, endpoint):
    one_more(world)
    taker = Recorder("timeout", "http_500")
    attempt(endpoint, taker)
    assert not attempt(endpoint, taker), "it waits before it tries again"
    attempt(endpoint, taker, NOW + timedelta(seconds=1))
    one_more(world, "示交罚〔2026〕8号")
    assert not attempt(endpoint, taker, NOW + timedelta(seconds=2))
    attempt(endpoint, taker, NOW + timedelta(seconds=3))
    events = [headers["X-Chengxin-Event"] for headers, _whole, _body in taker.seen]
    assert len(events) == 3 and len(set(events)) == 1
    assert attempt(endpoint, taker, NOW + timedelta(seconds=3)), "what came later is the next event"
    assert len({headers["X-Chengxin-Event"] for headers, _whole, _body in taker.seen}) == 2


def test_the_circuit_opens_after_repeated_failures_and_closes_at_the_first_success(world, endpoint):
    one_more(world)
    taker, now = Recorder("refused", "refused", "refused"), NOW
    for seconds in (0, 1, 2):
        now += timedelta(seconds=seconds)
        assert attempt(endpoint, taker, now)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failure) == (3, "refused")
    assert endpoint.retry_at == now + timedelta(seconds=60)
    assert not attempt(endpoint, taker, now + timedelta(seconds=59))
    assert attempt(endpoint, taker, now + timedelta(seconds=60))
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failure, endpoint.retry_at) == (0, "", None)


def test_a_withdrawal_comes_after_its_publication_also_when_the_first_attempt_got_lost(world, endpoint):
    record = one_more(world)
    taker = Recorder("timeout")
    attempt(endpoint, taker)
    end(record)
    later = NOW + timedelta(seconds=5)
    while attempt(endpoint, taker, later):
        continue
    assert taker.lines() == [("publish", True), ("publish", True), ("publish", True), ("withdraw", False)]
    again = [line["record"] for _h, whole, _b in taker.seen[1:] for line in whole["deltas"] if line["content"]]
    assert str(record) not in again, "the second attempt no longer holds what ended meanwhile"


def test_within_one_round_what_ended_or_became_disputed_is_noticed_by_the_next_recipient(world, endpoint):
    record = one_more(world)
    other = feed.contract(factories.agency(), "supervision", "GX-2", since=TODAY, until=TODAY + timedelta(days=9))
    push.register(other, "http://127.0.0.1:1/2", now=NOW)
    reading = push.Reading()
    first = push.claim(endpoint.pk, now=NOW, today=TODAY, pace=PACE, reading=reading)
    kept = next(delta for delta in Delta.objects.all() if delta.record_id != record)
    registry.annotate(kept.record_id, "disputed", ref="T-1", now=NOW)
    registry.end_record(record, Cause.RESTORED, ref="T-1", now=NOW)
    second = push.claim(other.pk, now=NOW, today=TODAY, pace=PACE, reading=reading)
    assert first is not None and len(first.numbers) == 2
    assert second is not None and second.numbers == (kept.number,)
    assert json.loads(second.body)["deltas"][0]["content"]["disputed"] is True


def test_a_record_that_ended_before_it_was_ever_sent_is_passed_over_with_its_withdrawal(world, endpoint):
    record = one_more(world)
    end(record)
    taker = Recorder()
    attempt(endpoint, taker)
    assert taker.lines() == [("publish", True)]
    assert not Receipt.objects.filter(delta__record=record).exists()
    assert feed.late(NOW + timedelta(days=9)) == []


def test_a_withdrawal_outlives_the_contract_and_nothing_else_does(world, recipient, endpoint):
    record = one_more(world)
    taker = Recorder()
    attempt(endpoint, taker)
    end(record)
    one_more(world, "示交罚〔2026〕9号")
    over = TODAY + timedelta(days=901)
    assert attempt(endpoint, taker, NOW + timedelta(days=901), over)
    assert taker.lines()[2:] == [("withdraw", False)]


def test_nothing_leaves_before_the_contract_begins(world, recipient, endpoint):
    one_more(world)
    assert push.due(NOW, TODAY).exists()
    assert not push.due(NOW, TODAY - timedelta(days=1)).exists()


def test_what_was_pulled_and_applied_is_not_pushed_again(world, recipient, endpoint):
    one_more(world)
    feed.pull(recipient, 0, 1, now=NOW, today=TODAY)
    feed.acknowledge(recipient, 1, now=NOW, applied=True)
    taker = Recorder()
    attempt(endpoint, taker)
    assert [line["number"] for _h, whole, _b in taker.seen for line in whole["deltas"]] == [2]


def test_received_is_not_applied(world, recipient, endpoint):
    record = one_more(world)
    taker = Recorder(applies=False)
    attempt(endpoint, taker)
    end(record)
    attempt(endpoint, taker)
    day_after = NOW + timedelta(days=1)
    assert [late.contract_no for late in feed.late(day_after)] == ["GX-2026-01"]
    feed.acknowledge(recipient, Delta.objects.get(kind="withdraw").number, now=day_after, applied=True)
    assert feed.late(day_after) == []


def test_after_a_kill_the_lease_runs_out_and_the_same_event_is_sent_again(world, endpoint):
    one_more(world)
    dead = push.claim(endpoint.pk, now=NOW, today=TODAY, pace=PACE)
    assert dead is not None
    taker = Recorder()
    assert not attempt(endpoint, taker, NOW + timedelta(seconds=29)), "one batch at a time for a recipient"
    assert attempt(endpoint, taker, NOW + timedelta(seconds=30))
    assert taker.seen[0][0]["X-Chengxin-Event"] == dead.headers["X-Chengxin-Event"]
    assert push.settle(dead, Reply("timeout"), now=NOW + timedelta(seconds=31), pace=PACE) == 0
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.cursor) == (0, 2), "the dead process can no longer write over the living"


def test_a_correction_out_of_sight_is_told_as_a_withdrawal(world, recipient, endpoint):
    record = one_more(world)
    taker = Recorder()
    attempt(endpoint, taker)
    changed = {"CF_NR_FK": {"fen": 400_000, "original": "0.4", "unit": "万元"}}
    registry.correct_record(record, changed, ref="T-1", now=NOW, today=TODAY)
    feed.collect(NOW, TODAY)
    assert Delta.objects.get(number=3).kind == "change"
    over = TODAY + timedelta(days=901)
    attempt(endpoint, taker, NOW + timedelta(days=901), over)
    assert taker.lines()[2:] == [("withdraw", False)]


def test_the_slow_and_the_failing_share_half_of_the_threads(world):
    one_more(world)
    release = Event()
    ends = TODAY + timedelta(days=9)
    for n in range(4):
        made = feed.contract(factories.agency(), "supervision", f"GX-{n}", since=TODAY, until=ends)
        push.register(made, f"http://127.0.0.1:1/{n}", now=NOW)
    Endpoint.objects.filter(recipient__contract_no__in=["GX-0", "GX-1"]).update(took_ms=2000)

    def send(url: str, body: bytes, headers) -> Reply:
        if url[-1] in "01":
            release.wait(10)
        return Reply(applied=True, took_ms=1)

    pusher = push.Pusher(send, PACE, workers=2)
    for _ in range(40):
        pusher.step(NOW, TODAY)
        pusher.wait(0.02)
    done = Endpoint.objects.filter(cursor__gt=0).values_list("recipient__contract_no", flat=True)
    assert set(done) == {"GX-2", "GX-3"}
    release.set()
    while pusher.wait(5):
        pusher.step(NOW, TODAY)
    pusher.finish(lambda: NOW)
    assert Endpoint.objects.filter(cursor__gt=0).count() == 4


def test_two_processes_never_hold_one_recipient_together(world, endpoint):
    one_more(world)
    first = push.claim(endpoint.pk, now=NOW, today=TODAY, pace=PACE)
    assert first is not None and push.claim(endpoint.pk, now=NOW, today=TODAY, pace=PACE) is None


def test_a_closed_endpoint_is_left_alone_and_a_moved_one_starts_anew(world, recipient, endpoint):
    one_more(world)
    push.close(recipient, now=NOW)
    assert not attempt(endpoint, Recorder())
    assert not push.due(NOW, TODAY).exists()
    push.register(recipient, "http://127.0.0.1:2/in", now=NOW)
    assert attempt(endpoint, Recorder())


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.8/in",
        "https://elsewhere.example/in",
        "https://user:word@127.0.0.1/in",
        "ftp://127.0.0.1/in",
        "http://127.0.0.1:99999/in",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_addresses_on_the_operators_list(recipient, url):
    with pytest.raises(wire.AddressNotAllowed):
        push.register(recipient, url, now=NOW)


def test_plain_http_only_on_this_machine(settings):
    settings.CHENGXIN_PUSH_HOSTS = ["recipient.example:8443", "recipient.example"]
    assert wire.check_address("https://recipient.example:8443/in").port == 8443
    with pytest.raises(wire.AddressNotAllowed):
        wire.check_address("http://recipient.example/in")


def test_by_default_nothing_is_pushed_anywhere(recipient, settings):
    from chengxin.config import settings as shipped

    settings.CHENGXIN_PUSH_HOSTS = shipped.CHENGXIN_PUSH_HOSTS
    with pytest.raises(wire.AddressNotAllowed):
        push.register(recipient, "http://127.0.0.1/in", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_pushers_racing_for_one_recipient_send_each_batch_once(world, endpoint):
    from django.db import connection

    one_more(world)

    def claim(_n: int) -> bool:
        try:
            return push.claim(endpoint.pk, now=NOW, today=TODAY, pace=PACE) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(claim, range(8))) == 1
