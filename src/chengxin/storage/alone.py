"""One process at a time: a lock on a file that ends with the process, however it ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chengxin.rules.errors import Refusal


class Busy(Refusal):
    """Another process is doing the same work."""

    code = "busy"


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Do a block while no other process does one under the same file; raises Busy at once when one does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                "另一个进程正在做同一件事，请等它做完。",
                "Another process is doing the same; please wait until it has finished.",
            ) from None
        yield
