"""A real Chromium, driven against a live server; a machine without one fails these tests instead of passing them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.functional import arrivals, on_task

# Playwright keeps an event loop in this thread, which Django would otherwise take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

WIDTHS = (1280, 390)
HEIGHTS = {1280: 900, 390: 844}
# The same Chromium without the windows of a desktop comes first: it needs a third of the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PageAt = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as driving a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def pytest_sessionfinish(exitstatus: int) -> None:
    """Write the time on task down when somebody asked for it; walks that failed measure nothing."""
    if exitstatus == 0:
        on_task.publish()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for this folder; its event loop ends before other tests run."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        pytest.fail(f"No Chromium on the PATH (looked for {', '.join(NAMES)}); install Debian's package chromium.")
    arrivals.install()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page_at(browser: Browser, live_server: Any) -> Iterator[PageAt]:
    """Open a page: ``page_at(390)``, ``page_at(1280, script=False)``, ``page_at(390, user=someone, language="en")``.

    Addresses may be given without the host: ``page.goto("/ui/")``.
    """
    opened: list[BrowserContext] = []

    def at(width: int, *, script: bool = True, user: Any = None, language: str = "zh-hans") -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            java_script_enabled=script,
            locale="en" if language == "en" else "zh-CN",
        )
        opened.append(context)
        cookies = [(settings.LANGUAGE_COOKIE_NAME, language)]
        if user is not None:
            cookies.append((settings.SESSION_COOKIE_NAME, session_of(user)))
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies])
        return arrivals.watch(context.new_page())

    yield at
    for context in opened:
        context.close()


def session_of(user: Any) -> str:
    """Sign a user in on the server's side and return the session key for the browser's cookie."""
    client = Client()
    client.force_login(user)
    return client.session.session_key or ""


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Return the serious and critical WCAG 2.2 AA violations of the page shown, one sentence each."""
    found = find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    source = (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")

    def violations(page: Page) -> list[str]:
        # Evaluated by the browser's own debugger, so the page's content security policy stays as strict as it is.
        page.evaluate(source)
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        report = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", tags)
        grave = [each for each in report["violations"] if each["impact"] in ("serious", "critical")]
        return [f"{each['id']}: {each['help']}: {node['target']}" for each in grave for node in each["nodes"]]

    return violations


@pytest.fixture(scope="session")
def overflow() -> Callable[[Page], int]:
    """Return by how many pixels the page shown is wider than its window."""
    return lambda page: page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
