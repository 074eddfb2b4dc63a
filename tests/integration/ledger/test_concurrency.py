"""Many writers and several sequencers at once still make one gap-free history."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from time import sleep

import pytest
from django.db import connection, transaction
from tests.integration.ledger.conftest import NOW

from chengxin.ledger import services as ledger
from chengxin.ledger.models import Checkpoint, Entry

WRITERS, ACTS = 4, 25


def append_acts(_writer, integrated):
    """Append one act after another; every fifth is given up, which leaves a gap in the ids.

    Halfway a writer waits until something was integrated, so that a busy machine too sees both go on at once.
    """
    try:
        for n in range(ACTS):
            assert n != ACTS // 2 or integrated.wait(60)
            with transaction.atomic():
                ledger.append("a.b", {"n": n}, now=NOW)
                transaction.set_rollback(n % 5 == 4)
        return 0
    finally:
        connection.close()


def sequence_meanwhile(written, integrated):
    """Sequence until everything is written; a fixed number of times might be over before the first writer begins."""
    count = 0
    try:
        while not written.is_set():
            count += ledger.sequence(now=NOW)
            if count:
                integrated.set()
            sleep(0.01)
        return count
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_writers_and_sequencers_at_once_make_one_history():
    written, begun = Event(), Event()
    with ThreadPoolExecutor(WRITERS + 3) as pool:
        writing = [pool.submit(append_acts, n, begun) for n in range(WRITERS)]
        sequencing = [pool.submit(sequence_meanwhile, written, begun) for _ in range(3)]
        wait(writing)
        written.set()
        integrated = sum(task.result() for task in writing + sequencing)
    integrated += ledger.sequence(now=NOW)
    kept = WRITERS * ACTS * 4 // 5
    assert integrated == kept == Entry.objects.count()
    assert sorted(Entry.objects.values_list("index", flat=True)) == list(range(kept))
    assert ledger.check(NOW).sound and Checkpoint.objects.count() > 1
