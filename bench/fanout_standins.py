"""Recipients for the fan-out benchmark: real HTTP servers on this machine that are quick, slow, down or unreliable."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

QUICK, SLOW, DOWN, FLAKY = "quick", "slow", "down", "flaky"
SLOWEST = (0.5, 2.0)
FAILS = 0.4


@dataclass
class StandIn:
    """One recipient: it applies each event once, keeps what it holds, and notices what came in the wrong order."""

    number: int
    manner: str
    held: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    events: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    applied: dict[int, set[str]] = field(default_factory=dict)
    violations: int = 0
    again: int = 0
    sent_content: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock, self._chance = Lock(), random.Random(self.number)
        self._server = _Server(("127.0.0.1", 0), _Handler, bind_and_activate=False)
        self._server.standin = self
        self._server.server_bind()  # The port is taken from now on, but nobody listens yet.

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/in"

    def open(self) -> None:
        """Begin to listen."""
        self._server.server_activate()
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def take(self, event: str, moment: str, body: bytes) -> int:
        """Take one request in this recipient's manner and return the status of its answer."""
        with self._lock:
            delay = self._chance.uniform(*SLOWEST) if self.manner == SLOW else 0.0
            fails = self.manner == FLAKY and self._chance.random() < FAILS
            lost_before = self._chance.random() < 0.5
        time.sleep(delay)
        if fails and lost_before:
            return 500
        with self._lock:
            self._apply(event, moment, json.loads(body)["deltas"])
        return 500 if fails else 200

    def _apply(self, event: str, moment: str, lines: list[dict[str, Any]]) -> None:
        self.sent_content += [(line["record"], moment) for line in lines if line["content"]]
        if event in self.events:
            self.again += 1
            return
        self.events[event] = [(line["number"], line["kind"]) for line in lines]
        for line in lines:
            self._apply_line(event, line)

    def _apply_line(self, event: str, line: dict[str, Any]) -> None:
        record, number = line["record"], line["number"]
        self.applied.setdefault(number, set()).add(event)
        if line["kind"] == "withdraw":
            self.held.pop(record, None)
            self.gone.add(record)
            return
        self.violations += record in self.gone
        self.held[record] = number

    def doubled(self) -> int:
        """Return how many deltas were applied under more than one event."""
        return sum(len(events) > 1 for events in self.applied.values())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    standin: StandIn


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event, moment = self.headers["X-Chengxin-Event"], self.headers["X-Chengxin-Time"]
        status = self.server.standin.take(event, moment, body)
        answer = b'{"applied": true}' if status == 200 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""
