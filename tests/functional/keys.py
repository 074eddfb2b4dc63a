"""A page used with nothing but keys: no click, and no focus, choice or value set from outside."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Page

_NAMED = "e => (e.ariaLabel || (e.labels && e.labels[0] || e).innerText || '').trim()"
_CHOSEN = "() => document.activeElement.selectedOptions[0].text"


def on(page: Page, wanted: str, key: str = "Tab", most: int = 80) -> None:
    """Move with one key until the focus is on what bears this label or text; more steps than ``most`` are too many."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate(f"({_NAMED})(document.activeElement)").startswith(wanted):
            return
    raise AssertionError(f"{wanted} is not reached with {key}")


def typed(page: Page, text: str) -> None:
    """Put a text in the place of what the focused field holds."""
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def chosen(page: Page, wanted: str, most: int = 600) -> None:
    """Choose an option of the focused list by the arrow keys."""
    page.keyboard.press("Home")
    for _ in range(most):
        if page.evaluate(_CHOSEN).startswith(wanted):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{wanted} is not in the list")


def dated(page: Page, day: date) -> None:
    """Type a day into the focused date field, in the order in which this browser asks for its parts."""
    for order in ("%m%d%Y", "%Y%m%d"):
        page.keyboard.type(day.strftime(order))
        if page.evaluate("() => document.activeElement.value") == day.isoformat():
            return
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
    raise AssertionError("the date field takes neither order")
