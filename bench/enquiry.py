"""An enquiry over HTTP: authenticate, decide, subject and up to 20 records, mask, durable ledger leaf.

Peer: the same work written plainly with the object mapper, in the same run on the same server (granian, WSGI, one
worker) twice: with as many threads as the product is served with, and with one, which suits it better on SQLite; the
better figure counts. Limit: the same server and framework doing nothing. 32 client connections.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import random
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from bench import harness

PEOPLE, CLIENTS, PORT = 200, 32, 8799
THREADS = int(os.environ.get("CHENGXIN_BENCH_THREADS", "16"))
# What is asked of which server: the name of the view, and how many threads serve it.
ASKED = {
    "ours": ("gate", THREADS),
    "peer": ("plain", THREADS),
    "peer, 1 thread": ("plain", 1),
    "limit": ("nothing", THREADS),
}
ROUNDS, REQUESTS = 5, int(os.environ.get("CHENGXIN_BENCH_REQUESTS", "480"))
MATTER, WHY = "苏办〔2026〕118号", "办理道路运输许可，核对处罚情况"


@dataclass(frozen=True)
class Served:
    """What one round showed."""

    rate: float
    latencies: list[float]
    cpu_ms: float = 0.0


def citizen_id(sequence: int) -> str:
    """Return a valid synthetic number in an unassigned division."""
    from chengxin.rules.identifiers.citizen import citizen_check_char

    body = f"320199{date(1960, 1, 1) + timedelta(days=sequence):%Y%m%d}{sequence % 999:03d}"
    return body + citizen_check_char(body)


def world() -> tuple[UUID, str, str, list[tuple[str, str]]]:
    """Fill the database and return the officer, a system's token, the article and the people."""
    from tests import factories as made

    from chengxin.accounts import clients
    from chengxin.accounts.roles import Role
    from chengxin.catalogue import lawbook
    from chengxin.registry import services as registry
    from chengxin.ui import clock

    made.law()
    unit = made.agency(made.OTHER_AGENCY)
    officer = made.user("bench", Role.ENQUIRER, of=unit)
    operator = made.user("operator", Role.CENTRE_OPERATOR)
    issued = clients.issue(unit, ["licensing"], operator, clock.now())
    people = [(citizen_id(n), f"沈{chr(0x6E05 + n)}和") for n in range(PEOPLE)]
    chance = random.Random(1)
    for number, name in people:
        person = made.person(number, name)
        personal = {"CF_XDR_MC": name, "CF_XDR_ZJHM": number}
        drafts = [
            made.draft(person, document_no=f"示交罚〔2026〕{n}号", personal=personal)
            for n in range(chance.randint(5, 20))
        ]
        registry.admit_records(drafts, now=made.NOW)
    return officer.pk, issued.token, str(lawbook.purpose("licensing", made.TODAY).basis[0]), people


