"""One POST to a recipient, bounded in time and in what is read back. It knows no database, so any thread may run it."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from chengxin.rules.errors import Refusal

TIMEOUT = 5.0
"""Seconds a recipient has for one answer, from the connection to the last byte."""
MOST_READ = 64 * 1024


class AddressNotAllowed(Refusal):
    """The address is not one the feed may be pushed to."""

    code = "address_not_allowed"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: a failure in one word, or none; whether the recipient says that it applied what it received."""

    failure: str = ""
    applied: bool = False
    took_ms: int = 0


def check_address(url: str) -> SplitResult:
    """Return the parts of an address on the operator's list; raises AddressNotAllowed.

    HTTPS everywhere but on this machine itself, no credentials in the address, no redirects are ever followed.
    """
    parts = urlsplit(url)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    plain = not (parts.username or parts.password or parts.fragment)
    known = {host, f"{host}:{port}"} & set(settings.CHENGXIN_PUSH_HOSTS)
    if not (host and secure and plain and known):
        raise AddressNotAllowed(
            "不能向这个地址推送：须为 https 地址，不带用户名密码，且主机列在 CHENGXIN_PUSH_HOSTS 中。",
            "The feed may not be pushed to this address: it must be https, without credentials, and its host must be "
            "listed in CHENGXIN_PUSH_HOSTS.",
        )
    return parts


def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float = TIMEOUT) -> Reply:
    """Send a body and return the reply; every way to fail comes back as a word, nothing is raised."""
    start = time.monotonic()
    try:
        failure, applied = _exchange(check_address(url), body, headers, timeout)
    except AddressNotAllowed:
        failure, applied = "not_allowed", False
    except (OSError, http.client.HTTPException) as error:
        failure, applied = _word(error), False
    return Reply(failure, applied, int((time.monotonic() - start) * 1000))


def _exchange(parts: SplitResult, body: bytes, headers: Mapping[str, str], timeout: float) -> tuple[str, bool]:
    connection = _connection(parts, timeout)
    # A socket's own timeout starts anew with every byte; the timer ends an answer that only trickles.
    timer = threading.Timer(timeout, _cut, [connection])
    timer.daemon = True
    timer.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, dict(headers))
        response = connection.getresponse()
        text = response.read(MOST_READ)
    finally:
        timer.cancel()
        connection.close()
    if not 200 <= response.status < 300:
        return f"http_{response.status}", False
    return "", _says_applied(text)


def _connection(parts: SplitResult, timeout: float) -> http.client.HTTPConnection:
    assert parts.hostname is not None
    if parts.scheme == "https":
        return http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=timeout, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):  # It may not be connected yet, or be closed already.
        connection.sock.shutdown(socket.SHUT_RDWR)


def _says_applied(text: bytes) -> bool:
    try:
        answer = json.loads(text)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("applied") is True


def _word(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "tls" if isinstance(error, ssl.SSLError) else "broken_off"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
