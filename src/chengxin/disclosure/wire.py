"""One POST to a recipient, bounded in time and in what is read back. It knows no database, so any thread may run it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult

from django.conf import settings

from chengxin.disclosure import outgoing
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
    """Return the parts of an address on the operator's list; raises AddressNotAllowed."""
    parts = outgoing.allowed(url, settings.CHENGXIN_PUSH_HOSTS)
    if parts is None:
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
    except outgoing.FAILURES as error:
        failure, applied = outgoing.word(error), False
    return Reply(failure, applied, int((time.monotonic() - start) * 1000))


def _exchange(parts: SplitResult, body: bytes, headers: Mapping[str, str], timeout: float) -> tuple[str, bool]:
    response, text = outgoing.exchange(parts, "POST", body, headers, timeout, MOST_READ)
    if not 200 <= response.status < 300:
        return f"http_{response.status}", False
    return "", _says_applied(text)


def _says_applied(text: bytes) -> bool:
    try:
        answer = json.loads(text)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("applied") is True
