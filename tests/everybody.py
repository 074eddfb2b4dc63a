"""A small world for tests over all addresses: a person whose file sings, everybody who may ask, objects of all kinds.

The words of the person's file stand nowhere else, so wherever they are read, that file was shown. Everything belongs
to one unit or one person; the strangers of ``World.strangers`` belong to others and have nothing of their own.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from chengxin.accounts import client_keys, clients
from chengxin.accounts.models import User
from chengxin.accounts.roles import Role
from chengxin.accounts.selectors import inbox
from chengxin.cases.models import Document
from chengxin.disclosure import feed, open_data, recipients, report
from chengxin.disclosure.models import Access, ScreeningHit
from chengxin.disclosure.orders import approvals, orders, protection
from chengxin.disclosure.portable import services as portable
from chengxin.disclosure.reports import batches
from chengxin.intake import mappings, merging, uploads
from chengxin.intake.exchange import peers
from chengxin.intake.models import Admission, Question
from chengxin.intake.uploads import Described
from chengxin.ledger import services as ledger
from chengxin.monitoring import tickets
from chengxin.monitoring.models import Ticket
from chengxin.rights import agents, bankruptcy, counter, erasure
from chengxin.rights.agents import Claim
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.misuse.shapes import Fact, Finding, Weight
from chengxin.ui import clock
from chengxin.vault.exchange_keys import exchange_keys
from tests import disclosures, factories, filings, screenings, stages
from tests.assertions import pair
from tests.exchange_peer import PeerSystem
from tests.factories import CITIZEN, NOW, OTHER_CITIZEN, TODAY

NUMBER, DEED = "示黄鹂〔2026〕2号", "黄鹂运输违章"
SONG = re.compile(f"黄鹂|{CITIZEN}|{disclosures.PERSON_NAME}")
STRANGE_CODE, OLD_CODE = "113201990000000606", "91320199MA00000749"
FIRM, FIRM_NAME = "91320199MA00000T4W", "栖云望舒茶业有限公司"
STRANGE_CENTRE, FAR = "11329999000000078K", "329900"
FAR_OFFICE = ("other centre operator", "other reviewer", "other decider")
"""Those of another region who hold the very roles that handle everything here."""
SENSITIVE, WHY = "qualification_review", "核对本案当事人的履行情况"


@dataclass
class World:
    """Who there is, and for every kind of part of an address the objects that exist."""

    people: dict[str, User | None]
    strangers: dict[str, User | None]
    systems: dict[str, clients.Issued]
    person: stages.Stage
    parts: dict[str, list[Any]] = field(default_factory=dict)

    def browser(self, who: str) -> Client:
        """Return a browser in which somebody is signed in, or the client of a unit's system."""
        browser = Client(raise_request_exception=False)
        user = (self.people | self.strangers).get(who)
        if user is not None:
            browser.force_login(user)
        if who in self.systems:
            browser.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.systems[who].token}"
        return browser


def world() -> World:
    """Build it."""
    factories.law()
    source, taker = factories.agency(), factories.agency(factories.OTHER_AGENCY)
    centre = factories.agency(stages.CENTRE_CODE, runs_platform=True, queries_records=True)
    clerk = filings.clerk(source)
    officers = {
        "centre": factories.user("centre", Role.CENTRE_OPERATOR, of=centre),
        "reviewer": factories.user("reviewer", Role.REVIEWER, of=centre),
        "decider": factories.user("decider", Role.DECIDER, of=centre),
        "auditor": factories.user("auditor", Role.AUDITOR, of=centre),
        "enquirer": factories.user("enquirer", Role.ENQUIRER, of=taker),
    }
    person = factories.person()
    owner = factories.citizen(person, "own-person")
    records = _filed(clerk)
    three = (officers["centre"], officers["reviewer"], officers["decider"])
    stage = stages.Stage(person, records, owner, source, clerk, *three)
    firm = factories.firm(FIRM, FIRM_NAME)
    people: dict[str, User | None] = {"anyone": None, **officers, "clerk": clerk, "person": owner}
    people["firm"] = factories.citizen(firm, "own-firm")
    made = World(people, _strangers(), {}, stage)
    made.systems = _systems(officers["centre"], source, taker)
    made.parts = _parts(made, stage, firm)
    feed.collect(clock.now(), TODAY)
    ledger.sequence(now=clock.now())
    return made


