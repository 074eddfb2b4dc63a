"""Every form of the product, filled in plausibly and sent by whoever is shown it, with a ledger and without."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import resolve

from chengxin.accounts.models import User
from chengxin.disclosure.orders import orders
from chengxin.intake.models import Submission
from chengxin.ledger.models import Entry
from tests import disclosures, everybody, filings, forms
from tests.assertions import pair
from tests.everybody import FIRM, FIRM_NAME, NUMBER, SONG, WHY, WORDS, World, filled, routes
from tests.exchange_peer import PeerSystem
from tests.factories import CITIZEN, NOW, TODAY
from tests.forms import Attributes
from tests.visited import as_in_a_test, broken_ledger

READERS = {
    "portal": ("anyone", "person", "firm"),
    "console": ("centre", "reviewer", "decider", "auditor", "enquirer", "clerk", "second"),
}
# Which of the words of an address fit below these; else those of everybody.
FITTING = {
    "console:screening": {"<slug:code>": ["high_consumption"]},
    "console:enquiry_ask_authorisation": {"<slug:code>": ["bank_credit"]},
    "console:report_batch": {"<slug:code>": ["supervision"]},
}
LEFT_OUT = {"csrfmiddlewaretoken", "for_approval", "own_jwk", "anew"}
PUSHED_TO = "hall.example"
STEPS = 3
NOBODY = "00000000-0000-4000-8000-000000000000"
_TYPED = {
    "code": CITIZEN, "number": CITIZEN, "name": disclosures.PERSON_NAME, "matter_no": "苏办〔2026〕118号",
    "document_no": NUMBER, "document_date": "2026-04-15", "lines": f"{CITIZEN},{disclosures.PERSON_NAME}",
    "sms": "13900000000", "email": "a@example.com", "points": "1", "url": f"https://{PUSHED_TO}/events",
    "page": "https://hall.example/list", "months": "1", "effective_on": "2027-03-01", "valid_from": "2027-03-01",
    "column_13": "CF_JDRQ", "q": NUMBER, "contract_no": "GX-77", "since": "2026-01-01", "until": "2027-06-01",
    "ends_on": "2027-03-01", "retention_days": "30", "days": "30",
}  # fmt: skip
_UNLIKE = {
    "portal:check_report": {"number": "XB2026", "code": "ABC"},
    "portal:check_document": {"number": "示2026", "sha256": "0" * 64, "signature": "0" * 128},
    "portal:progress": {"code": "ABCD-EFGH"},
    "portal:report": {"since": "", "until": ""},
    "console:report_ask": {"since": ""},
    "console:catalogue_new": {"code": "JS-XX-99", "since": "2027-03-01", "until": ""},
    "console:new_recipient": {"url": "", "since": "2026-11-20"},
    "console:report_batch_new": {"lines": f"{FIRM},{FIRM_NAME}"},
}


@dataclass(frozen=True)
class Sent:
    """A form that somebody sent: what it did, what it told, and both again while the ledger takes nothing."""

    route: str
    who: str
    action: str
    names: tuple[str, ...]
    status: int
    left: bool
    sang: bool
    refused: int
    told: bool
    half_done: frozenset[str]


def prepared(world: World) -> World:
    """Add what only forms need: a colleague who decides, lists approved and not, and files that were never admitted."""
    enquirer = world.people["enquirer"]
    world.people["second"] = User.objects.get(username="second")
    placed = [orders.place(everybody.wanted(), enquirer, now=NOW, today=TODAY) for _ in range(2)]
    orders.decide(placed[0].pk, world.people["second"], approve=True, answer="", now=NOW, today=TODAY)
    world.parts["<uuid:order_id>"] += [each.pk for each in placed]
    known = set(world.parts["<uuid:submission_id>"])
    world.parts["<uuid:submission_id>"] += [each.pk for each in Submission.objects.all() if each.pk not in known]
    return world


def sent(world: World) -> Iterator[Sent]:
    """Send every form of every page once for everybody who is shown it."""
    known: set[Any] = set()
    for name, pattern in routes():
        for who in READERS.get(name.split(":")[0], ()):
            for path in filled(pattern, lambda part, name=name: _fitting(world, name, part)):
                with as_in_a_test():
                    answer = world.browser(who).get(path)
                    shown = _forms(path, answer)
                yield from _sent(world, who, shown, known, STEPS)


def bare(world: World, known: Container[str]) -> Iterator[Sent]:
    """Send an empty form to every other address that takes one from somebody."""
    for name, pattern in routes():
        for who in () if name in known else READERS.get(name.split(":")[0], ()):
            for path in filled(pattern, lambda part, name=name: _fitting(world, name, part)):
                with as_in_a_test():
                    answer = world.browser(who).post(path)
                if answer.status_code not in (403, 404, 405) and "/sign-in/" not in answer.headers.get("Location", ""):
                    yield _tried(world, name, who, path, {})[0]


def takers(world: World) -> set[str]:
    """Return the addresses outside the API that take a form, whatever becomes of it; the API has its own document."""
    return {name for name, pattern in routes() if not name.startswith("api:") and _takes(world, name, pattern)}


def _takes(world: World, name: str, pattern: str) -> bool:
    [path] = filled(pattern, lambda part: _fitting(world, name, part)[:1] or ["1" if "<int:" in part else NOBODY])
    return any(_taken(world, who, path) for who in READERS.get(name.split(":")[0], ("system",)))


def _taken(world: World, who: str, path: str) -> bool:
    with as_in_a_test():
        answer = world.browser(who).post(path)
    return answer.status_code != 405 and "/sign-in/" not in answer.headers.get("Location", "")


def _fitting(world: World, name: str, part: str) -> list[Any]:
    own = next((words for space, words in FITTING.items() if name.startswith(space)), {})
    return own.get(part) or WORDS.get(part) or world.parts.get(part, [])


def _forms(path: str, answer: Any) -> list[forms.Form]:
    page = not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html")
    return forms.read(path, answer.content.decode()) if page else []


def _sent(world: World, who: str, shown: list[forms.Form], known: set[Any], steps: int) -> Iterator[Sent]:
    for form in shown:
        for action, values in forms.filled_in(form, LEFT_OUT, lambda route, each: typed(world, route, each)):
            route = resolve(urlsplit(action).path).view_name
            step = tuple(str(values.get(name, "")) for name in ("act", "action", "step", "then", "what", "decision"))
            key = (route, who, tuple(sorted(values)), step)
            if key not in known:
                known.add(key)
                made, following = _tried(world, route, who, action, values)
                yield made
                if steps > 1:
                    yield from _sent(world, who, following, known, steps - 1)


def _tried(world: World, route: str, who: str, action: str, values: dict[str, Any]) -> tuple[Sent, list[forms.Form]]:
    with as_in_a_test():
        browser, leaves = world.browser(who), Entry.objects.count()
        answer = browser.post(action, _anew(values))
        told = _sings(answer, who, values)
        left = Entry.objects.count() > leaves
        following = _forms(urlsplit(action).path, answer)
    with as_in_a_test(), broken_ledger():
        browser, before = world.browser(who), state()
        refused = browser.post(action, _anew(values))
        half_done = _different(before, state())
    names = tuple(sorted(values))
    after = (refused.status_code, _sings(refused, who, values), half_done)
    return Sent(route, who, action, names, answer.status_code, left, told, *after), following


def _anew(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with files that are read from their beginning."""
    for each in values.values():
        if isinstance(each, SimpleUploadedFile):
            each.seek(0)
    return values


