"""How much work a task is for the person who does it: what they load, click, fill in and type, and how long it takes.

Nothing is counted but what the walk really does, and the clock runs only while it does it: the checks in between, which
no person makes, cost nothing. With ``CHENGXIN_WRITE_TIMES=1`` the table is written to docs/reference/time-on-task.md.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

TABLE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "time-on-task.md"
WALKS = "tests/functional/test_rights_walks.py tests/functional/test_rights_desk_walks.py"
HEAD = """# 办一件事要多少步 · Time on task

<!-- Written by the walks themselves; do not edit. 由浏览器走查测试写出，请勿手改。 -->

每一行是在真实的 Chromium 里把一件事从头走到尾。
**秒是机器的时间**：浏览器和服务器用掉的时间，不含人读字、思考和打字的时间，所以人用的时间要长得多。
可比的是载入、点击、填写和按键的数目。按键按字符计，用输入法会更多。登录不计在内。

Every row is one task, walked from beginning to end in a real Chromium. **Seconds are machine time**: what browser
and server take, without a person's reading, thinking and typing, so people need far longer. Loads, clicks, fields and
keys are what can be compared. A key is a character typed or a key pressed; an input method needs more. Signing in is
not counted.

| 事 Task | 宽 Width | 载入 Pages loaded | 点击 Clicks | 填写 Fields typed | 按键 Keys | 秒 Seconds |
|---|--:|--:|--:|--:|--:|--:|
"""


@dataclass
class Row:
    """One line of the table."""

    task: str
    width: int
    loads: int = 0
    clicks: int = 0
    fields: int = 0
    keys: int = 0
    seconds: float = 0.0

    def cells(self) -> str:
        """Return the line as Markdown."""
        numbers = (self.width, self.loads, self.clicks, self.fields, self.keys, f"{self.seconds:.1f}")
        return f"| {self.task} | " + " | ".join(map(str, numbers)) + " |"


ROWS: dict[tuple[str, int], Row] = {}


class Walk:
    """A person doing one task on one page; every act is counted."""

    def __init__(self, page: Page, task: str) -> None:
        assert page.viewport_size is not None
        self.page, self.row = page, Row(task, page.viewport_size["width"])
        page.on("load", self._loaded)

    def _loaded(self, _page: Any) -> None:
        self.row.loads += 1

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.page.wait_for_load_state()
        self.row.seconds += time.monotonic() - began

    def goto(self, path: str) -> None:
        """Open the address the task begins at."""
        with self._timed():
            self.page.goto(path)

    def click(self, target: Locator) -> None:
        """Click a link, a button, a choice or a box to tick."""
        with self._timed():
            target.click()
        self.row.clicks += 1

    def go(self, target: Locator) -> None:
        """Click what leads to another page, and wait for it."""
        with self._timed(), self.page.expect_navigation():
            target.click()
        self.row.clicks += 1

    def type(self, target: Locator, text: str) -> None:
        """Fill one field in."""
        with self._timed():
            target.fill(text)
        self.row.fields += 1
        self.row.keys += len(text)

    def press(self, key: str) -> None:
        """Press one key."""
        with self._timed():
            self.page.keyboard.press(key)
        self.row.keys += 1

    def write(self, text: str) -> None:
        """Type into the field that has the focus."""
        with self._timed():
            self.page.keyboard.type(text)
        self.row.fields += 1
        self.row.keys += len(text)

    def done(self) -> Row:
        """End the task and put its line into the table."""
        self.page.remove_listener("load", self._loaded)
        ROWS[(self.row.task, self.row.width)] = self.row
        return self.row


def publish() -> None:
    """Write the table when somebody asked for it."""
    if os.environ.get("CHENGXIN_WRITE_TIMES") != "1" or not ROWS:
        return
    lines = "\n".join(row.cells() for row in ROWS.values())
    machine = f"{os.cpu_count()} cores, {platform.machine()}"
    again = f"CHENGXIN_WRITE_TIMES=1 .venv/bin/python -m pytest {WALKS}"
    foot = f"量的机器 Machine: {machine}. 重写 Measure again:\n\n```\n{again}\n```\n"
    TABLE.write_text(f"{HEAD}{lines}\n\n{foot}", encoding="utf-8")
