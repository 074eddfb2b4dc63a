"""The open site over HTTP with everything loaded: every page of it, whole answers, one client after another.

Peer: the same content as one writes it with the object mapper and a template, from the same server in the same run; of
a page that is kept figures, the counting. Limit: the issue's 100 ms, as pages a second of one client. The figure of the
bench is the slowest page's. CHENGXIN_BENCH_SUBJECTS sets the size (ten records each); with CHENGXIN_BENCH_HOME the
world is kept for the next run.
"""

from __future__ import annotations

import http.client
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from bench import harness
from bench.screening_http import free_port, wait_for

if TYPE_CHECKING:
    from bench.screening_world import World

SUBJECTS = int(os.environ.get("CHENGXIN_BENCH_SUBJECTS", "20000"))
VISITS = int(os.environ.get("CHENGXIN_BENCH_VISITS", "200"))
PLAIN_VISITS, PLAIN_SECONDS, LIMIT_MS = 20, 10.0, 100.0
Address = Callable[[random.Random], str]


@dataclass(frozen=True)
class Page:
    """A page: how an address of it is chosen, and what the plain view of the same content is."""

    name: str
    ours: Address
    plain: Address


def pages(world: World, names: list[str]) -> list[Page]:
    """Return every page that is measured; names and codes are of those who are in the world."""

    def code(chance: random.Random) -> str:
        return chance.choice(world.codes)

    def name(chance: random.Random) -> str:
        return quote(chance.choice(names))

    def part(chance: random.Random) -> str:
        return quote(chance.choice(names)[:4])

    return [
        Page("home", lambda _: "/", lambda _: "/plain/counts/"),
        Page("search by code", lambda c: f"/search/?q={code(c)}", lambda c: f"/plain/search/?q={code(c)}"),
        Page("search by name", lambda c: f"/search/?q={name(c)}", lambda c: f"/plain/search/?q={name(c)}"),
        Page("search by part", lambda c: f"/search/?q={part(c)}", lambda c: f"/plain/search/?q={part(c)}"),
        Page("organisation", lambda c: f"/organisations/{code(c)}/", lambda c: f"/plain/organisations/{code(c)}/"),
        Page("organisation nobody knows", lambda _: "/organisations/91320199MA99999999/",
             lambda _: "/plain/organisations/91320199MA99999999/"),
        Page("latest", lambda _: "/latest/", lambda _: "/plain/latest/"),
        Page("latest licences", lambda _: "/latest/?kind=licences", lambda _: "/plain/latest/?item=JS-XK-01"),
        Page("latest others", lambda _: "/latest/?kind=others", lambda _: "/plain/latest/?item=JS-QR-01"),
        Page("list", lambda _: "/lists/?list=serious", lambda _: "/plain/latest/?item=JS-YZ-01"),
        Page("list nobody is on", lambda _: "/lists/?list=honours", lambda _: "/plain/latest/?item=JS-RY-01"),
        Page("statistics", lambda _: "/statistics/", lambda _: "/plain/counts/"),
        Page("open data", lambda _: "/open-data/", lambda _: "/plain/open-data/"),
    ]  # fmt: skip


def visits(port: int, address: Address, chance: random.Random, most: int, seconds: float = 1e9) -> list[float]:
    """Return how long each of some visits took, whole answers, on one connection, as far as the time allows."""
    client, taken, began = http.client.HTTPConnection("127.0.0.1", port, timeout=600), [], time.perf_counter()
    while len(taken) < most and (not taken or time.perf_counter() - began < seconds):
        wanted, start = address(chance), time.perf_counter()
        client.request("GET", wanted)
        answer = client.getresponse()
        answer.read()
        taken.append(time.perf_counter() - start)
        if answer.status not in (200, 404):
            raise RuntimeError(f"{wanted}: {answer.status}")
    client.close()
    return taken


