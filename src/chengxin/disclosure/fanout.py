"""Where the end of a record has got to: who was given it, was told of its end, received that, applied it, is late.

Nothing here holds content; it reads receipts, the state of the endpoints and the traces of reports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max, QuerySet

from chengxin.catalogue import lawbook
from chengxin.disclosure import feed, holdings
from chengxin.disclosure.models import Delta, Endpoint, HeldSet, Receipt, Recipient, Report, ReportPaper
from chengxin.disclosure.reports import scope as scopes
from chengxin.disclosure.reports.states import versions_digest
from chengxin.rules.dated import Value
from chengxin.rules.lawfiles import Ground

RECENT = 30
WAITING, GIVEN, RECEIVED, APPLIED, VERIFIED = "waiting", "given", "received", "applied", "verified"
STOPPED = (APPLIED, VERIFIED)
"""The steps at which a recipient no longer uses the record: it says so, or what it holds was compared and is right."""


@dataclass(frozen=True, slots=True)
class Taker:
    """One recipient that was given a record, and how far the word of its end has come there.

    ``failure`` and ``retry_at`` speak of the endpoint at this moment; a recipient that pulls has none (``pushed``).
    """

    recipient: int
    agency_zh: str
    agency_en: str
    contract_no: str
    given_at: datetime
    told_at: datetime | None
    received_at: datetime | None
    applied_at: datetime | None
    verified_at: datetime | None
    due_at: datetime | None
    pushed: bool
    failure: str
    retry_at: datetime | None
    late: bool

    @property
    def state(self) -> str:
        """Return the furthest step that is written down."""
        steps = (
            (VERIFIED, self.verified_at), (APPLIED, self.applied_at), (RECEIVED, self.received_at),
            (GIVEN, self.told_at),
        )  # fmt: skip
        return next((name for name, at in steps if at is not None), WAITING)


@dataclass(frozen=True, slots=True)
class Fanout:
    """The withdrawal of one record and everyone who had been given it; without a number it is not in the feed yet."""

    record: UUID
    fed: bool
    number: int | None
    withdrawn_at: datetime | None
    item_zh: str
    item_en: str
    cause_ref: str
    takers: tuple[Taker, ...]

    @property
    def late(self) -> int:
        """Return how many are late."""
        return sum(each.late for each in self.takers)

    def reached(self, *states: str) -> int:
        """Return how many stand at one of these steps."""
        return sum(each.state in states for each in self.takers)

    @property
    def settled(self) -> bool:
        """Tell whether nothing is awaited any more: where it was fed, everyone has applied the withdrawal."""
        return not self.fed or (self.number is not None and self.reached(*STOPPED) == len(self.takers))


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient's connection: how it takes the feed, how many deltas lie ahead of it, and what it owes."""

    recipient: int
    agency_zh: str
    agency_en: str
    contract_no: str
    until: date
    pushed: bool
    behind: int
    delivered_at: datetime | None
    failures: int
    failure: str
    retry_at: datetime | None
    late: int
    compared_at: datetime | None = None
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class Laggard:
    """A recipient past its time: since when the oldest confirmation is due, and how many are."""

    agency_zh: str
    agency_en: str
    contract_no: str
    since: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Superseded:
    """How many reports were made about a subject before a moment, and how many of them no longer hold."""

    made: int
    no_longer: int


def of_record(record_id: UUID, now: datetime) -> Fanout:
    """Return how far the last withdrawal of a record has come."""
    deltas = list(_deltas().filter(record_id=record_id).order_by("-number"))
    withdrawal = next((each for each in deltas if each.kind == Delta.WITHDRAW), None)
    if withdrawal is not None:
        return _fanouts([withdrawal], now)[0]
    given = Receipt.objects.filter(delta__record_id=record_id).exclude(with_content=False)
    rows = list(given.select_related("recipient__agency", "delta").order_by("delta_id"))
    item = deltas[0].record.item if deltas else None
    takers = _takers(None, rows, _endpoints(rows), now)
    return Fanout(
        record_id, bool(deltas), None, None, item.name_zh if item else "", item.name_en if item else "", "", takers
    )


def recent(now: datetime, limit: int = RECENT) -> list[Fanout]:
    """Return the newest withdrawals, each with everyone concerned."""
    return _fanouts(list(_deltas().filter(kind=Delta.WITHDRAW, at__lte=now).order_by("-number")[:limit]), now)


def lines(now: datetime) -> list[Line]:
    """Return every recipient and the state of its connection, those that owe most first."""
    newest = Delta.objects.aggregate(last=Max("number"))["last"] or 0
    reached = Receipt.objects.exclude(received_at=None).order_by().values_list("recipient_id")
    pulled = dict(reached.annotate(last=Max("delta_id")))
    pushed = {each.pk: each for each in Endpoint.objects.filter(closed_at=None)}
    owed: dict[int, int] = defaultdict(int)
    for late in feed.late(now):
        owed[late.recipient] += 1
    said = holdings.last_statements()
    found = [
        _line(each, pushed.get(each.pk), newest - pulled.get(each.pk, 0), newest, owed[each.pk], said.get(each.pk))
        for each in Recipient.objects.select_related("agency").order_by("pk")
    ]
    return sorted(found, key=lambda line: (-line.late, -line.failures, line.recipient))