def _strangers() -> dict[str, User | None]:
    """Return people of another unit and another family, none of whom has anything to do with the objects."""
    unit = factories.agency(STRANGE_CODE)
    centre = factories.agency(STRANGE_CENTRE, runs_platform=True, queries_records=True)
    other = factories.person(OTHER_CITIZEN, "顾南星")
    return {
        "anyone": None,
        "other centre operator": factories.user("centre9", Role.CENTRE_OPERATOR, of=centre, region=FAR),
        "other reviewer": factories.user("reviewer9", Role.REVIEWER, of=centre, region=FAR),
        "other decider": factories.user("decider9", Role.DECIDER, of=centre, region=FAR),
        "other clerk": factories.user("clerk2", Role.SOURCE_CLERK, of=unit, region="320100"),
        "other enquirer": factories.user("enquirer2", Role.ENQUIRER, of=unit),
        "other auditor": factories.user("auditor2", Role.AUDITOR, of=unit, region=FAR),
        "other person": factories.citizen(other, "own-other"),
        "other firm": factories.citizen(factories.firm(factories.FIRM, "别家贸易有限公司"), "own-other-firm"),
    }


def _systems(operator: User, source: Any, taker: Any) -> dict[str, clients.Issued]:
    purposes = ("submission", "feed", "licensing", "litigation", "procurement", "screening")
    purposes += ("bank_credit", SENSITIVE, clients.COMPAT_SHANDONG)
    for unit in (source, taker):
        feed.contract(unit, "supervision", f"GX-{unit.uscc[-2:]}", since=TODAY, until=TODAY + timedelta(days=900))
    owners = {"system": source, "taker system": taker, "other system": factories.agency(STRANGE_CODE)}
    return {name: clients.issue(unit, purposes, operator, factories.MIDNIGHT) for name, unit in owners.items()}


def _filed(clerk: User) -> Any:
    """File the person's record, the same once more with another fine, and a row that goes back."""
    told = {"CF_WFXW": DEED, "CF_SY": f"见{DEED}材料", "CF_JDRQ": "2026-04-15", "CF_WSH": NUMBER}
    row = {**filings.PERSON_ROW, **told}
    filings.file(filings.as_csv([row, {**row, "CF_WSH": "示黄鹂〔2026〕9号", "CF_JDRQ": "2026-13-45"}]), clerk)
    filings.file(filings.as_csv([row | {"CF_NR_FK": "0.8"}]), clerk, name="再次.csv")
    return Admission.objects.get().record_id


def _parts(made: World, s: stages.Stage, firm: Any) -> dict[str, list[Any]]:
    """Return the objects, by the part of an address that names them; made in the order in which they depend."""
    enquirer, operator = made.people["enquirer"], s.centre
    submissions = list(Admission.objects.values_list("row__submission_id", flat=True))
    consent = disclosures.allowed(enquirer, s.applicant)
    disclosures.answer(disclosures.about_person(enquirer))
    visit = counter.open_visit(
        s.subject.id, consent_version=counter.CONSENT_VERSION, officer=operator, now=clock.now(), today=TODAY
    )
    listed = factories.record(s.subject, item="JS-SF-01", document_no="示黄鹂〔2026〕7号", content={}, decided=TODAY)
    screenings.screened(enquirer, screenings.THE_PERSON, matter="high_consumption")
    case = stages.objected(s)
    stages.take(case, "accept", operator)
    stages.take(case, "forward", operator)
    erasing = erasure.request(s.subject.id, actor=s.applicant, record_id=listed, text="请删除", now=NOW, today=TODAY)
    ruling = bankruptcy.Ruling("示例市中级人民法院", "（2026）示破1号", date(2026, 11, 2), date(2028, 11, 2))
    factories.record(firm, document_no="示交罚〔2026〕88号")
    rescue = bankruptcy.file(firm.id, ruling, actor=made.people["firm"], now=NOW, today=TODAY)
    return {
        "<record>": [s.record],
        "<submission>": submissions,
        "<uuid:access_id>": list(Access.objects.values_list("pk", flat=True)),
        "<uuid:agency_id>": [s.source.pk],
        "<uuid:authorisation_id>": [consent.pk],
        "<authorisation>": [consent.pk],
        "<uuid:case_id>": [case.pk, erasing.pk, rescue.pk],
        "<int:document_id>": list(Document.objects.values_list("pk", flat=True)),
        "<uuid:record_id>": [s.record],
        "<uuid:submission_id>": submissions,
        "<uuid:visit_id>": [visit.pk],
        "<uuid:number>": list(ScreeningHit.objects.values_list("pk", flat=True)),
        **_of_the_source(s),
        **_of_the_centre(made, s),
        **_of_the_taker(made),
        **_taken_along(s),
        "<uuid:message_id>": [letter.pk for letter in inbox([s.subject.id])],
    }


