"""The forms of a page, and what a visitor would fill in: every form of the product is sent by a test."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

Attributes = dict[str, str]
PREFERRED = {"code_kind": "citizen_id", "kind": "citizen_id", "subject_kind": "person", "column_13": "CF_JDRQ"}
"""What is chosen where it is offered; else what the page proposes, else the first."""


@dataclass
class Form:
    """A form that is posted: where it goes, what can be filled in, and the buttons that send it."""

    action: str
    fields: list[Attributes] = field(default_factory=list)
    buttons: list[Attributes] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects the forms; of a choice, its first real option, of a text its present content."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, []
        self.form: Form | None = None
        self.open: Attributes | None = None
        self.outside: list[Attributes] = []
        self.named: dict[str, Form] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form" and told.get("method", "get").lower() == "post":
            self.form = Form(urljoin(self.page, told.get("action") or self.page))
            self.found.append(self.form)
            self.named[told.get("id", "")] = self.form
        elif tag in ("input", "select", "textarea", "button") and "disabled" not in told:
            self._take({"type": "text", **told} if tag == "input" else {**told, "type": told.get("type", tag)})
        elif tag == "option" and self.open is not None:
            fits = "selected" in told or PREFERRED.get(self.open.get("name", "")) == told.get("value")
            if told.get("value") and (fits or not self.open.get("value")):
                self.open["value"] = told["value"]

    def _take(self, told: Attributes) -> None:
        form = self.named.get(told["form"]) if "form" in told else self.form
        if form is None:
            return
        sends = told["type"] in ("submit", "button")
        (form.buttons if sends else form.fields).append(told)
        self.open = told if told["type"] in ("select", "textarea") else None

    def handle_data(self, data: str) -> None:
        if self.open is not None and self.open["type"] == "textarea":
            self.open["value"] = self.open.get("value", "") + data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag in ("select", "textarea"):
            self.open = None


def read(page: str, text: str) -> list[Form]:
    """Return the forms of a page that are posted."""
    reader = _Reader(page)
    reader.feed(text)
    return reader.found


Typed = Callable[[str, Attributes], Any]


def filled_in(form: Form, left_out: Collection[str], typed: Typed) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield where the form goes and what it carries, once for every button that sends it."""
    for button in form.buttons or [{}]:
        action = urljoin(form.action, button.get("formaction") or form.action)
        named = {button["name"]: button.get("value", "")} if button.get("name") else {}
        yield action, _values(form, left_out, lambda each, to=action: typed(to, each)) | named


def _values(form: Form, left_out: Collection[str], typed: Callable[[Attributes], Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for each in form.fields:
        name = each.get("name", "")
        if not name or name in left_out:
            continue
        if each["type"] == "radio":
            preferred = PREFERRED.get(name) == each.get("value")
            values[name] = each.get("value", "on") if preferred or name not in values else values[name]
        elif each["type"] == "checkbox":
            values.setdefault(name, []).append(each.get("value", "on"))
        else:
            values[name] = each.get("value") or typed(each)
    if values.get("lines"):
        values.pop("file", None)  # A list is typed or handed in, not both.
    return {name: each for name, each in values.items() if each not in (None, "")}
