"""Screening by exact code: admit, find, lists and measures in force for the matter, a row for each subject, one leaf.

Peer: the same work, subject by subject, as one writes it with the object mapper, in the same run. Limit: the machine
writing the rows of who looked and nothing else. CHENGXIN_BENCH_SUBJECTS sets the size (ten records each).
"""

from __future__ import annotations

import os
import random
import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bench import harness

if TYPE_CHECKING:
    from bench.screening_world import World

SUBJECTS = int(os.environ.get("CHENGXIN_BENCH_SUBJECTS", "20000"))
BATCH, BATCHES, PEER, ROUNDS = 5000, 4, 100, 5
MATTER, MATTER_NO = "government_procurement", "苏采〔2026〕77号"


def batches(world: World, chance: random.Random) -> list[Any]:
    """Return requests about everybody in turn, at random, five thousand subjects each."""
    from chengxin.catalogue import lawbook
    from chengxin.disclosure.screening.shapes import Asked, Screening
    from chengxin.rules.identifiers.verdict import CodeKind

    statute = str(lawbook.purpose(lawbook.matter(MATTER, world.today).purpose, world.today).basis[0])
    return [
        Screening(
            world.actor, MATTER, MATTER_NO, statute,
            tuple(Asked("organisation", CodeKind.USCC, code) for code in chance.sample(world.codes, BATCH)),
        )
        for _ in range(BATCHES)
    ]  # fmt: skip


def ours(world: World, chance: random.Random) -> Callable[[], None]:
    """Return the work of ours: a few batches."""
    from chengxin.disclosure.screening.asking import ask

    def work() -> None:
        for batch in batches(world, chance):
            ask(batch, now=world.now, today=world.today)

    return work


def plain(world: World, chance: random.Random) -> Callable[[], None]:
    """Return the work of the peer: one subject after the other through the object mapper, a leaf and a row each."""
    from django.db import transaction
    from django.db.models import Q

    from chengxin.catalogue import lawbook
    from chengxin.disclosure.models import Access, ScreeningHit
    from chengxin.ledger import services as ledger
    from chengxin.registry.models import Mandate, Organisation, RecordVersion
    from chengxin.rules.identifiers.check import check
    from chengxin.rules.identifiers.verdict import CodeKind
    from chengxin.supervision.models import Measure

    matter, day = lawbook.matter(MATTER, world.today), world.today

    def one(code: str) -> None:
        with transaction.atomic():
            found = Organisation.objects.select_related("subject__key").get(uscc=check(CodeKind.USCC, code).normalised)
            if Mandate.objects.filter(user=world.actor, subject=found.subject, until=None).exists():
                return
            in_use = Q(use_until=None) | Q(use_until__gte=day)
            versions = RecordVersion.objects.filter(
                in_use, record__subject=found.subject, known_until=None, ended_at=None, link_suspended=False
            )
            listed = list(
                versions.filter(record__item__item__code__in=matter.lists).select_related("record__item__item")
            )
            measures = Measure.objects.filter(
                record__in=versions.values("record"), code__in=matter.measures, starts_on__lte=day, ends_on__gte=day,
                lifted_at=None,
            )  # fmt: skip
            payload = {"actor": world.actor.pk, "subject": found.subject_id, "matter": MATTER_NO}
            entry = ledger.append("bench", payload, now=world.now, key=found.subject.key)
            access = Access.objects.create(
                id=uuid.uuid4(), entry=entry, at=world.now, actor=world.actor, agency=world.actor.agency,
                actor_role="enquirer", purpose=matter.purpose, basis_kind="statute", basis_ref="《政府采购法》",
                matter_no=MATTER_NO, subject=found.subject, outcome="answered", record_count=len(listed),
                visible_from=world.now,
            )  # fmt: skip
            for hit in [*listed, *measures]:
                ScreeningHit.objects.create(
                    access=access, agency=world.actor.agency, matter=MATTER, matter_no=str(uuid.uuid4()),
                    record_id=hit.record_id, measure=hit if isinstance(hit, Measure) else None, at=world.now,
                    due_on=day,
                )  # fmt: skip

    def work() -> None:
        for code in chance.sample(world.codes, PEER):
            one(code)

    return work


def rows_only(world: World) -> Callable[[], None]:
    """Return the least any such work must do: write one row of who looked for each subject."""
    from django.db import transaction

    from chengxin.disclosure.models import Outcome
    from chengxin.disclosure.screening import trace

    lines = tuple(trace.Line(None, Outcome.NO_FILE.value) for _ in range(BATCH))
    batch = trace.Batch(world.actor, "enquirer", "procurement", "statute", "《政府采购法》", MATTER, MATTER_NO,
                        Outcome.ANSWERED, lines=lines)  # fmt: skip

    def work() -> None:
        for _ in range(BATCHES):
            with transaction.atomic():
                trace.write(batch, world.now)

    return work


def measure(database: str) -> harness.Result:
    """Measure ours, the peer and the limit in turn, five rounds each, and return the medians."""
    harness.django_on(database)
    from bench.screening_http import served
    from bench.screening_world import build

    start = time.perf_counter()
    world = build(SUBJECTS)
    print(f"{SUBJECTS:,} subjects, {SUBJECTS * 10:,} records, filled in {time.perf_counter() - start:.0f} s")
    chance = random.Random(1)
    mine, busy = ours(world, chance), []

    def timed() -> None:
        before = time.process_time()
        mine()
        busy.append(time.process_time() - before)

    rounds = harness.interleaved({"ours": timed, "peer": plain(world, chance), "limit": rows_only(world)}, ROUNDS)
    whole = BATCH * BATCHES
    print(f"by processor time of this process: {whole / sorted(busy)[len(busy) // 2]:,.0f} subjects/s")
    http = served(world, chance)
    print(f"single over HTTP: {http.rate:,.0f} req/s, p99 {http.p99_ms:.1f} ms at {http.clients} clients")
    return harness.Result(
        "screening", rounds["ours"].rate(whole), rounds["peer"].rate(PEER), rounds["limit"].rate(whole), "subjects/s",
        SUBJECTS, peer_name="subject by subject with the Django ORM", database=database.split(":")[0],
        p99_ms=http.p99_ms, peak_mb=harness.peak_mb(),
    )  # fmt: skip


if __name__ == "__main__":
    harness.report(measure(os.environ.get("CHENGXIN_BENCH_PG", "sqlite")))
