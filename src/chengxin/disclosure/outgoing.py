"""What every request of the platform to somebody else's address has in common: which are allowed, and for how long.

Only hosts the operator has named are ever asked, HTTPS everywhere but on this machine itself, no credentials in an
address, and no redirect is followed, so that nobody can send the platform to an address inside somebody's network.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

FAILURES = (OSError, http.client.HTTPException)
"""What a request may raise; ``word`` says it in one word."""


def allowed(url: str, hosts: Collection[str]) -> SplitResult | None:
    """Return the parts of an address whose host is among those named, None when it may not be asked."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    plain = not (parts.username or parts.password or parts.fragment)
    known = {host, f"{host}:{port}"} & set(hosts)
    return parts if host and secure and plain and known else None


def exchange(
    parts: SplitResult, method: str, body: bytes | None, headers: Mapping[str, str], timeout: float, most: int
) -> tuple[http.client.HTTPResponse, bytes]:
    """Send one request and return the answer with at most ``most`` bytes of its body; raises one of FAILURES."""
    connection = _connection(parts, timeout)
    # A socket's own timeout starts anew with every byte; the timer ends an answer that only trickles.
    timer = threading.Timer(timeout, _cut, [connection])
    timer.daemon = True
    timer.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        return response, response.read(most)
    finally:
        timer.cancel()
        connection.close()


def word(error: Exception) -> str:
    """Return in one word why nothing came back."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "tls" if isinstance(error, ssl.SSLError) else "broken_off"


def _connection(parts: SplitResult, timeout: float) -> http.client.HTTPConnection:
    assert parts.hostname is not None
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=context)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):  # It may not be connected yet, or be closed already.
        connection.sock.shutdown(socket.SHUT_RDWR)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