def messages(path: str, bearer: str, article: str, people: list[tuple[str, str]]) -> list[bytes]:
    """Return ready HTTP requests, one for each person."""
    whole = []
    for number, name in people:
        asked = {"purpose": "licensing", "subject_kind": "person", "code_kind": "citizen_id", "code": number}
        body = json.dumps({**asked, "name": name, "statute": article, "matter_no": MATTER, "reason": WHY}).encode()
        head = f"POST /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {bearer}\r\n"
        whole.append(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    return whole


async def client(port: int, requests: list[bytes], count: int, latencies: list[float], seed: int) -> None:
    """Send requests one after the other over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    chance = random.Random(seed)
    for _ in range(count):
        start = time.perf_counter()
        writer.write(chance.choice(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        latencies.append(time.perf_counter() - start)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"not answered: {head[:40]!r} {body[:200]!r}")
    writer.close()


async def load(port: int, requests: list[bytes], total: int, seed: int) -> Served:
    """Put the server under load from all clients at once."""
    latencies: list[float] = []
    start = time.perf_counter()
    await asyncio.gather(*(client(port, requests, total // CLIENTS, latencies, seed + n) for n in range(CLIENTS)))
    return Served(len(latencies) / (time.perf_counter() - start), latencies)


def serve(threads: int) -> subprocess.Popen[bytes]:
    """Start a server with so many threads on a port of its own and wait until it answers."""
    root, port = Path(__file__).parents[1], PORT + threads
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--port", str(port)]
    command += ["--blocking-threads", str(threads), "--backlog", "1024"]
    command += ["--log-level", "error", "bench.enquiry_app:application"]
    environment = {**os.environ, "PYTHONPATH": f"{root}:{root / 'src'}"}
    server = subprocess.Popen(command, cwd=root, env=environment)
    atexit.register(server.kill)
    for _ in range(100):
        try:
            asyncio.run(load(port, [b"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"], CLIENTS, 0))
        except OSError:
            time.sleep(0.1)
        else:
            return server
    server.kill()
    raise RuntimeError("the server did not start")


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and its children so far; 0 where the system does not say."""
    place = Path(f"/proc/{pid}")
    if not place.exists():
        return 0.0
    spent = place.joinpath("stat").read_text().rpartition(")")[2].split()[11:13]
    children = place.joinpath(f"task/{pid}/children").read_text().split()
    own = sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_seconds(int(child)) for child in children)


def one_round(server: subprocess.Popen[bytes], threads: int, requests: list[bytes], seed: int) -> Served:
    """Put one server under load and return what it showed, with the processor time of a request."""
    before = processor_seconds(server.pid)
    done = asyncio.run(load(PORT + threads, requests, REQUESTS, seed))
    spent = processor_seconds(server.pid) - before
    return Served(done.rate, done.latencies, spent / len(done.latencies) * 1000)


def measure(database: str) -> harness.Result:
    """Measure ours, the peer and the limit in turn, five rounds each, and return the medians."""
    harness.django_on(database)
    officer, ours, article, people = world()
    from bench.enquiry_app import token

    # The peer's token is cheaper to verify than ours: a signature instead of a look into the table of clients.
    tokens = {"gate": ours, "plain": token(officer), "nothing": ""}
    requests = {view: messages(view, tokens[view], article, people) for view, _ in ASKED.values()}
    servers = {threads: serve(threads) for threads in {threads for _, threads in ASKED.values()}}
    served: dict[str, list[Served]] = {name: [] for name in ASKED}
    try:
        for turn in range(ROUNDS + 1):
            for name, (view, threads) in ASKED.items():
                done = one_round(servers[threads], threads, requests[view], turn * 1000)
                if turn:  # The first round warms up.
                    served[name].append(done)
    finally:
        for server in servers.values():
            server.terminate()
            server.wait()
    return result(database, served)


def result(database: str, served: dict[str, list[Served]]) -> harness.Result:
    """Return the medians; the peer is the better of its two."""
    rates = {name: statistics.median(each.rate for each in rounds) for name, rounds in served.items()}
    p99 = {}
    for name, rounds in served.items():
        p99[name] = harness.percentile([s for r in rounds for s in r.latencies], 0.99) * 1000
        cpu = statistics.median(each.cpu_ms for each in rounds)
        print(f"  {name:<16} {rates[name]:8.1f} req/s   p99 {p99[name]:8.1f} ms   processor {cpu:6.2f} ms a request")
    return harness.Result(
        "enquiry", rates["ours"], max(rates["peer"], rates["peer, 1 thread"]), rates["limit"], "req/s",
        REQUESTS * ROUNDS, peer_name="the same work with the Django ORM", database=database.split(":")[0],
        p99_ms=p99["ours"], peak_mb=harness.peak_mb(),
    )  # fmt: skip


if __name__ == "__main__":
    harness.report(measure(os.environ.get("CHENGXIN_BENCH_PG", "sqlite")))
