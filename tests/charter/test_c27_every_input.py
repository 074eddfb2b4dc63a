"""C27: an identity number typed into every input there is reaches no log, address, error, metric or ledger leaf.

Inputs are enumerated, not listed: the parts and queries of every address, every field of every form a page shows, every
field of every operation of the API, and what commands ask for. A page may show those who typed it what they typed, in
the form that is given back to them and on a page of their own: hence values of fields and pages without an error are
not searched, answers of the API and whatever refuses are.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import factories
from tests.everybody import PART, WORDS, World, filled, routes
from tests.visited import as_in_a_test, world_for_a_module

from chengxin.api.schema import document
from chengxin.config.quiet import SaysLittle
from chengxin.ledger.models import Entry

pytestmark = pytest.mark.django_db
world = world_for_a_module
CANARY = "320199199003070016"
ROUTES = [each for each in routes() if not each[0].startswith("compat:")]
READERS = {
    "portal": ("anyone", "person", "firm"),
    "console": ("centre", "reviewer", "decider", "auditor", "enquirer", "clerk"),
}
VISITORS = {"portal": ("anyone", "person"), "console": ("centre", "enquirer")}
QUERIES = (
    *("q", "cursor", "after", "page", "part", "kind", "why", "number", "code", "since", "until", "unit", "contract_no"),
    *("month", "city", "list", "start"),
)
TYPED = ("text", "search", "textarea", "number", "date", "email", "tel", "password", "url", "month")
OWN_VALUES = re.compile(r'value="[^"]*"|<textarea[^>]*>.*?</textarea>', re.S)
NOBODY = "00000000-0000-4000-8000-000000000000"


class Listener:
    """What the handler of the settings writes, of every level, except the statements the database is given."""

    def __init__(self) -> None:
        self.written = io.StringIO()
        self.handler = logging.StreamHandler(self.written)
        self.handler.addFilter(SaysLittle())
        self.handler.addFilter(lambda record: not record.name.startswith(("django.db", "asyncio")))


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    heard, root = Listener(), logging.getLogger()
    level = root.level
    root.addHandler(heard.handler)
    root.setLevel(logging.DEBUG)
    yield heard.written
    root.removeHandler(heard.handler)
    root.setLevel(level)


def told(answer: Any, before: int, log: io.StringIO) -> list[str]:
    """Return where the number stands although it may not."""
    body = "" if answer.streaming else answer.content.decode(errors="replace")
    is_json = "json" in answer.headers.get("Content-Type", "")
    body = body.encode().decode("unicode_escape", errors="replace") if is_json and "\\u" in body else body
    leaves = b"".join(bytes(each.body) for each in Entry.objects.filter(pk__gt=before)).decode(errors="replace")
    places = {
        "log": log.getvalue(),
        "address": unquote(unquote(answer.headers.get("Location", ""))),
        "leaf": leaves,
        "message": "".join(str(each) for each in get_messages(answer.wsgi_request)),
        "error": OWN_VALUES.sub("", body) if answer.status_code >= 400 or is_json else "",
        "metric": " ".join(f"{name}{value}" for name, value in answer.headers.items() if name != "Location"),
    }
    log.seek(0)
    log.truncate()
    return [place for place, text in places.items() if CANARY in text]


def visited(world: World, who: str, log: io.StringIO, method: str, path: str, *data: Any, **more: Any) -> list[str]:
    with as_in_a_test():
        before = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        log.seek(0)
        log.truncate()
        return told(getattr(world.browser(who), method)(path, *data, **more), before, log)


def test_no_address_and_no_query_tells_the_number(world: World, log: io.StringIO) -> None:
    query, wrong = dict.fromkeys(QUERIES, CANARY) | {"next": f"/mine/?q={CANARY}"}, []
    headers = dict.fromkeys(("Accept-Language", "X-Request-ID", "Idempotency-Key", "User-Agent"), CANARY)
    for name, pattern in ROUTES:
        for who in VISITORS.get(name.split(":")[0], ("system",)):
            for method in ("get", "post"):
                found = visited(world, who, log, method, _planted(world, pattern), query, headers=headers)
                wrong += [(name, who, method, place) for place in found]
    assert sorted(set(wrong)) == []


def _planted(world: World, pattern: str) -> str:
    def value(found: re.Match[str]) -> str:
        part = found.group(0)
        if part.startswith(("<str", "<slug")) or ":" not in part:
            return CANARY
        return str((WORDS.get(part) or world.parts.get(part) or ["1"])[0])

    path = "/" + PART.sub(value, pattern)
    return path.replace("^(?P<rest>.*)$", f"v1/{CANARY}").replace("^(?P" + CANARY + ".*)$", f"v1/{CANARY}")


def test_the_way_back_after_signing_in_and_after_a_change_of_language_tells_no_number(world, log):
    for where in (f"/{CANARY}", f"/mine/?q={CANARY}", f"/sign-in/?next=/mine/report/{CANARY}.pdf"):
        assert visited(world, "person", log, "post", "/i18n/setlang/", {"language": "en", "next": where}) == []
    with as_in_a_test():
        answer = world.browser("anyone").get(f"/mine/report/{CANARY}.pdf")
        shown = world.browser("anyone").get("/search/", {"why": CANARY}).content.decode()
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert CANARY not in shown
    assert world.browser("anyone").get("/mine/inbox/")["Location"] == "/sign-in/?next=/mine/inbox/"


class Forms(HTMLParser):
    """The forms of a page: method, address and fields (name, kind, value)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.open = False
        self.chosen: list[Any] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(
                {"method": given.get("method", "get").lower(), "to": given.get("action", ""), "fields": []}
            )
            self.open = True
        elif tag == "option" and self.chosen is not None and not self.chosen[2]:
            self.chosen[2] = given.get("value", "")
        elif self.open and given.get("name") and tag in ("input", "textarea", "select", "button"):
            kind = given.get("type", "text") if tag == "input" else tag
            field = [given["name"], kind, given.get("value", "")]
            self.forms[-1]["fields"].append(field)
            self.chosen = field if tag == "select" else None

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag != "form"


