"""Work that takes long and must hold nobody up: a process of its own beside the worker, one at a time."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence

LEAST_SECONDS = 20.0


class Beside:
    """One command of the platform that is started whenever it is due, at least ``least`` seconds after the last time.

    The process ends by itself when it is done; a worker that ends takes it along, and the next one goes on.
    """

    def __init__(
        self, command: Sequence[str], least: float = LEAST_SECONDS, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._command = [sys.executable, "-m", "chengxin.cli.main", *command]
        self._least, self._seconds = least, seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._not_before = float("-inf")

    def step(self, due: Callable[[], bool]) -> int:
        """Start the process if it is due and none is running; return how many were started."""
        if self.running or self._seconds() < self._not_before or not due():
            return 0
        self._not_before = self._seconds() + self._least
        self._process = subprocess.Popen(self._command)
        return 1

    @property
    def running(self) -> bool:
        """Tell whether the process is still at work."""
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """Stop the process, if it is running, and wait for its end."""
        if self._process is not None and self.running:
            self._process.terminate()
            self._process.wait()
