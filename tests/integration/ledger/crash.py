"""Kill -9 a process that appends and sequences, again and again, then ask whether anything acknowledged is lost.

Run as ``python -m tests.integration.ledger.crash FOLDER KILLS [hasty]``; prints one JSON object. A "hasty" worker
acknowledges before its commit: the negative control, in which this harness must find losses.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BATCH = 5


def work(acknowledge: int, first: int, hasty: bool) -> None:
    """Append batches for ever, telling the parent about each once it may count on it."""
    from django.db import transaction

    from chengxin.ledger import services as ledger

    for n in range(first, first + 1_000_000, BATCH):
        with transaction.atomic(durable=True):
            ledger.append_many([ledger.Draft("a.b", {"n": n + k}) for k in range(BATCH)], now=NOW)
            if hasty:
                tell(acknowledge, {"leaves": n})
                time.sleep(0.002)
        if not hasty:
            tell(acknowledge, {"leaves": n})
        ledger.sequence(now=NOW)
        head = ledger.latest_checkpoint()
        tell(acknowledge, {"size": head.size, "root": bytes(head.root).hex()})


def tell(pipe: int, message: dict[str, object]) -> None:
    os.write(pipe, (json.dumps(message) + "\n").encode())


def one_life(rng: random.Random, first: int, hasty: bool) -> Iterator[dict[str, object]]:
    """Let a worker acknowledge a few things, kill it a random moment later, and yield all it acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        work(writing, first, hasty)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        for _ in range(rng.randrange(3, 12)):
            yield json.loads(said.readline())
        time.sleep(rng.uniform(0, 0.006))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        yield from (json.loads(line) for line in said if line.endswith("\n"))


def judge(told: list[dict[str, object]]) -> dict[str, object]:
    """Compare what was acknowledged with what is there."""
    from chengxin.ledger import services as ledger
    from chengxin.ledger.models import Checkpoint, Entry

    ledger.sequence(now=NOW)
    present = [payload["n"] for payload in ledger.payloads(list(Entry.objects.values_list("pk", flat=True))).values()]
    promised = {message["leaves"] + k for message in told if "leaves" in message for k in range(BATCH)}
    roots = {size: bytes(root).hex() for size, root in Checkpoint.objects.values_list("size", "root")}
    indices = list(Entry.objects.order_by("index").values_list("index", flat=True))
    return {
        "acknowledged": len(promised),
        "lost": len(promised - set(present)),
        "doubled": len(present) - len(set(present)),
        "gaps": indices != list(range(len(indices))),
        "heads": sum("size" in message for message in told),
        "heads_rewritten": sum(roots.get(m["size"]) != m["root"] for m in told if "size" in m),
        "sound": ledger.check(NOW).sound,
    }


def main() -> None:
    folder, kills, hasty = sys.argv[1], int(sys.argv[2]), "hasty" in sys.argv[3:]
    os.environ["CHENGXIN_VAR"], os.environ["CHENGXIN_DATABASE"] = folder, f"sqlite:///{folder}/crash.sqlite3"
    from chengxin.vault.keyfiles import create_keys

    create_keys(folder + "/keys")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", "ledger", verbosity=0)
    connection.close()  # Each child opens its own connection.
    rng, told = random.Random(25), []
    for life in range(kills):
        told += one_life(rng, life * 1_000_000, hasty)
    print(json.dumps({"kills": kills, **judge(told)}))


if __name__ == "__main__":
    main()
