"""How a request gets there and what comes back; anything that can send bytes may take this place."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

SECONDS = 20
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Answer:
    """A status, the headers in small letters, and the body as it came."""

    status: int
    headers: dict[str, str]
    body: bytes


Transport = Callable[[str, str, dict[str, str], bytes | None], Answer]
"""Method, path, headers and body to an answer; raises NotReached when nothing came back."""


class NotReached(Exception):
    """Nothing came back: whether the request was done is not known. Asking again is safe; it leaves another trace."""


class Failed(Exception):
    """The platform said no. ``code`` is stable, ``detail`` is Chinese and ``detail_en`` English."""

    def __init__(self, status: int, problem: dict[str, Any], retry_after: int | None = None) -> None:
        super().__init__("{} {}".format(status, problem.get("code", "unknown")))
        self.status, self.problem, self.retry_after = status, problem, retry_after
        self.code = str(problem.get("code", "unknown"))
        self.detail, self.detail_en = str(problem.get("detail", "")), str(problem.get("detail_en", ""))


def over_https(base: str, seconds: float = SECONDS) -> Transport:
    """Return what sends requests to a platform; only loopback may be without TLS, and redirects are not followed."""
    parts = urlsplit(base)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("the address must be https")

    def send(method: str, path: str, headers: dict[str, str], body: bytes | None) -> Answer:
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=seconds)
        try:
            connection.request(method, parts.path.rstrip("/") + path, body, headers)
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, response.read())
        except (OSError, http.client.HTTPException) as fault:
            raise NotReached(type(fault).__name__) from None  # Its words may hold what was sent.
        finally:
            connection.close()

    return send


def read(answer: Answer) -> dict[str, Any]:
    """Return the JSON of an answer; raises Failed for a problem and for what is no JSON."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = {"code": "not_json"}
    if not isinstance(found, dict):
        found = {"code": "not_json"}
    if not 200 <= answer.status < 300 or found == {"code": "not_json"}:
        after = answer.headers.get("retry-after", "")
        raise Failed(answer.status, found, int(after) if after.isdigit() else None)
    return found
