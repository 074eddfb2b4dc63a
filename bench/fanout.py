"""One decision to 50 recipients: 10 slow, 5 down for a while, 3 that answer 500 at random, with 200 publications ahead.

The decision falls while the publications are still on their way. Nothing may be lost or doubled, and no recipient may
ever hold a record again that it was told to drop; the control, without order, shows that this can be measured.
Peer: the same claims and receipts in one sequential loop. Limit: the same bodies posted with nothing behind them.
"""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bench import harness
from bench.fanout_standins import DOWN, FLAKY, QUICK, SLOW, StandIn

PUBLISHED, DOWN_FOR, DECIDE_AFTER, LONGEST = 200, 6.0, 0.7, 60.0
MANNERS = (*[QUICK] * 32, *[SLOW] * 10, *[DOWN] * 5, *[FLAKY] * 3)


@dataclass
class Ran:
    """What one run showed: seconds until the live and until all had applied everything, and what went wrong."""

    live: float
    everyone: float
    deliveries: int
    lost: int
    doubled: int
    violations: int
    again: int
    stale: int


def uscc(n: int) -> str:
    """Return a valid synthetic code in an unassigned division."""
    from chengxin.rules.identifiers.orgcode import org_check_char
    from chengxin.rules.identifiers.uscc import uscc_check_char

    inner = f"MB{n:06d}"
    first = f"91320199{inner}{org_check_char(inner)}"
    return first + uscc_check_char(first)


