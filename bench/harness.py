"""What every benchmark shares: a fresh database, medians of rounds, and one result line in one format.

Call ``django_on("sqlite")`` before importing any model, then ``rounds(work)``, then ``report(Result(...))``.
"""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import platform
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
SOURCE = Path(__file__).parents[1] / "src"
BOUND_MB, BOUNDED_ROWS = 1_500, 1_000_000
"""A file of so many rows is validated and admitted within so much memory."""
_place: list[Path] = []


@dataclass(frozen=True)
class Result:
    """One hot path: our figure, a peer's and the machine's limit, all in ``unit`` (larger is better)."""

    name: str
    ours: float
    peer: float | None
    limit: float | None
    unit: str
    n: int
    peer_name: str = ""
    database: str = ""
    p99_ms: float | None = None
    peak_mb: float | None = None
    # Only of a search: the share found among ten, the peer's, and the share of strangers called probable.
    recall: float | None = None
    peer_recall: float | None = None
    false_positive: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the peer's; larger is better."""
        return round(self.ours / self.peer, 2) if self.peer else None


@dataclass(frozen=True)
class Rounds:
    """The seconds that each round of a piece of work took."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Seconds of the middle round."""
        return statistics.median(self.seconds)

    def rate(self, n: int) -> float:
        """Return units a second in the middle round, for work of ``n`` units."""
        return n / self.median


def scratch() -> Path:
    """Return a folder of this process on real disk that is removed at the end, or CHENGXIN_BENCH_HOME, which stays."""
    if kept := os.environ.get("CHENGXIN_BENCH_HOME"):
        Path(kept).mkdir(parents=True, exist_ok=True)
        return Path(kept)
    if not _place:
        _place.append(Path(tempfile.mkdtemp(prefix="chengxin-bench-")))
        atexit.register(shutil.rmtree, _place[0], ignore_errors=True)
    return _place[0]


def django_on(database: str = "sqlite", *, migrate: bool = True) -> Path:
    """Set Django up with fresh keys on a fresh, migrated database and return the folder it lives in.

    ``database`` is "sqlite", or the URL of an empty PostgreSQL database. Must run before any model is imported.
    """
    if str(SOURCE) not in sys.path:
        sys.path.insert(0, str(SOURCE))
    folder = scratch()
    os.environ["CHENGXIN_VAR"] = str(folder)
    os.environ["CHENGXIN_DATABASE"] = f"sqlite:///{folder / 'bench.sqlite3'}" if database == "sqlite" else database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.config.settings")
    from chengxin.vault.keyfiles import create_keys

    if not (folder / "keys").exists():
        create_keys(folder / "keys")
    import django

    django.setup()
    if database == "sqlite" and not (folder / "bench.sqlite3").exists() and "CHENGXIN_MIGRATED_FILE" in os.environ:
        shutil.copyfile(os.environ["CHENGXIN_MIGRATED_FILE"], folder / "bench.sqlite3")
    if migrate:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
    return folder


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a fresh PostgreSQL for the time of a block and yield the URL of its empty database."""
    sys.path.insert(0, str(SOURCE.parent / "tools"))
    from postgres import cluster

    with cluster() as url:
        yield url


def rounds(work: Callable[[], Any], n: int = 5, *, warm_up: int = 1) -> Rounds:
    """Run a piece of work ``warm_up`` times unmeasured, then ``n`` times, and return what each round took."""
    for _ in range(warm_up):
        work()
    return Rounds(tuple(timed(work) for _ in range(n)))


def interleaved(works: dict[str, Callable[[], Any]], n: int = 5, *, warm_up: int = 1) -> dict[str, Rounds]:
    """Run several pieces of work in turn, so that a noisy machine is equally unkind to all of them."""
    for _ in range(warm_up):
        for work in works.values():
            work()
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(n):
        for name, work in works.items():
            seconds[name].append(timed(work))
    return {name: Rounds(tuple(values)) for name, values in seconds.items()}


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def elsewhere(work: Callable[..., Any], *arguments: object) -> Any:
    """Run in a process of its own, so that its memory is not counted as ours."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def peak_mb() -> float:
    """Return the largest memory this process has held, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def tree_peak_mb() -> float:
    """Return the sum of the largest memories of this process and of every living process below it, in MB.

    No moment held more than this: the peaks need not coincide, and pages that processes share are counted for each. A
    database server is not below this process.
    """
    below = [os.getpid()]
    for pid in below:
        below += (int(child) for task in Path(f"/proc/{pid}/task").glob("*") for child in _children(task))
    return round(sum(_highest_kb(pid) for pid in below) / 1024, 1)


def _children(task: Path) -> list[str]:
    try:
        return (task / "children").read_text().split()
    except FileNotFoundError:
        return []


def _highest_kb(pid: int) -> int:
    """Return the largest memory a process has held; one that has ended since holds nothing."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def check_bounded(result: Result) -> None:
    """Say the bound of memory and whether it holds; raises SystemExit when at most BOUNDED_ROWS rows break it."""
    peak = result.peak_mb or 0.0
    said = f"{result.name}: peak memory {peak:,.0f} MB at {result.n:,} rows, bound {BOUND_MB:,} MB"
    if result.n <= BOUNDED_ROWS and peak > BOUND_MB:
        raise SystemExit(f"{said}: EXCEEDED")
    print(said, flush=True)


def machine() -> str:
    """Return one line about the machine, to be printed beside figures."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load {load:.1f}"


def line(label: str, value: float, unit: str, note: str = "") -> None:
    """Print one figure of a table."""
    print(f"  {label:<44} {value:>14,.1f} {unit}  {note}".rstrip())


def report(result: Result) -> None:
    """Print ours, peer and limit, and as the last line one JSON object that is also written to bench/results."""
    print(f"{result.name}  ({machine()})")
    line("ours", result.ours, result.unit, result.database)
    if result.peer is not None:
        line("peer", result.peer, result.unit, f"{result.peer_name}; ours is {result.ratio} times this")
    if result.limit is not None:
        line("limit", result.limit, result.unit)
    record = {**asdict(result), "ratio": result.ratio}
    for key in ("recall", "peer_recall", "false_positive"):
        if record[key] is None:
            del record[key]
    for key in ("ours", "peer", "limit", "p99_ms"):
        record[key] = None if record[key] is None else round(record[key], 4)
    text = json.dumps(record, ensure_ascii=False)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{result.name}.json").write_text(text + "\n")
    print(text)
