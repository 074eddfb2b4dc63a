"""A restored record sings nowhere: every address of the product is opened by everybody, before and after restoration.

Two canaries come in by the ordinary way, in a file of their agency: one about a firm, one about a person. Their words
stand in the document number and in the running text. A new address is opened by itself; one with parts to fill in is
opened with every value of ``PARTS``; a part nobody has named there fails, so no new page can be overlooked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests import disclosures, everybody, factories, filings, passed_on, stages
from tests.factories import CITIZEN, FIRM, NOW, TODAY
from tests.stages import Stage

from chengxin.accounts import clients
from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.accounts.selectors import inbox
from chengxin.cases.models import Document
from chengxin.cases.selectors import document_text
from chengxin.disclosure import feed, report
from chengxin.disclosure.models import Access
from chengxin.intake.models import Admission, Submission
from chengxin.ledger.models import Entry
from chengxin.registry.models import RecordVersion
from chengxin.rights import counter
from chengxin.rights.models import Matter
from chengxin.ui import clock

pytestmark = pytest.mark.django_db
NUMBER, DEED = "示金丝雀〔2026〕{}号", "金丝雀运输违章"
SONG = re.compile("金丝雀")
MONTHS_AGO = "2026-04-15"


@dataclass
class World:
    """Two restorable records that came in by file, everybody who may ask, and what they were given before."""

    stages: dict[str, Stage]
    people: dict[str, User | None]
    submission: Submission
    token: str
    made: list[report.CreditReport]
    visit: Any
    consent: Any
    passed: passed_on.PassedOn


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Any) -> Iterator[World]:
    settings.CHENGXIN_PUSH_HOSTS, settings.VAR = ["127.0.0.1"], tmp_path
    with clock.moved_to(TODAY):
        yield _world()


def _world() -> World:
    factories.law()
    source = factories.agency()
    centre = factories.agency(stages.CENTRE_CODE, runs_platform=True, queries_records=True)
    taker = factories.agency(factories.OTHER_AGENCY, queries_records=True)
    clerk = factories.user("clerk", Role.SOURCE_CLERK, of=source, region="320100")
    officers = {
        "centre": factories.user("centre", Role.CENTRE_OPERATOR, of=centre),
        "reviewer": factories.user("reviewer", Role.REVIEWER, of=centre),
        "decider": factories.user("decider", Role.DECIDER, of=centre),
        "auditor": factories.user("auditor", Role.AUDITOR, of=centre),
        "enquirer": factories.user("enquirer", Role.ENQUIRER, of=taker),
    }
    subjects = {"firm": factories.firm(), "person": factories.person()}
    owners = {kind: factories.citizen(subject, f"own-{kind}") for kind, subject in subjects.items()}
    submission = _filed(clerk)
    records = _records(submission)
    three = (officers["centre"], officers["reviewer"], officers["decider"])
    there = {k: Stage(subjects[k], records[k], owners[k], source, clerk, *three) for k in subjects}
    issued = clients.issue(taker, ("feed", "licensing", "litigation"), officers["centre"], factories.MIDNIGHT)
    feed.contract(taker, "supervision", "GX-1", since=TODAY, until=TODAY + timedelta(days=900))
    made = [
        report.build(disclosures.about_firm(officers["enquirer"], "supervision"), now=NOW, today=TODAY),
        report.build_own(subjects["person"].id, owners["person"], now=NOW, today=TODAY),
    ]
    people: dict[str, User | None] = {"anyone": None, **officers, "clerk": clerk, **owners}
    visit = counter.open_visit(
        subjects["person"].id,
        consent_version=counter.CONSENT_VERSION,
        officer=officers["centre"],
        now=clock.now(),
        today=TODAY,
    )
    consent = disclosures.allowed(officers["enquirer"], owners["person"])
    passed = passed_on.pass_on(officers["enquirer"], owners["person"], subjects["person"], officers["auditor"])
    return World(there, people, submission, issued.token, made, visit.pk, consent.pk, passed)


def _filed(clerk: User) -> Submission:
    told = {"CF_WFXW": DEED, "CF_SY": f"见{DEED}材料", "CF_JDRQ": MONTHS_AGO}
    firm = {**filings.FIRM_ROW, "CF_FRDB": "顾言蹊"}  # Whoever reads the person's name has read of the person.
    rows = [
        {**firm, **told, "CF_WSH": NUMBER.format(1)},
        {**filings.PERSON_ROW, **told, "CF_WSH": NUMBER.format(2)},
        {**firm, "CF_WSH": "示交罚〔2026〕9号", "CF_JDRQ": "2026-13-45"},  # One goes back to its sender.
    ]
    return filings.file(filings.as_csv(rows), clerk)


def _records(submission: Submission) -> dict[str, Any]:
    admitted = Admission.objects.filter(row__submission=submission).values_list("record_id", flat=True)
    found = RecordVersion.objects.filter(record_id__in=admitted).select_related("record__subject")
    return {"person" if v.record.subject.kind == "person" else "firm": v.record_id for v in found}


def restore(world: World) -> None:
    """An objection is decided first, so that closed cases of both kinds lie on the desks; then both are restored."""
    for s in world.stages.values():
        case = stages.objected(s, text="金额应当核对。")
        stages.take(case, "accept", s.centre)
        stages.take(case, "forward", s.centre)
        stages.take(case, "answer", s.clerk, stands="yes", note="经核查无误。")
        stages.take(case, "propose", s.reviewer, outcome="upheld", note="核查无误。")
        stages.take(case, "decide", s.decider, note="同意。")
        stages.restored(s)


# --- Every address ----------------------------------------------------------------------------------------------------


def _patterns(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield here
        else:
            yield from _patterns(each, here)


ADDRESSES = sorted(set(_patterns(get_resolver())))
WITHOUT_CONTENT = {
    "api/^(?P<rest>.*)$": "answers every unknown address with the same problem",
    "i18n/setlang/": "changes the language and shows nothing",
    "sign-out/": "ends a session and shows nothing",
    "demo/": "signs in as one of the people of the demonstration",
}


def _case_ids(world: World) -> list[Any]:
    records = [s.record for s in world.stages.values()]
    return list(Matter.objects.filter(record_id__in=records).values_list("case_id", flat=True))


def _letters(world: World) -> list[Any]:
    return [letter for s in world.stages.values() for letter in inbox([s.subject.id])]


def _documents(world: World) -> list[Document]:
    return list(Document.objects.filter(case_id__in=_case_ids(world)).select_related("case__key"))


PARTS: dict[str, Callable[[World], Sequence[Any]]] = {
    "<approval>": lambda w: [w.passed.approval],
    "<authorisation>": lambda w: [w.consent],
    "<index>": lambda w: range(1),
    "<int:number>": lambda w: [1],
    "<int:ticket_id>": lambda w: [w.passed.ticket],
    "<number>": lambda w: [1],
    "<order>": lambda w: [w.passed.order],
    "<int:document_id>": lambda w: [document.pk for document in _documents(w)][:1],
    "<int:question_id>": lambda w: [1],
    "<item>": lambda w: [factories.PENALTY],
    "<ledger_entry>": lambda w: [1],
    "<record>": lambda w: [s.record for s in w.stages.values()],
    "<slug:act>": lambda w: ["withdraw"],
    "<slug:action>": lambda w: ["contest"],
    "<slug:kind>": lambda w: ["item"],
    "<slug:code>": lambda w: ["licensing", "pause"],
    "<slug:name>": lambda w: ["objections", "agencies"],
    "<str:code>": lambda w: [factories.PENALTY],
    "<str:name>": lambda w: ["manifest.json", "schema.json", *w.passed.files],
    "<str:number>": lambda w: [made.number for made in w.made],
    "<str:uscc>": lambda w: [FIRM],
    "<str:verify_code>": lambda w: [made.verify_code for made in w.made],
    "<submission>": lambda w: [w.submission.pk],
    "<uscc>": lambda w: [FIRM],
    "<uuid:access_id>": lambda w: list(Access.objects.values_list("pk", flat=True)[:2]),
    "<uuid:agency_id>": lambda w: [w.submission.agency_id],
    "<uuid:approval_id>": lambda w: [w.passed.approval],
    "<uuid:authorisation_id>": lambda w: [w.consent],
    "<uuid:case_id>": _case_ids,
    "<uuid:message_id>": lambda w: [letter.pk for letter in _letters(w)][:2],
    "<uuid:order_id>": lambda w: [w.passed.order],
    "<uuid:report_id>": lambda w: [w.passed.carried],
    "<uuid:record_id>": lambda w: [s.record for s in w.stages.values()],
    "<uuid:submission_id>": lambda w: [w.submission.pk],
    "<uuid:visit_id>": lambda w: [w.visit],
}
PARTS_WITHOUT_CONTENT = {
    "<int:recipient_id>": "the terms of one who receives the feed; no record",
    "<slug:number>": "a bulletin of counts; no record",
    "<uuid:batch_id>": "a list of organisations and the numbers of their reports; each sheet is tried by its number",
    "<uuid:comment_id>": "what somebody says about a change of the catalogue; no record",
    "<uuid:change_id>": "what is proposed about an item of the catalogue or a whole subject",
    "<uuid:client_id>": "a unit's system and its token; no record",
    "<uuid:proposal_id>": "a masked name and why the file is to be protected, or no longer; no record",
    "<uuid:protection_id>": "a masked name and why the file is protected; no record",
    "<uuid:key_id>": "a public key of a unit's system; no record",
    "<uuid:held_id>": "a file whose columns nobody has matched yet, so nothing of it is a record",
    "<uuid:mapping_id>": "headings and fields; no row",
    "<uuid:number>": "a hit in a list or a measure, of which the canary has none; test_services of screening ends one",
    "<uuid:peer_id>": "a key of another system; no record",
    "<uuid:power_id>": "who may act for whom and on what proof; no record",
    "<uuid:upload_id>": "pieces of a file that is not filed yet",
}
PART = re.compile("<[^>]+>")


def _paths(pattern: str, world: World) -> list[str]:
    """Return the addresses of a pattern, with every combination of its parts."""
    names = PART.findall(pattern)
    if pattern in WITHOUT_CONTENT or set(names) & set(PARTS_WITHOUT_CONTENT):
        return []
    found = []
    for values in product(*(PARTS[name](world) for name in names)):
        path = pattern
        for name, value in zip(names, values, strict=True):
            path = path.replace(name, str(value))
        found.append(path)
    return found


def _opened(world: World) -> Iterator[tuple[str, str, str]]:
    """Yield who opened which address and what came back, for everybody and every address."""
    for who, user in world.people.items():
        browser = Client()
        if user is not None:
            browser.force_login(user)
        for path in (path for pattern in ADDRESSES for path in _paths(pattern, world)):
            yield who, path, _get(browser, path)


def _get(browser: Client, path: str) -> str:
    return _text(browser.get(f"/{path}"))


def _text(answer: Any) -> str:
    """Return an answer as text; JSON is read, because it may write its characters as numbers."""
    body = everybody.unpacked(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    kind = answer.headers.get("Content-Type", "")
    return (
        json.dumps(json.loads(body), ensure_ascii=False) if "/json" in kind and body else body.decode(errors="replace")
    )


# --- What is asked by form or by machine ------------------------------------------------------------------------------


def _signed_in(user: User | None) -> Client:
    browser = Client()
    if user is not None:
        browser.force_login(user)
    return browser


def _asked(purpose: str, kind: str) -> Callable[[World], str]:
    """Ask at the enquirer's desk."""

    def ask(w: World) -> str:
        typed = {
            "subject_kind": "person" if kind == "person" else "organisation",
            "code_kind": "citizen_id" if kind == "person" else "uscc",
            "code": CITIZEN if kind == "person" else FIRM,
            "name": disclosures.PERSON_NAME if kind == "person" else disclosures.FIRM_NAME,
            "statute": disclosures.article(purpose),
            "matter_no": "苏办〔2026〕118号",
            "reason": "办理道路运输许可，核对处罚情况",
        }
        return _text(_signed_in(w.people["enquirer"]).post(f"/console/enquiry/ask/{purpose}/", typed))

    return ask