def _filled(form: dict[str, Any], among_words: bool) -> dict[str, Any]:
    """Return what is sent: the number itself in every field, or among other words where the kind of field allows."""
    lawful = {"date": "2026-11-19", "number": "1", "month": "2026-10"}
    sent: dict[str, Any] = {}
    for name, kind, value in form["fields"]:
        if kind == "file":
            sent[name] = SimpleUploadedFile(f"{CANARY}.csv", f"甲,乙\n{CANARY},{CANARY}\n".encode())
        elif kind in TYPED:
            sent[name] = (lawful.get(kind) or f"说明{CANARY}末") if among_words else CANARY
        elif name != "csrfmiddlewaretoken":
            sent.setdefault(name, value or ("on" if kind == "checkbox" else ""))
    return sent


def test_no_form_tells_the_number(world: World, log: io.StringIO) -> None:
    wrong, seen = [], set()
    for name, who, path, form in _forms(world):
        for among_words in (False, True):
            sent = _filled(form, among_words)
            key = (re.sub(r"[0-9a-f-]{36}|\d+", "#", form["to"] or path), tuple(sorted(sent)), among_words)
            if key not in seen:
                seen.add(key)
                found = visited(world, who, log, form["method"], form["to"] or path, sent)
                wrong += [(name, who, form["to"], place) for place in found]
    assert len(seen) > 100
    assert sorted(set(wrong)) == []


def _forms(world: World) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for name, pattern in ROUTES:
        paths = filled(pattern, lambda part: (WORDS.get(part) or world.parts.get(part, []))[:1])
        for who in READERS.get(name.split(":")[0], ()):
            for path in paths:
                with as_in_a_test():
                    answer = world.browser(who).get(path)
                if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
                    for form in Forms(answer.content.decode()).forms:
                        if not form["to"].startswith(("/i18n", "/sign-out")):
                            yield name, who, path, form


def test_no_operation_tells_the_number(world: World, log: io.StringIO) -> None:
    told_of, wrong = document(), []
    operations = [(path, method, each) for path, both in told_of["paths"].items() for method, each in both.items()]
    for path, method, operation in operations:
        for free in (False, True):
            url = re.sub(r"\{[^}]*\}", NOBODY if free else CANARY, path)
            names = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
            url += "?" + "&".join(f"{name}={CANARY}" for name in names) if names else ""
            for who in ("system", "taker system"):
                more = _body(operation, told_of["components"]["schemas"], free)
                found = visited(world, who, log, method, url, **more, headers={"Idempotency-Key": CANARY})
                wrong += [(operation["operationId"], who, place) for place in found]
    assert len(operations) > 40
    assert sorted(set(wrong)) == []


def _body(operation: dict[str, Any], schemas: dict[str, Any], free: bool) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        made = _example(content["application/json"]["schema"], schemas, free, "")
        return {"data": json.dumps(made), "content_type": "application/json"}
    for each in content.values():
        fields = _named(each["schema"], schemas)["properties"]
        return {"data": {name: _piece(field) for name, field in fields.items()}}
    return {}


def _piece(field: dict[str, Any]) -> Any:
    file = SimpleUploadedFile(f"{CANARY}.csv", f"{CANARY},乙\n{CANARY},1\n".encode())
    return file if field.get("format") == "binary" else CANARY


def _named(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    for alternatives in ("allOf", "anyOf"):
        schema = schema[alternatives][0] if alternatives in schema else schema
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _example(schema: dict[str, Any], schemas: dict[str, Any], free: bool, name: str) -> Any:
    """Return a value of a schema: the number everywhere, or only where the schema lets any text pass."""
    schema = _named(schema, schemas)
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {})
        return {each: _example(told_of, schemas, free, each) for each, told_of in fields.items()} or {CANARY: CANARY}
    if kind == "array":
        return [_example(schema.get("items", {}), schemas, free, name)]
    if kind in ("integer", "boolean"):
        return 1 if kind == "integer" else True
    return _text(schema, name) if free else CANARY


def _text(schema: dict[str, Any], name: str) -> str:
    known = {"purpose": "licensing", "matter": "market_entry", "item": factories.PENALTY}
    if "enum" in schema:
        return str(schema["enum"][0])
    if schema.get("format") == "uuid":
        return NOBODY
    passes = re.search(schema.get("pattern", ""), CANARY)
    return CANARY if passes else known.get(name, "x")


def test_a_line_of_the_log_names_status_and_page_and_a_fault_without_its_words(world, log):
    with as_in_a_test():
        world.browser("anyone").get(f"/organisations/{CANARY}/")
    assert "404 portal:organisation" in log.getvalue()
    try:
        int(f"甲{CANARY}")
    except ValueError:
        logging.getLogger("chengxin").exception("failed")
    assert "ValueError" in log.getvalue() and CANARY not in log.getvalue()


def test_what_settings_write_to_goes_through_the_filter(settings):
    handler = settings.LOGGING["handlers"]["stderr"]
    assert handler["filters"] == ["quiet"] and settings.LOGGING["root"]["handlers"] == ["stderr"]