def _of_the_source(s: stages.Stage) -> dict[str, list[Any]]:
    """Return what the clerk has under way: a file in pieces, one with strange headings, and a question."""
    content = filings.as_csv([filings.PERSON_ROW | {"CF_WSH": "示黄鹂〔2026〕5号", "CF_XDR_MC": "沈清河"}])
    described = Described("分片.csv", len(content), hashlib.sha256(content).hexdigest())
    upload = uploads.begin(s.source, factories.PENALTY, described, actor=s.clerk, now=NOW, today=TODAY)
    strange = content.decode().replace("处罚决定日期", "作出日期甲", 1).encode()
    place = (s.source, factories.PENALTY, "处罚.csv", io.BytesIO(strange))
    held = mappings.hold(*place, actor=s.clerk, now=NOW, today=TODAY)
    found = mappings.propose(s.source, factories.PENALTY, io.BytesIO(strange), actor=s.clerk, today=TODAY)
    chosen = {each.heading: each.field for each in found.columns.columns} | {"作出日期甲": "CF_JDRQ"}
    told = {"actor": s.clerk, "now": NOW, "today": TODAY}
    mapping = mappings.confirm(s.source, factories.PENALTY, chosen, found.stored(), **told)
    filings.file(content, s.clerk, name="问.csv")
    return {
        "<uuid:upload_id>": [upload.pk],
        "<uuid:held_id>": [held.pk],
        "<uuid:mapping_id>": [mapping.pk],
        "<int:question_id>": list(Question.objects.values_list("pk", flat=True)),
    }


def _of_the_centre(made: World, s: stages.Stage) -> dict[str, list[Any]]:
    """Return what lies on the desks of the centre: an agent's power, a merger, a client, a key, a recipient."""
    helper = factories.citizen(factories.person("320199197501010076", "陆北辰"), "helper")
    claim = Claim(
        capacity="agent", number=CITIZEN, name=disclosures.PERSON_NAME, ends_on=date(2027, 3, 1), proof=b"%PDF-1.7 x"
    )
    power = agents.claim(claim, actor=helper, now=NOW, today=TODAY)
    told = {"actor": s.centre, "now": NOW, "today": TODAY}
    factories.firm(OLD_CODE, "栖云旧厂有限公司")
    merger = merging.propose_merge(
        source=OLD_CODE, target=factories.FIRM, proof="换照通知书〔2026〕5号", reason="换发统一代码", **told
    )
    peer = peers.pin(
        s.source, PeerSystem(s.source.uscc, s.centre.agency.uscc, exchange_keys().public).public_key, s.centre, NOW
    )
    wanted = recipients.Wanted(s.source.uscc, "GX-9", "supervision", TODAY, TODAY + timedelta(days=90), 30)
    client = next(each for each in clients.all_clients(s.centre) if each.agency_id == s.source.pk)
    key = client_keys.add(client.pk, pair()[1], s.centre, NOW, key_only=False)
    return {
        **_protected(s),
        "<uuid:power_id>": [power.pk],
        "<uuid:change_id>": [merger.pk],
        "<uuid:peer_id>": [peer.pk],
        "<uuid:key_id>": [key.pk],
        "<uuid:client_id>": [client.pk],
        "<int:recipient_id>": [recipients.add(wanted, actor=s.centre, now=NOW).recipient.pk],
    }


def _protected(s: stages.Stage) -> dict[str, list[Any]]:
    """Return a protection of a firm nobody asks about, and the proposal to end it, put by one and for the other."""
    other = factories.user("decider2", Role.DECIDER, of=s.decider.agency)
    change = protection.propose(CodeKind.USCC, OLD_CODE, "栖云旧厂有限公司", "证人保护", other, NOW)
    protection.decide(change.pk, s.decider, approve=True, answer="", now=NOW)
    standing = protection.standing(s.decider)[0].row.pk
    ending = protection.propose_lift(standing, "案件已经审结", other, NOW)
    return {"<uuid:protection_id>": [standing], "<uuid:proposal_id>": [ending.pk]}


