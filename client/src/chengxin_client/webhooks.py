"""Taking pushed events: signed by the platform, each once, in order, whatever was sent twice.

The standard library has no Ed25519, so the check of the signature is handed in: any function that takes signature and
text, with the platform's key already in it, and tells whether they fit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

DOMAIN = "chengxin-screening-v1"
OLDEST = timedelta(minutes=10)

Check = Callable[[bytes, bytes], bool]


class NotFromThere(Exception):
    """The signature does not fit, or the message is too old: nothing in it may be believed."""


class Gap(Exception):
    """Events lie between what was taken and what came: ask for events after ``last``, or for a replay."""


@dataclass(frozen=True)
class Received:
    """The events that are new, in order, and the number to remember."""

    events: list[dict[str, Any]]
    last: int


class Inbox:
    """Knows the last number that was taken. Keep ``last`` with what came of the events, in one transaction."""

    def __init__(self, check: Check, last: int = 0) -> None:
        self.check, self.last = check, last

    def take(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Received:
        """Return what is new in a message; raises NotFromThere or Gap. Answer 2xx only after keeping it."""
        told = {name.lower(): value for name, value in headers.items()}
        event, moment = told.get("x-chengxin-event", ""), told.get("x-chengxin-time", "")
        text = "\n".join((DOMAIN, event, moment, "")).encode() + body
        if not self.check(_bytes(told.get("x-chengxin-signature", "")), text):
            raise NotFromThere("signature")
        if abs(now - datetime.fromisoformat(moment)) > OLDEST:
            raise NotFromThere("time")
        fresh = [each for each in json.loads(body)["events"] if each["number"] > self.last]
        if fresh and fresh[0]["number"] != self.last + 1:
            raise Gap
        self.last = fresh[-1]["number"] if fresh else self.last
        return Received(fresh, self.last)


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