def _by_machine(purpose: str, kind: str) -> Callable[[World], str]:
    """Ask over the API."""

    def ask(w: World) -> str:
        asked = {
            "purpose": purpose,
            "subject_kind": "person" if kind == "person" else "organisation",
            "code_kind": "citizen_id" if kind == "person" else "uscc",
            "code": CITIZEN if kind == "person" else FIRM,
            "name": disclosures.PERSON_NAME if kind == "person" else disclosures.FIRM_NAME,
            "statute": disclosures.article(purpose),
            "matter_no": "苏办〔2026〕118号",
            "reason": "办理道路运输许可，核对处罚情况",
        }
        token = {"Authorization": f"Bearer {w.token}"}
        return _text(Client().post("/api/v1/enquiries", asked, content_type="application/json", headers=token))

    return ask


def _own_report(kind: str, form: str) -> Callable[[World], str]:
    return lambda w: _text(_signed_in(w.people[kind]).post("/mine/report/", {"format": form}))


def _feed(w: World) -> str:
    feed.collect(NOW, TODAY)
    return json.loads(_text(Client().get("/api/v1/feed", headers={"Authorization": f"Bearer {w.token}"})))["body"]


ASKED: dict[str, Callable[[World], str]] = {
    "search by name": lambda w: _text(Client().get("/search/", {"q": "金丝雀"})) and "",
    "newest, penalties": lambda w: _text(Client().get("/latest/", {"kind": "penalties"})),
    "feed": _feed,
    **{f"desk {p} {k}": _asked(p, k) for p in ("licensing", "litigation") for k in ("firm", "person")},
    "desk supervision firm": _asked("supervision", "firm"),
    **{f"API {p} {k}": _by_machine(p, k) for p in ("licensing", "litigation") for k in ("firm", "person")},
    "an enquiry that was approved": lambda w: passed_on.approved_enquiry(w.passed),
    "the results of an order": lambda w: passed_on.taken_order(w.passed),
    "all of a portable report": lambda w: passed_on.presentation(w.passed),
    "an edition of the open data": lambda w: passed_on.edition(),
    "a watch": lambda w: passed_on.watched(w.passed),
    **{f"own report {k} {f}": _own_report(k, f) for k in ("firm", "person") for f in ("html", "json")},
}
# By name nobody is found; a watch and a purpose that a second person approves are about lists, and this is a penalty.
MUTE = {"search by name", "a watch", "an enquiry that was approved"}
SINGS = set(ASKED) - MUTE
SINGING_PAGES = {
    f"organisations/{FIRM}/": "anyone",
    "latest/": "anyone",
    f"api/v1/organisations/{FIRM}": "anyone",
    "api/v1/latest": "anyone",
    "mine/": "person",
}