def prepared(world: World) -> list[str]:
    """Do what the background work does once a day, say how long it took, and return some names that can be found."""
    from chengxin.disclosure import open_data, public_figures
    from chengxin.ledger import services as ledger
    from chengxin.registry import name_search
    from chengxin.registry.models import OrganisationName

    now = datetime.now(world.now.tzinfo)
    jobs: dict[str, Callable[[], object]] = {
        "index of names": name_search.keep,
        "figures of the day": lambda: public_figures.make(now=now, today=world.today),
        "open data": lambda: open_data.renew(now=now, today=world.today),
        "log": lambda: ledger.sequence(now=now),
    }
    for name, job in jobs.items():
        harness.line(f"{name} (background)", harness.timed(job), "s")
    step = max(1, len(world.codes) // 500)
    numbers = OrganisationName.objects.order_by("pk").values_list("pk", "name")
    return [name for number, name in numbers.iterator(chunk_size=10_000) if number % step == 0 and len(name) > 5]


def served(port: int) -> subprocess.Popen[bytes]:
    """Start the server as an installation does, and wait for it."""
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "4", "--log-level", "error", "bench.portal_app:application"]
    paths = os.pathsep.join([str(root / "src"), str(root)])
    server = subprocess.Popen(command, cwd=root, env={**os.environ, "PYTHONPATH": paths, "CHENGXIN_QUOTAS": "0"})
    wait_for(port)
    return server


def measure(database: str) -> harness.Result:
    """Visit every page and its plain twin in turn and return the figures of the slowest page."""
    harness.django_on(database)
    from bench.screening_world import build

    start = time.perf_counter()
    world = build(SUBJECTS)
    print(f"{SUBJECTS:,} subjects, {SUBJECTS * 10:,} records, filled in {time.perf_counter() - start:.0f} s")
    names, chance, port = prepared(world), random.Random(1), free_port()
    server = served(port)
    try:
        visits(port, lambda _: "/about/", chance, 1)
        first = max(visits(port, lambda c: f"/search/?q={quote(names[0])}", chance, 1))
        harness.line("first search after the start", first * 1000, "ms")
        slowest = max((_measured(server, port, page, chance) for page in pages(world, names)), key=lambda each: each[1])
    finally:
        server.terminate()
        server.wait()
    name, p99, middle, plain = slowest
    return harness.Result(
        "portal", 1 / middle, 1 / plain, 1000 / LIMIT_MS, f"pages/s of one client ({name})", SUBJECTS,
        peer_name="a plain Django page of the same content", database=database.split(":")[0], p99_ms=p99 * 1000,
        peak_mb=harness.peak_mb(),
    )  # fmt: skip


def _measured(
    server: subprocess.Popen[bytes], port: int, page: Page, chance: random.Random
) -> tuple[str, float, float, float]:
    """Print the line of a page and return its name, its 99th percentile, its median, and the median of its twin."""
    visits(port, page.ours, chance, 5)
    busy = _processor_seconds(server)
    mine = visits(port, page.ours, chance, VISITS)
    busy = (_processor_seconds(server) - busy) / len(mine)
    plain = visits(port, page.plain, chance, PLAIN_VISITS, PLAIN_SECONDS)
    middle, p99, twin = (harness.percentile(*each) for each in ((mine, 0.5), (mine, 0.99), (plain, 0.5)))
    verdict = "" if p99 * 1000 <= LIMIT_MS else f"OVER {LIMIT_MS:.0f} ms"
    told = f"p99 {p99 * 1000:8.1f} ms   processor {busy * 1000:5.1f} ms   plain p50 {twin * 1000:9.1f} ms  {verdict}"
    harness.line(f"{page.name} p50", middle * 1000, "ms", told)
    return page.name, p99, middle, twin


def _processor_seconds(server: subprocess.Popen[bytes]) -> float:
    """Return the processor time the server and its workers have used: what a busy machine does not change."""
    used = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # It has ended meanwhile.
            continue
        if server.pid in (int(path.parent.name), int(fields[1])):
            used += int(fields[11]) + int(fields[12])
    return used / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    harness.report(measure(os.environ.get("CHENGXIN_BENCH_PG", "sqlite")))
