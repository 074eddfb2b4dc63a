"""The ways a notice can leave the platform. The default ways write to files; a gateway takes their place by settings.

A channel may be asked to send the same event twice, when a worker died before it could note the first time: whoever
stands behind it tells repeats by ``Parcel.event``.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from chengxin.cases.models import Contact
from chengxin.rules import masks

CHANNELS = (Contact.SMS, Contact.EMAIL)
MASKS = {Contact.SMS: masks.mobile, Contact.EMAIL: masks.email}


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one send carries: no personal content beyond the address, which is never written down in clear."""

    event: UUID
    channel: str
    address: str = field(repr=False)
    title: str
    link: str
    at: datetime


class Channel(Protocol):
    """One way out."""

    def send(self, parcel: Parcel) -> None:
        """Hand the parcel over for good, or raise; a return is taken as delivered."""
        ...


class FileChannel:
    """Writes one JSON line a parcel into ``outbox/CHANNEL.jsonl`` of the installation's folder, the address masked."""

    def send(self, parcel: Parcel) -> None:
        """Append the line and have the disk confirm it before returning."""
        folder = Path(settings.VAR) / "outbox"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        opening = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        handle = os.open(folder / f"{parcel.channel}.jsonl", opening, 0o600)
        try:
            # One write of one line: appends of several workers do not mix.
            os.write(handle, (line(parcel) + "\n").encode())
            os.fsync(handle)
        finally:
            os.close(handle)


def line(parcel: Parcel) -> str:
    """Return the JSON line of a parcel."""
    shown = {
        "event": str(parcel.event),
        "channel": parcel.channel,
        "to": MASKS[parcel.channel](parcel.address),
        "title": parcel.title,
        "link": parcel.link,
        "at": parcel.at.isoformat(),
    }
    return json.dumps(shown, ensure_ascii=False)


def channel(name: str) -> Channel:
    """Return the channel of a name: what ``CHENGXIN_CHANNELS`` names for it, else the file."""
    return _made(getattr(settings, "CHENGXIN_CHANNELS", {}).get(name, "chengxin.cases.channels.FileChannel"))


@lru_cache(maxsize=8)
def _made(path: str) -> Channel:
    made: Channel = import_string(path)()
    return made
