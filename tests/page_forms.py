"""The forms of a page, filled in as somebody might who reads them: what is given stays, what is asked is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.core.files.uploadedfile import SimpleUploadedFile

from tests import disclosures, filings
from tests.factories import CITIZEN, TODAY

SENTENCE = "核对本案当事人的履行情况，材料已经收到"
BY_TYPE = {"date": str(TODAY), "number": "1", "email": "someone@example.org", "url": "https://hall.example/in"}
BY_NAME = {"code": CITIZEN, "name": disclosures.PERSON_NAME, "matter_no": "苏办〔2026〕118号"}


@dataclass
class Form:
    """Where a form goes and what it sends."""

    action: str
    fields: dict[str, Any] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form" and has.get("method", "").lower() == "post":
            self.open = Form(urljoin(self.page, has.get("action", "")))
        elif self.open is not None:
            self._field(self.open.fields, tag, has)

    def _field(self, fields: dict[str, Any], tag: str, has: dict[str, str]) -> None:
        name = has.get("name", "")
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select and has.get("value") and not fields.get(self.select):
            fields[self.select] = has["value"]
        elif tag == "textarea":
            fields[name] = SENTENCE
        elif tag == "input" and name:
            _fill(fields, name, has)
        elif tag == "button" and name:
            fields.setdefault(name, has.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        if tag == "form" and self.open is not None:
            self.forms.append(self.open)
            self.open = None


def _fill(fields: dict[str, Any], name: str, has: dict[str, str]) -> None:
    kind = has.get("type", "text")
    if kind in ("radio", "checkbox"):
        fields.setdefault(name, has.get("value", "on"))
    elif kind == "file":
        fields[name] = ("表.csv", filings.as_csv([filings.PERSON_ROW | {"CF_WSH": "示黄鹂〔2026〕75号"}]))
    else:
        fields[name] = has.get("value") or BY_TYPE.get(kind) or BY_NAME.get(name, SENTENCE)


def forms(page: str, text: str) -> list[Form]:
    """Return the forms of a page that change something."""
    reader = _Reader(page)
    reader.feed(text)
    return reader.forms


def sent(form: Form) -> dict[str, Any]:
    """Return what a form sends; files are made anew each time."""
    return {
        name: SimpleUploadedFile(*value) if isinstance(value, tuple) else value for name, value in form.fields.items()
    }