def _of_the_taker(made: World) -> dict[str, list[Any]]:
    """Return what waits for a second person, lists approved by one (the first run to its end), a batch, a ticket."""
    told = {"now": NOW, "today": TODAY}
    officer, system = made.people["enquirer"], made.systems["taker system"].client.user
    second = factories.user("second", Role.ENQUIRER, of=officer.agency)
    put = {"statute": disclosures.article(SENSITIVE), "reason": WHY}
    asked = [approvals.ask(disclosures.about_person(who, SENSITIVE, **put), **told) for who in (officer, system)]
    placed = [orders.place(wanted(), who, **told) for who in (officer, system, system)]
    for order in placed:
        orders.decide(order.pk, second, approve=True, answer="", **told)
    for order in placed[:2]:
        orders.run(order.pk, order.asked_by, **told)
    ground = {
        "statute": disclosures.article("supervision"),
        "matter_no": "苏办〔2026〕118号",
        "site": "http://testserver/",
        "reason": WHY,
    }
    batch = batches.start((batches.Line(FIRM, FIRM_NAME, None),), "supervision", officer, **told, **ground)
    return {
        "<uuid:approval_id>": [asked[0].pk],
        "<approval>": [asked[1].pk],
        "<uuid:order_id>": [placed[0].pk],
        "<order>": [order.pk for order in placed[1:]],
        "<uuid:batch_id>": [batch],
        "<int:ticket_id>": [ticket(officer, made.person.subject.id, made.people["auditor"])],
    }


def wanted() -> orders.Wanted:
    """Return an order about the person and somebody with an empty file."""
    ground = ("licensing", disclosures.article("licensing"), "苏办〔2026〕118号", "person", CodeKind.CITIZEN_ID, WHY)
    return orders.Wanted(*ground, ((CITIZEN, disclosures.PERSON_NAME), (OTHER_CITIZEN, "顾南星")))


def ticket(officer: User, subject: Any, auditor: User) -> int:
    """Open a ticket about an officer's read of a file and put it to the unit."""
    read = Access.objects.filter(actor=officer, subject_id=subject).first()
    said = ("查询了代理关系人", "Looked at a file they act for")
    finding = Finding(
        "household", f"household:{read.pk}", officer.pk, officer.agency_id, read.subject_id, TODAY, (read.pk,), *said,
        (Fact("次数", "Times", "1"),), Weight(60, *said),
    )  # fmt: skip
    tickets.open_ticket(finding, now=NOW)
    opened = Ticket.objects.get()
    return tickets.ask(opened.pk, actor=auditor, version=opened.version, now=NOW, today=TODAY).pk


def _taken_along(s: stages.Stage) -> dict[str, list[Any]]:
    """Return the reports of the person, of which one can be taken along, and an edition of the open data."""
    told = {"now": NOW, "today": TODAY}
    paper = report.build_own(s.subject.id, s.applicant, **told)
    carried = portable.issue(s.subject.id, s.applicant, portable.Wish("http://testserver", 5), **told)
    return {
        "<str:number>": [paper.number],
        "<str:verify_code>": [paper.verify_code],
        "<uuid:report_id>": [carried.pk],
        "<str:name>": [each.name for each in open_data.make(**told).files],
    }


def unpacked(body: bytes) -> bytes:
    """Return what a packed file holds; anything else as it is."""
    if body.startswith(b"\x1f\x8b"):
        return gzip.decompress(body)
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return b"\n".join(packed.read(name) for name in packed.namelist())
    return body


WORDS: dict[str, list[str]] = {
    "<slug:act>": ["withdraw"],
    "<uuid:comment_id>": ["00000000-0000-4000-8000-000000000000"],
    "<slug:action>": ["withdraw"],
    "<slug:kind>": ["item"],
    "<slug:code>": ["licensing"],
    "<slug:name>": ["objections"],
    "<str:name>": ["manifest.json"],
    "<slug:number>": ["2026-10"],
    "<str:code>": [factories.PENALTY, "not_found"],
    "<str:uscc>": [factories.FIRM],
    "<uscc>": [factories.FIRM],
    "<item>": [factories.PENALTY],
    "<int:number>": ["1"],
    "<number>": ["1"],
    "<index>": ["0"],
    "<ledger_entry>": ["1"],
}
PART = re.compile("<[^>]+>")
Named = tuple[str, str]


def routes(resolver: URLResolver | None = None, space: str = "", before: str = "") -> Iterator[Named]:
    """Yield (name, pattern) of every address of the product."""
    for each in (resolver or get_resolver()).url_patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield f"{space}{each.name}", here
        else:
            yield from routes(each, f"{space}{each.namespace}:" if each.namespace else space, here)


def filled(pattern: str, values: Callable[[str], list[Any]]) -> list[str]:
    """Return the addresses of a pattern: every combination of its parts."""
    found = [pattern]
    for part in PART.findall(pattern):
        found = [path.replace(part, str(value), 1) for path in found for value in values(part)]
    return [f"/{path}" for path in found]
