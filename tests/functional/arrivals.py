"""A click waits for the page it leads to. Playwright's own click returns while the old page still stands there.

What the browser says of its frames is listened to, so this works without script on the page, too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import CDPSession, Error, Locator, Page

PATIENCE_MS, STEP_MS = 30_000, 10


class Arrivals:
    """Knows of one page whether another one is on its way to take its place."""

    def __init__(self, page: Page) -> None:
        self._page, self._coming = page, False
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.on("Page.frameRequestedNavigation", self._requested)
        self._session.on("Page.frameStoppedLoading", self._stopped)
        self._session.send("Page.enable")

    def _requested(self, told: dict[str, Any]) -> None:
        self._coming = self._coming or told["disposition"] == "currentTab"

    def _stopped(self, _told: dict[str, Any]) -> None:
        self._coming = False

    def wait(self) -> None:
        """Return when what is on its way has come, or has turned out to be a download."""
        self._hear()
        for _ in range(PATIENCE_MS // STEP_MS):
            if not self._coming:
                return
            self._page.wait_for_timeout(STEP_MS)
        raise AssertionError("the page that was asked for has not come")

    def _hear(self) -> None:
        """Let everything the page has said so far arrive: answers keep the order of what is told."""
        try:
            self._session.send("Runtime.evaluate", {"expression": "0"})
        except Error:  # The page that would have answered is just being replaced.
            self._coming = True


_known: WeakKeyDictionary[Page, Arrivals] = WeakKeyDictionary()


def watch(page: Page) -> Page:
    """Make the clicks of a page wait for what they lead to, and have its file choosers announced from the start."""
    _known[page] = Arrivals(page)
    page.on("filechooser", lambda _: None)
    return page


def _patient(act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def acted(self: Locator, *arguments: Any, **words: Any) -> Any:
        result = act(self, *arguments, **words)
        if (arrivals := _known.get(self.page)) is not None:
            arrivals.wait()
        return result

    return acted


def install() -> None:
    """Make every click of this process a patient one."""
    Locator.click = _patient(Locator.click)