def _sings(answer: Any, who: str, values: dict[str, Any]) -> bool:
    """Tell whether an answer holds a word of the person's file that its reader did not type."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = everybody.unpacked(body).decode(errors="replace")
    if "json" in answer.headers.get("Content-Type", "") and "\\u" in text:
        text = text.encode().decode("unicode_escape", errors="replace")
    own = [disclosures.PERSON_NAME] if who == "person" else []
    for word in sorted([*own, *_words(values)], key=len, reverse=True):
        text = text.replace(word, "")
    return bool(SONG.search(text))


def _words(values: dict[str, Any]) -> Iterator[str]:
    """Yield what was typed or handed in, cell by cell."""
    for each in values.values():
        content = _anew({"": each})[""].read().decode() if isinstance(each, SimpleUploadedFile) else str(each)
        yield from (word for word in (content, *re.split(r"[,\s]+", content)) if len(word) > 1)


def state() -> dict[str, str]:
    """Return a digest of what every table holds, except who is signed in."""
    found = {}
    for model in apps.get_models():
        rows = sorted(map(repr, model._default_manager.values_list()))
        found[model._meta.db_table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    found.pop("django_session", None)
    return found


def _different(before: dict[str, str], after: dict[str, str]) -> frozenset[str]:
    return frozenset(name for name, digest in after.items() if before[name] != digest)


def typed(world: World, action: str, each: Attributes) -> Any:
    """Return what somebody would type into a field, by its name and its kind."""
    route, name, kind = resolve(urlsplit(action).path).view_name, each["name"], each["type"]
    if name in _UNLIKE.get(route, {}):
        return _UNLIKE[route][name]
    if kind == "file":
        return _file(route, name)
    if name == "uscc":
        return world.person.source.uscc
    if name in ("jwk", "public_key"):
        return pair()[1] if name == "jwk" else _peer_key(world)
    if route.startswith("console:intake:subjects") and name in ("source", "target"):
        return everybody.OLD_CODE if name == "source" else FIRM
    if name in _TYPED:
        return _TYPED[name]
    known = {"date": "2026-11-20", "number": each.get("min") or "1", "month": "2026-11"}
    return known.get(kind, WHY)


def _peer_key(world: World) -> str:
    return PeerSystem(world.person.source.uscc, world.person.centre.agency.uscc, bytes(32)).public_key


def _file(route: str, name: str) -> SimpleUploadedFile:
    if not route.startswith("console:intake"):
        return SimpleUploadedFile("材料.pdf", b"%PDF-1.7 x", "application/pdf")
    row = {**filings.PERSON_ROW, "CF_WFXW": everybody.DEED, "CF_SY": f"见{everybody.DEED}材料"}
    if route.endswith("withdraw_file"):
        return SimpleUploadedFile(
            "撤回.csv",
            f"文号,主体代码,撤回原因,撤销文书文号,撤销日期,说明\n{NUMBER},{CITIZEN},报送错误,,,对象报错\n".encode(),
        )
    if route.endswith("own_file"):
        told = row | {"CF_JDRQ": "2026-04-15", "CF_WSH": NUMBER}
        bad = told | {"CF_WSH": "示黄鹂〔2026〕9号", "CF_JDRQ": "2026-13-45"}
        return SimpleUploadedFile("处罚.csv", filings.as_csv([told, bad]))
    content = filings.as_csv([row | {"CF_WSH": "示黄鹂〔2026〕81号"}])
    strange = content.decode().replace("处罚决定日期", "作出日期乙", 1).encode()
    return SimpleUploadedFile("处罚.csv", strange if route.endswith(":mapping") else content)
