"""``crash``: an importing process is killed at random moments, again and again; nothing may be lost or doubled.

Each life resumes what stands open, as ``chengxin work`` does, and sends the file again; a moment later it is killed. A
load that comes to its end is followed by the next file. At the end every load is compared with one that nobody
interrupted. The negative control is a loader that takes its rows in one transaction and admits them in the next: the
harness must find that it loses rows. Its first kill is aimed at the gap between the two, because on a fast database
random moments may miss it; the others are random. ``CHENGXIN_CRASHES`` is the number of kills,
``CHENGXIN_CRASH_DATABASE`` sqlite, postgresql or both, ``CHENGXIN_BENCH_ROWS`` the rows of a file.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import IO, Any

os.environ.setdefault("CHENGXIN_BENCH_ROWS", "100000")

from bench import admit, harness

KILLS = {"sqlite": 300, "postgresql": 150}
CONTROL_KILLS = 12
_SHORTEST, _LONGEST = 0.05, 1.5
_SERIAL = re.compile(r"〔2026〕\d+?(\d{6})号")


class Loader:
    """Sends numbered files as one clerk; runs in the process that is to be killed."""

    def __init__(self) -> None:
        from chengxin.accounts.selectors import user_by_name

        self._clerk = user_by_name("clerk")

    def load(self, serial: int, content: bytes) -> int:
        """Resume what stands open, then send the file; return how many of its rows are records."""
        from chengxin.intake import services

        services.resume_all(now=admit.NOW, today=admit.TODAY)
        assert self._clerk is not None and self._clerk.agency is not None
        sent = services.submit(
            self._clerk.agency,
            admit.ITEM,
            f"{serial}.csv",
            io.BytesIO(content),
            actor=self._clerk,
            now=admit.NOW,
            today=admit.TODAY,
        )
        return int(sent.counts["admitted"])


def careless(in_gap: Callable[[], None]) -> None:
    """Break the loader on purpose: the rows leave their parcel in one transaction and are admitted in the next.

    ``in_gap`` is called between the two, when the rows are nowhere.
    """
    from django.db import transaction

    from chengxin.intake import admission, admitting, hands
    from chengxin.intake.matching import match
    from chengxin.intake.models import Parcel

    def batch(submission_id: Any, now: Any, today: Any) -> int:
        with transaction.atomic(durable=True):
            submission = admission.locked(submission_id)
            parcel = Parcel.objects.filter(submission=submission).order_by("number").first()
            rows = admission.unpacked(submission, parcel) if parcel else []
            if parcel:
                parcel.delete()
        if rows:
            in_gap()
            with transaction.atomic(durable=True):
                matches = match([row.reading for row in rows], today=today, now=now)
                admission.admit_matched(submission, rows, matches, now, today)
        return len(rows)

    # Helpers are processes of their own, which nobody has broken; here nobody helps.
    admitting._admit_free = admitting._admit_batch = batch
    admitting._admit_prepared = lambda submission, _number, now, today: batch(submission, now, today)
    hands.lend = lambda *_args, **_words: []


class Killer:
    """Lets children load file after file and kills them at random moments."""

    def __init__(self, kills: int, chance: random.Random, *, unsafe: bool) -> None:
        self._left, self._chance, self._unsafe = kills, chance, unsafe
        self.kills = self.loads = self.fell_back = 0
        self._patience, self._progress = _LONGEST, 0

    def run(self) -> None:
        """Kill as often as asked, then let the last load come to its end."""
        while self.kills < self._left:
            self._one_file(admit.as_file(self.loads + 1))

    def _one_file(self, content: bytes) -> None:
        while not self._one_life(content):
            self._note_progress()
        self.loads += 1

    def _one_life(self, content: bytes) -> bool:
        """Start a child; kill it after a random time, or wait for it when there were kills enough."""
        from django.db import connections

        connections.close_all()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            self._child(writing, content)
        os.close(writing)
        with os.fdopen(reading, "rb", buffering=0) as said:
            assert said.readline() == b"begin\n"
            done = self._waited(said)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        assert done or self.kills < self._left, "an uninterrupted load failed"
        self.kills += not done
        return done

    def _aims(self) -> bool:
        return self._unsafe and not self.kills

    def _waited(self, said: IO[bytes]) -> bool:
        """Wait until the child is to be killed, and tell whether it was done by then."""
        if self._aims():
            assert said.readline() == b"gap\n"
            return False
        wait = None if self.kills >= self._left else self._chance.uniform(_SHORTEST, self._patience)
        return bool(select.select([said], [], [], wait)[0]) and said.readline() == b"done\n"

    def _child(self, writing: int, content: bytes) -> None:
        loader = Loader()
        if self._unsafe:
            careless(partial(_hold, writing) if self._aims() else lambda: None)
        os.write(writing, b"begin\n")
        loader.load(self.loads + 1, content)
        os.write(writing, b"done\n")
        time.sleep(60)
        os._exit(0)

    def _note_progress(self) -> None:
        """Wait longer for a child after kills in which nothing came to stand, so that every moment is met."""
        now = _stands()
        self.fell_back += now < self._progress
        self._patience = _LONGEST if now > self._progress else min(self._patience * 1.5, 60)
        self._progress = max(now, self._progress)


def _hold(writing: int) -> None:
    """Say that the rows are nowhere, and stay there until the kill."""
    os.write(writing, b"gap\n")
    time.sleep(60)


def _stands() -> int:
    # In one statement: a helper of the killed process may still be ending its last transaction.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM intake_submission) + (SELECT count(*) FROM intake_submissionrow)"
            " + 100 * (SELECT count(*) FROM intake_parcel)"
        )
        return int(cursor.fetchone()[0])


def alike(text: str) -> str:
    """Take the number of the file out of a document number, so that all files read the same."""
    return _SERIAL.sub(r"〔2026〕0\1号", text)


def judge(reference: Counter[str], loads: int) -> dict[str, int]:
    """Compare every load with the uninterrupted one, and count what hangs on each record."""
    from tests.registers import digests

    from chengxin.accounts.models import Message
    from chengxin.intake.models import Admission, Parcel, RowState, Submission, SubmissionRow
    from chengxin.ledger import services as ledger
    from chengxin.ledger.models import Entry
    from chengxin.registry.models import Record, RecordVersion

    lost = doubled = 0
    for submission in Submission.objects.all():
        found = digests(submission.id, alike)
        lost += (reference - found).total()
        doubled += (found - reference).total()
    lost += (loads - Submission.objects.count()) * admit.ROWS
    wanted = loads * admit.ROWS
    ledger.sequence(now=admit.NOW)
    counted = {
        "records": Record.objects.count(),
        "versions": RecordVersion.objects.count(),
        "admissions": Admission.objects.count(),
        "rows": SubmissionRow.objects.filter(state=RowState.ADMITTED, sealed=None).count(),
        "leaves": Entry.objects.filter(kind="registry.record").count(),
        "letters": Message.objects.count(),
        "versions_with_a_leaf_of_their_own": RecordVersion.objects.values("entry_id").distinct().count(),
    }
    ends = Entry.objects.filter(kind__in=["submission", "submission.settled"]).count()
    return {
        "lost": lost,
        "doubled": doubled,
        "amiss": sum(count != wanted for count in counted.values()) + (ends != 2 * loads) + Parcel.objects.count(),
        "ledger_problems": len(ledger.check(admit.NOW).problems),
    }


def on(database: str, kills: int, reference: Path, *, unsafe: bool) -> dict[str, Any]:
    """Kill on one database and return what was found; a careless loader is the control."""
    _prepare(database)
    killer = Killer(kills, random.Random(os.environ.get("CHENGXIN_CRASH_SEED", "20261123")), unsafe=unsafe)
    start = time.perf_counter()
    killer.run()
    found = judge(Counter(json.loads(reference.read_text())), killer.loads)
    vendor = "sqlite" if database == "sqlite" else "postgresql"
    return {
        "name": f"crash-{vendor}" + ("-control" if unsafe else ""),
        "kills": killer.kills,
        "loads": killer.loads,
        "rows": admit.ROWS,
        **found,
        "fell_back": killer.fell_back,
        "seconds": round(time.perf_counter() - start),
    }


def _prepare(database: str) -> None:
    harness.django_on(database)
    sys.path.insert(0, str(harness.SOURCE.parent))
    if size := os.environ.get("CHENGXIN_CRASH_PARCEL"):
        from chengxin.intake import parcels

        parcels.SIZE = int(size)
    admit.Ours([])


def refer(path: Path) -> None:
    """Load one file without interruption and write down what the register then says."""
    from django.db import connection  # noqa: F401 — Django is set up by now.
    from tests.registers import digests

    from chengxin.intake.models import Submission

    assert Loader().load(1, admit.as_file(1)) == admit.ROWS
    path.write_text(json.dumps(digests(Submission.objects.get().id, alike)))


def sound(found: dict[str, Any]) -> bool:
    """Tell whether nothing was lost, doubled or amiss."""
    return not any(found[name] for name in ("lost", "doubled", "amiss", "ledger_problems", "fell_back"))


def child(*arguments: str) -> dict[str, Any]:
    """Run this module with arguments in a process of its own and return the object it prints last."""
    command = [sys.executable, "-m", "bench.crash", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.splitlines()
    return json.loads(lines[-1]) if lines else {}


def measure(vendor: str, reference: Path) -> bool:
    """Run the harness and its control on one kind of database and report both; False when anything was found."""
    kills = os.environ.get("CHENGXIN_CRASHES", str(KILLS[vendor]))
    control = os.environ.get("CHENGXIN_CRASH_CONTROL", str(CONTROL_KILLS))
    found = child("on", _fresh(vendor), kills, str(reference))
    caught = child("on", _fresh(vendor), control, str(reference), "unsafe")
    found["control_kills"], found["control_lost"] = caught["kills"], caught["lost"]
    print(json.dumps(found), flush=True)
    harness.RESULTS.mkdir(exist_ok=True)
    (harness.RESULTS / f"{found['name']}.json").write_text(json.dumps(found) + "\n")
    return sound(found) and not sound(caught)


_clusters = ExitStack()


def _fresh(vendor: str) -> str:
    """Return what names an empty database of a kind."""
    return "sqlite" if vendor == "sqlite" else _clusters.enter_context(harness.postgresql())


def main() -> int:
    """Run both databases, or one step of the work in a process of its own."""
    if sys.argv[1:2] == ["on"]:
        print(json.dumps(on(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]), unsafe="unsafe" in sys.argv)))
        return 0
    if sys.argv[1:2] == ["refer"]:
        _prepare("sqlite")
        refer(Path(sys.argv[2]))
        return 0
    wanted = os.environ.get("CHENGXIN_CRASH_DATABASE", "both")
    reference = harness.scratch() / "reference.json"
    with _clusters:
        child("refer", str(reference))
        return max(not measure(vendor, reference) for vendor in KILLS if wanted in ("both", vendor))


if __name__ == "__main__":
    sys.exit(main())
