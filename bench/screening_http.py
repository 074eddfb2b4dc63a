"""Single screenings over HTTP against the real application: token, strict JSON, gate, durable leaf, answer."""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench import harness

if TYPE_CHECKING:
    from bench.screening_world import World

CLIENTS, REQUESTS, TURNS = 16, int(os.environ.get("CHENGXIN_BENCH_REQUESTS", "960")), 3


@dataclass(frozen=True)
class Served:
    """The middle rate of a few rounds, and the latency below which 99 of 100 requests stayed."""

    rate: float
    p99_ms: float
    clients: int


def served(world: World, chance: random.Random) -> Served:
    """Put the server under load and return what it did."""
    port = free_port()
    server = _start(port)
    try:
        wait_for(port)
        rates, latencies = [], []
        for turn in range(TURNS + 1):
            start, seen = time.perf_counter(), []
            asyncio.run(_load(port, [_message(world, chance.choice(world.codes)) for _ in range(REQUESTS)], seen))
            if turn:  # The first round warms up.
                rates.append(REQUESTS / (time.perf_counter() - start))
                latencies += seen
    finally:
        server.terminate()
        server.wait()
    return Served(sorted(rates)[len(rates) // 2], harness.percentile(latencies, 0.99) * 1000, CLIENTS)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _start(port: int) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--port", str(port)]
    command += [
        "--blocking-threads",
        "1",
        "--backlog",
        "1024",
        "--log-level",
        "error",
        "chengxin.config.wsgi:application",
    ]
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "CHENGXIN_QUOTAS": "0"}
    return subprocess.Popen(command, cwd=root, env=environment)


def wait_for(port: int) -> None:
    """Wait until a server listens; raises RuntimeError when none does within twenty seconds."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def _message(world: World, code: str) -> bytes:
    from bench.screening import MATTER, MATTER_NO

    from chengxin.catalogue import lawbook

    statute = str(lawbook.purpose(lawbook.matter(MATTER, world.today).purpose, world.today).basis[0])
    subject = {"subject_kind": "organisation", "code_kind": "uscc", "code": code}
    body = json.dumps({"matter": MATTER, "matter_no": MATTER_NO, "statute": statute, "subjects": [subject]}).encode()
    head = f"POST /api/v1/screenings HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {world.token}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def _load(port: int, messages: list[bytes], latencies: list[float]) -> None:
    await asyncio.gather(*(_client(port, messages[n::CLIENTS], latencies) for n in range(CLIENTS)))


async def _client(port: int, messages: list[bytes], latencies: list[float]) -> None:
    """Send requests one after the other over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for message in messages:
        start = time.perf_counter()
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        latencies.append(time.perf_counter() - start)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"not answered: {head[:40]!r} {body[:200]!r}")
    writer.close()