def laggards(now: datetime) -> list[Laggard]:
    """Return the recipients that have not confirmed withdrawals in time, the longest overdue first."""
    grouped: dict[int, list[feed.Outstanding]] = defaultdict(list)
    for each in feed.late(now):
        grouped[each.recipient].append(each)
    found = [
        Laggard(owed[0].agency, owed[0].agency_en, owed[0].contract_no, min(e.due_at for e in owed), len(owed))
        for owed in grouped.values()
    ]
    return sorted(found, key=lambda laggard: (laggard.since, laggard.contract_no))


def rule(today: date) -> Value:
    """Return the dated value by which a confirmation is late, with its basis."""
    return lawbook.current().value(feed.CONFIRM_DAYS, today)


def superseded(subject_id: UUID, before: datetime, today: date) -> Superseded:
    """Return how many reports about a subject made before a moment no longer agree with its file."""
    digests: dict[tuple[object, ...], str] = {}
    made = no_longer = 0
    reports = Report.objects.filter(subject_id=subject_id, made_at__lte=before).select_related("access")
    papers = {each.pk: each for each in ReportPaper.objects.filter(report__in=reports).select_related("report")}
    for report in reports:
        access, scope = report.access, scopes.of_paper(papers.get(report.pk), today)
        under = access.basis_ref if access.basis_kind == Ground.AUTHORISATION else ""
        sight = (access.basis_kind, access.purpose, under, scope)
        if sight not in digests:
            digests[sight] = versions_digest(subject_id, access, today, scope)
        made += 1
        no_longer += digests[sight] != report.versions_digest
    return Superseded(made, no_longer)


def _deltas() -> QuerySet[Delta]:
    found = Delta.objects.select_related("record__item", "version")
    return found.defer("version__content", "version__sealed")


def _fanouts(withdrawals: list[Delta], now: datetime) -> list[Fanout]:
    records = [each.record_id for each in withdrawals]
    receipts = Receipt.objects.filter(delta__record_id__in=records).select_related("recipient__agency", "delta")
    by_record: dict[UUID, list[Receipt]] = defaultdict(list)
    for receipt in receipts.order_by("delta_id"):
        by_record[receipt.delta.record_id].append(receipt)
    endpoints = _endpoints(receipts)
    return [
        Fanout(
            each.record_id,
            True,
            each.number,
            each.at,
            each.record.item.name_zh,
            each.record.item.name_en,
            each.version.cause_ref,
            _takers(each, by_record[each.record_id], endpoints, now),
        )
        for each in withdrawals
    ]


def _endpoints(receipts: Iterable[Receipt]) -> dict[int, Endpoint]:
    wanted = {each.recipient_id for each in receipts}
    return {each.pk: each for each in Endpoint.objects.filter(pk__in=wanted, closed_at=None)}


def _takers(
    withdrawal: Delta | None, receipts: list[Receipt], endpoints: dict[int, Endpoint], now: datetime
) -> tuple[Taker, ...]:
    """Return who was given content before the withdrawal; whatever came after it answers for it."""
    number = withdrawal.number if withdrawal else None
    before: dict[int, Receipt] = {}
    after: dict[int, list[Receipt]] = defaultdict(list)
    for each in receipts:
        if number is not None and each.delta_id >= number:
            after[each.recipient_id].append(each)
        elif each.with_content is not False and each.delta.kind != Delta.WITHDRAW:
            before.setdefault(each.recipient_id, each)
    found = [_taker(each, after[pk], withdrawal, endpoints.get(pk), now) for pk, each in before.items()]
    return tuple(sorted(found, key=lambda taker: (not taker.late, taker.applied_at is not None, taker.recipient)))


def _taker(
    first: Receipt, after: list[Receipt], withdrawal: Delta | None, endpoint: Endpoint | None, now: datetime
) -> Taker:
    agency = first.recipient.agency
    applied = _earliest(each.applied_at for each in after)
    due = feed.confirm_by(withdrawal.at) if withdrawal else None
    return Taker(
        first.recipient_id,
        agency.name_zh,
        agency.name_en,
        first.recipient.contract_no,
        first.given_at,
        _earliest(each.given_at for each in after),
        _earliest(each.received_at for each in after),
        applied,
        _earliest(each.verified_at for each in after),
        due,
        endpoint is not None,
        endpoint.failure if endpoint else "",
        endpoint.retry_at if endpoint else None,
        applied is None and due is not None and due <= now,
    )


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in moments if each is not None), default=None)


def _line(
    recipient: Recipient, endpoint: Endpoint | None, unread: int, newest: int, late: int, said: HeldSet | None
) -> Line:
    return Line(
        recipient.pk,
        recipient.agency.name_zh,
        recipient.agency.name_en,
        recipient.contract_no,
        recipient.until,
        endpoint is not None,
        newest - endpoint.cursor if endpoint else unread,
        endpoint.delivered_at if endpoint else None,
        endpoint.failures if endpoint else 0,
        endpoint.failure if endpoint else "",
        endpoint.retry_at if endpoint else None,
        late,
        said.at if said else None,
        said is not None and said.agrees,
    )