# --- The tests --------------------------------------------------------------------------------------------------------


def test_every_part_of_an_address_is_known_and_every_reason_is_still_needed():
    """A new kind of address fails here until somebody has said how to open it, or why it shows no record."""
    wanting = {part for each in ADDRESSES if each not in WITHOUT_CONTENT for part in PART.findall(each)}
    assert wanting <= set(PARTS) | set(PARTS_WITHOUT_CONTENT)
    assert set(WITHOUT_CONTENT) <= set(ADDRESSES)


WHO = re.compile(f"{CITIZEN}|{disclosures.PERSON_NAME}")


def _whispers(caplog: Any) -> list[str]:
    """Return what the logs and the ledger say of the person or of the record: nothing, ever (charter C27)."""
    leaves = [bytes(body).decode(errors="replace") for body in Entry.objects.values_list("body", flat=True)]
    return [said for said in (*leaves, caplog.text) if WHO.search(said) or SONG.search(said)]


def test_before_the_restoration_the_canary_sings(world, caplog):
    case = stages.objected(world.stages["firm"])
    pages = {**SINGING_PAGES, f"console/cases/{case.pk}/": "centre"}
    silent = {path for path, who in pages.items() if not SONG.search(_get(_signed_in(world.people[who]), path))}
    assert silent == set()
    assert {name for name, ask in ASKED.items() if SONG.search(ask(world))} == SINGS
    assert _whispers(caplog) == []


def test_after_the_restoration_no_output_of_any_kind_contains_it(world, caplog):
    _feed(world)
    restore(world)
    pages = [(who, path, bool(SONG.search(text)), bool(WHO.search(text))) for who, path, text in _opened(world)]
    assert {(who, path) for who, path, sang, _named in pages if sang} == set()
    assert {(who, path) for who, path, _sang, named in pages if named and who != "person"} == set()
    assert {name for name, ask in ASKED.items() if SONG.search(ask(world))} == set()
    assert [report.verify(made.number, made.verify_code, TODAY).validity for made in world.made] == ["superseded"] * 2
    assert not [each for each in _documents(world) if SONG.search(document_text(each))]
    letters = _letters(world)
    assert _whispers(caplog) == []
    assert letters and not [letter for letter in letters if SONG.search(letter.title + letter.body)]
