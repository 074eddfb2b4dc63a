"""The wire against real servers on this machine: answers, refusals, silence, trickles, floods, redirects."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from chengxin.disclosure import wire


@pytest.fixture(autouse=True)
def allowed(settings):
    settings.CHENGXIN_PUSH_HOSTS = ["127.0.0.1"]


@contextmanager
def serving(answer) -> Iterator[str]:
    """Serve ``answer(handler)`` for every POST and yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.body = self.rfile.read(int(self.headers["Content-Length"]))
            answer(self)

        def log_message(self, *_arguments) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/in"
    server.shutdown()
    server.server_close()


def say(status: int, text: bytes = b"", **headers: str):
    def answer(handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(text)

    return answer


@pytest.mark.parametrize(
    ("status", "text", "failure", "applied"),
    [
        (200, b'{"applied": true}', "", True),
        (202, b"", "", False),
        (200, b'{"applied": "true"}', "", False),
        (200, b"[1]", "", False),
        (200, b"\xff\xfe not json", "", False),
        (500, b'{"applied": true}', "http_500", False),
        (404, b"", "http_404", False),
    ],
)
def test_what_an_answer_means(status, text, failure, applied):
    with serving(say(status, text)) as url:
        reply = wire.post(url, b"{}", {})
    assert (reply.failure, reply.applied) == (failure, applied)


def test_body_and_headers_arrive_as_they_are():
    seen = []

    def answer(handler) -> None:
        seen.append((handler.body, handler.headers["X-Chengxin-Event"], handler.path))
        say(204)(handler)

    with serving(answer) as url:
        wire.post(url + "?a=1", "增量".encode(), {"X-Chengxin-Event": "1-1-2"})
    assert seen == [("增量".encode(), "1-1-2", "/in?a=1")]


def test_a_redirect_is_a_failure_and_is_not_followed():
    with serving(say(307, Location="http://127.0.0.1:1/elsewhere")) as url:
        assert wire.post(url, b"{}", {}).failure == "http_307"


def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert wire.post(f"http://127.0.0.1:{port}/in", b"{}", {}).failure == "refused"


def test_silence_ends_in_time():
    with serving(lambda handler: time.sleep(3)) as url:
        start = time.monotonic()
        assert wire.post(url, b"{}", {}, timeout=0.3).failure in ("timeout", "broken_off")
    assert time.monotonic() - start < 2


def test_a_trickle_ends_in_time():
    def answer(handler) -> None:
        with suppress(OSError):  # The other side hangs up, as it should.
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 60:
                handler.connection.sendall(bytes([byte]))
                time.sleep(0.05)

    with serving(answer) as url:
        start = time.monotonic()
        assert wire.post(url, b"{}", {}, timeout=0.3).failure
    assert time.monotonic() - start < 2


def test_a_flood_is_read_only_so_far():
    with serving(say(200, b" " * (8 * wire.MOST_READ) + b'{"applied": true}')) as url:
        assert not wire.post(url, b"{}", {}).applied


def test_an_address_no_longer_on_the_list_is_not_called(settings):
    settings.CHENGXIN_PUSH_HOSTS = []
    with serving(say(200)) as url:
        assert wire.post(url, b"{}", {}).failure == "not_allowed"