def world() -> Any:
    """Fill the feed: one record that will be restored and the publications of twenty other firms."""
    from tests import factories, stages

    from chengxin.disclosure import feed
    from chengxin.registry import services as registry

    stage = stages.stage()
    for n in range(20):
        firm = factories.firm(uscc(n), f"测试企业{n}有限公司")
        numbers = range(PUBLISHED // 20)
        drafts = [factories.draft(firm, document_no=f"示交罚〔2026〕{n}-{k}号") for k in numbers]
        registry.admit_records(drafts, now=factories.NOW)
    feed.collect(factories.NOW, factories.TODAY)
    return stage


def standins(prefix: str) -> tuple[list[StandIn], dict[int, StandIn]]:
    """Open fifty recipients under contract, those that are down excepted; return them also by recipient."""
    from tests.factories import NOW, TODAY, agency

    from chengxin.disclosure import feed, push

    made, by_recipient, unit = [], {}, agency()
    for n, manner in enumerate(MANNERS):
        standin = StandIn(n, manner)
        ends = TODAY + timedelta(days=900)
        taker = feed.contract(unit, "supervision", f"{prefix}-{n}", since=TODAY, until=ends)
        push.register(taker, standin.url, now=NOW)
        by_recipient[taker.pk] = standin
        made.append(standin)
        if manner != DOWN:
            standin.open()
    return made, by_recipient


def behind(by_recipient: dict[int, StandIn]) -> set[str]:
    """Return the manners of those that have not acknowledged everything."""
    from chengxin.disclosure.models import Delta, Endpoint

    newest = Delta.objects.count()
    late = Endpoint.objects.filter(pk__in=by_recipient, cursor__lt=newest).values_list("pk", flat=True)
    return {by_recipient[pk].manner for pk in late}


@dataclass
class Run:
    """Fifty fresh recipients and one way to push to them, until all have everything."""

    prefix: str
    stage: Any
    sequential: bool

    def __post_init__(self) -> None:
        from chengxin.disclosure import push

        self.made, self.by_recipient = standins(self.prefix)
        self.pace, self.chance = push.Pace(first=0.2, break_after=8, pause=2.0), random.Random(7)
        self.pusher = push.Pusher(pace=self.pace, chance=self.chance)
        self.start, self.live, self.opened = time.perf_counter(), 0.0, False
        self.decided: datetime | None = None

    def passed(self) -> float:
        """Return the seconds since the beginning."""
        return time.perf_counter() - self.start

    def now(self) -> datetime:
        """Return the moment the platform is told, which runs as fast as the machine's own clock."""
        from tests.factories import NOW

        return NOW + timedelta(seconds=self.passed())

    def until_done(self) -> Ran:
        """Push until all have everything; the decision falls on the way where there is one."""
        from chengxin.disclosure.models import Endpoint

        while self.passed() < LONGEST and not self.events():
            self.push()
        everyone = self.passed()
        self.pusher.finish(self.now)
        for standin in self.made:
            standin.close()
        Endpoint.objects.filter(pk__in=self.by_recipient).update(closed_at=self.now())
        return judged(self.made, self.live, everyone, str(self.stage.record) if self.stage else "", self.decided)

    def events(self) -> bool:
        """Let happen what is due: the decision, recipients coming up; tell whether everyone has everything."""
        if not self.opened and self.passed() >= DOWN_FOR:
            self.opened = True
            for standin in self.made:
                if standin.manner == DOWN:
                    standin.open()
        if self.stage and self.decided is None and self.passed() >= DECIDE_AFTER:
            self.decided = decide(self.stage, self.now)
        missing = behind(self.by_recipient)
        if not self.live and not missing - {DOWN} and (self.decided or not self.stage):
            self.live = self.passed()
        return bool(self.live) and not missing

    def push(self) -> None:
        """Push for a moment."""
        from tests.factories import TODAY

        from chengxin.disclosure import push, wire

        if not self.sequential:
            self.pusher.step(self.now(), TODAY)
            self.pusher.wait(0.02)
            return
        for endpoint in push.due(self.now(), TODAY):
            job = push.claim(endpoint.pk, now=self.now(), today=TODAY, pace=self.pace)
            if job:
                reply = wire.post(job.url, job.body, job.headers)
                push.settle(job, reply, now=self.now(), pace=self.pace, chance=self.chance)


def decide(stage: Any, now: Any) -> datetime:
    """Let the decision be made and its withdrawal enter the feed; return the moment by which it was made."""
    from tests.factories import TODAY
    from tests.stages import restored

    from chengxin.disclosure import feed

    restored(stage)
    feed.collect(now(), TODAY)
    return now()


def judged(made: list[StandIn], live: float, everyone: float, target: str, decided: datetime | None) -> Ran:
    """Compare what every recipient holds with what it must hold."""
    expected = PUBLISHED + (0 if target else 1)
    lost = sum(abs(expected - len(each.held)) + (target in each.held) for each in made)
    stale = sum(
        record == target and decided is not None and datetime.fromisoformat(moment) > decided
        for each in made
        for record, moment in each.sent_content
    )
    live_ones = [each for each in made if each.manner != DOWN]
    return Ran(
        live,
        everyone,
        sum(len(each.applied) for each in live_ones),
        lost,
        sum(each.doubled() for each in made),
        sum(each.violations for each in made),
        sum(each.again for each in made),
        stale,
    )


def batches(target: str) -> list[bytes]:
    """Return what a pusher without order has in its queue: contents as they were, and the withdrawal at the end."""
    from tests.factories import NOW, TODAY

    from chengxin.disclosure import feed
    from chengxin.disclosure.models import Delta, Recipient

    recipient = Recipient.objects.order_by("pk")[0]
    deltas = list(Delta.objects.exclude(kind=Delta.WITHDRAW).order_by("number"))
    contents = feed.contents(deltas, recipient, TODAY)
    lines = [
        {
            "number": each.number,
            "record": str(each.record_id),
            "kind": each.kind,
            "at": each.at,
            "content": contents.get(each.pk),
        }
        for each in deltas
    ]
    last = {"number": len(deltas) + 1, "record": target, "kind": "withdraw", "at": NOW, "content": None}
    parts = [lines[:100], lines[100:], [last]]
    return [feed.canonical(recipient, 0, 0, part, NOW).encode() for part in parts]


def unordered(queue: list[bytes]) -> int:
    """Post everything to everyone at once, failures again and again; return the violations.

    The publication of the record is the first batch, its withdrawal the last: only luck keeps them apart.
    """
    from chengxin.disclosure import wire

    made = [StandIn(n, manner) for n, manner in enumerate(MANNERS) if manner != DOWN]
    for standin in made:
        standin.open()

    def deliver(standin: StandIn, n: int) -> None:
        headers = {"X-Chengxin-Event": str(n), "X-Chengxin-Time": "1970-01-01T00:00:00+08:00"}
        while wire.post(standin.url, queue[n], headers).failure:
            time.sleep(0.2)

    with ThreadPoolExecutor(64) as threads:
        list(threads.map(lambda pair: deliver(*pair), [(s, n) for s in made for n in range(len(queue))]))
    for standin in made:
        standin.close()
    return sum(each.violations for each in made)


def raw(body: bytes, posts: int = 400) -> float:
    """Return how many posts of a body a second quick recipients take, with nothing behind them."""
    from chengxin.disclosure import wire

    made = [StandIn(n, QUICK) for n in range(8)]
    for standin in made:
        standin.open()

    def deliver(n: int) -> None:
        headers = {"X-Chengxin-Event": str(n), "X-Chengxin-Time": "1970-01-01T00:00:00+08:00"}
        wire.post(made[n % 8].url, body, headers)

    with ThreadPoolExecutor(16) as threads:
        seconds = harness.timed(lambda: list(threads.map(deliver, range(posts))))
    for standin in made:
        standin.close()
    return posts / seconds


def show(name: str, ran: Ran) -> None:
    """Print one run."""
    harness.line(f"{name}: until all live recipients applied", ran.live, "s")
    harness.line(f"{name}: until all applied (down {DOWN_FOR:.0f} s)", ran.everyone, "s")
    wrong = {"lost": ran.lost, "doubled": ran.doubled, "order violations": ran.violations, "stale content": ran.stale}
    for what, count in wrong.items():
        harness.line(f"{name}: {what}", count, "")
    harness.line(f"{name}: repeated events, recognised", ran.again, "")


def measure() -> harness.Result:
    """Run the peer, ours, the control and the limit."""
    from django.conf import settings

    settings.CHENGXIN_PUSH_HOSTS = ["127.0.0.1"]
    stage = world()
    peer = Run("PEER", None, sequential=True).until_done()
    queue = batches(str(stage.record))
    ours = Run("OURS", stage, sequential=False).until_done()
    violations = unordered(queue)
    limit = raw(queue[0])
    show("ours", ours)
    show("peer", peer)
    harness.line("control without order: order violations", violations, "")
    if ours.lost or ours.doubled or ours.violations or ours.stale or not violations:
        raise SystemExit("the fan-out lost, doubled or misplaced something, or the control found nothing")
    return harness.Result(
        "fanout", ours.deliveries / ours.live, peer.deliveries / peer.live, limit * 100, "deliveries/s",
        ours.deliveries, peer_name="sequential loop, same receipts", database="sqlite", peak_mb=harness.peak_mb(),
    )  # fmt: skip


if __name__ == "__main__":
    harness.django_on("sqlite")
    harness.report(measure())
