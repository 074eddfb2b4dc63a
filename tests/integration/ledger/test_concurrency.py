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


def append_acts(_writer):
    """Append one act after another; every fifth is given up, which leaves a gap in the ids."""
    try:
        for n in range(ACTS):
            with transaction.atomic():
                ledger.append("a.b", {"n": n}, now=NOW)
                transaction.set_rollback(n % 5 == 4)
        return 0
    finally:
        connection.close()


def sequence_meanwhile(written):
    """Sequence until everything is written; a fixed number of times might be over before the first writer begins."""
    integrated = 0
    try:
        while not written.is_set():
            integrated += ledger.sequence(now=NOW)
            sleep(0.01)
        return integrated
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_writers_and_sequencers_at_once_make_one_history():
    written = Event()
    with ThreadPoolExecutor(WRITERS + 3) as pool:
        writing = [pool.submit(append_acts, n) for n in range(WRITERS)]
        sequencing = [pool.submit(sequence_meanwhile, written) for _ in range(3)]
        wait(writing)
        written.set()
        integrated = sum(task.result() for task in writing + sequencing)
    integrated += ledger.sequence(now=NOW)
    kept = WRITERS * ACTS * 4 // 5
    assert integrated == kept == Entry.objects.count()
    assert sorted(Entry.objects.values_list("index", flat=True)) == list(range(kept))
    assert ledger.check(NOW).sound and Checkpoint.objects.count() > 1
