"""审计台: what auditors may see of the log of reads; every look of theirs is itself committed before it is shown (L10).

Subjects are ids here. Who a subject is can be asked for on a ticket, with a reason; that is a read of the file and goes
into the subject's own log as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import Count, F, Q, QuerySet

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission, Role
from chengxin.accounts.selectors import regions_where
from chengxin.catalogue import lawbook
from chengxin.disclosure import accesses
from chengxin.disclosure.models import Access, Outcome
from chengxin.disclosure.shapes import ServiceRefused
from chengxin.ledger import services as ledger
from chengxin.monitoring import selectors, tickets
from chengxin.monitoring.models import AuditLook, Ticket, TicketStep
from chengxin.monitoring.tickets import TicketRefused
from chengxin.registry import selectors as registry
from chengxin.registry.sealing import open_name
from chengxin.rules import masks

LEAF = "audit_look"
PAGE = 50
PURPOSE = "misuse_review"
LONGEST_PERIOD = timedelta(days=366)
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reads an auditor asks for; empty parts do not narrow. ``after`` is the cursor of the next page.

    There is no free text among it, so that no number of a person can be typed into an address or a log.
    """

    unit: UUID | None = None
    user: UUID | None = None
    purpose: str = ""
    outcome: str = ""
    since: date | None = None
    until: date | None = None
    after: tuple[int, UUID] | None = None

    def asked(self) -> dict[str, str]:
        """Return what was asked for, as it is written down."""
        parts = {name: getattr(self, name) for name in self.__slots__}
        return {name: str(value) for name, value in parts.items() if value and name != "after"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of reads, and the cursor of the next one, if there is one."""

    rows: list[Access]
    after: tuple[int, UUID] | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one unit read for one purpose in a period."""

    agency_zh: str
    agency_en: str
    purpose: str
    answered: int
    refused: int
    subjects: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A ticket with its history, its notes opened, and the reads it rests on."""

    ticket: Ticket
    steps: list[tuple[TicketStep, str]]
    rows: list[Access]
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class Identified:
    """Who a ticket's subject is: an organisation by name and code, a person masked."""

    kind: str
    name: str = field(repr=False)
    code: str = field(repr=False)


def reads(wanted: Wanted, *, actor: User, now: datetime) -> Shown:
    """Return a page of reads, newest first; the look itself is committed first."""
    check_may(actor, Permission.READ_ACCESS_LOG)

    def read() -> Shown:
        found = list(_narrowed(_visible(actor), wanted).order_by("-entry_id", "-id")[: PAGE + 1])
        last = found[PAGE - 1] if len(found) > PAGE else None
        return Shown(found[:PAGE], (last.entry_id, last.pk) if last else None)

    return _logged("reads", wanted.asked(), read, lambda shown: len(shown.rows), actor, now)


def counts(since: date, until: date, *, actor: User, now: datetime) -> list[Tally]:
    """Return how often each unit read for each purpose between two days, both included, the most first."""
    check_may(actor, Permission.READ_ACCESS_LOG)
    if not since <= until <= since + LONGEST_PERIOD:
        raise TicketRefused("请选择一年以内的期间，起在前。", "Choose a period of at most a year, first day first.")

    def read() -> list[Tally]:
        found = _visible(actor).filter(at__gte=selectors.start_of(since))
        found = found.filter(at__lt=selectors.start_of(until + timedelta(days=1)))
        grouped = found.order_by().values_list("agency__name_zh", "agency__name_en", "purpose")
        refused = Count("id", filter=Q(outcome=Outcome.REFUSED))
        every = grouped.annotate(n=Count("id"), no=refused, subjects=Count("subject_id", distinct=True))
        rows = [Tally(zh, en, purpose, n - no, no, subjects) for zh, en, purpose, n, no, subjects in every]
        return sorted(rows, key=lambda row: (-row.answered - row.refused, row.agency_zh, row.purpose))

    asked = {"since": since.isoformat(), "until": until.isoformat()}
    return _logged("counts", asked, read, len, actor, now)


def evidence(ticket_id: int, *, actor: User, now: datetime) -> Evidence:
    """Return everything about a ticket that this auditor may see."""
    check_may(actor, Permission.READ_ACCESS_LOG)
    ticket = _ticket(ticket_id, actor)

    def read() -> Evidence:
        return Evidence(ticket, history(ticket), _named(ticket), tickets.conflict(ticket, actor))

    return _logged("ticket", {"ticket": ticket.number}, read, lambda found: len(found.rows), actor, now)


def asked_of(ticket_id: int, *, actor: User) -> Evidence:
    """Return a ticket as the unit it was put to sees it; raises TicketRefused for anybody else's."""
    check_may(actor, Permission.EXPLAIN_ACCESS)
    ticket = _put_to(actor).filter(pk=ticket_id).first()
    if ticket is None:
        raise TicketRefused("没有这张核查单。", "There is no such ticket.", code="unknown")
    return Evidence(ticket, [], _named(ticket))


def put_to(actor: User) -> list[Ticket]:
    """Return the tickets that were put to the actor's own unit, those still to be answered first."""
    check_may(actor, Permission.EXPLAIN_ACCESS)
    return list(_put_to(actor)[:200])


def _put_to(actor: User) -> QuerySet[Ticket]:
    if actor.agency_id is None:
        return Ticket.objects.none()
    found = Ticket.objects.select_related("agency", "actor").filter(agency_id=actor.agency_id).exclude(state="open")
    return found.order_by(F("closed_at").desc(nulls_first=True), "due_on", "pk")


def listed(actor: User, *, now: datetime, closed: bool = False) -> list[Ticket]:
    """Return the tickets of the auditor's region, open ones by weight, closed ones newest first."""
    check_may(actor, Permission.READ_ACCESS_LOG)
    scopes = regions_where(actor, Permission.READ_ACCESS_LOG)
    found = Ticket.objects.select_related("agency", "actor").filter(selectors.overseen(scopes))
    found = found.filter(closed_at__isnull=not closed).order_by(*(["-closed_at"] if closed else ["-weight", "pk"]))
    return _logged("tickets", {"closed": str(closed)}, lambda: list(found[:200]), len, actor, now)


def identify(ticket_id: int, reason: str, *, actor: User, now: datetime, today: date) -> Identified:
    """Return who a ticket's subject is, masked; written into the subject's own log in the same transaction (C09)."""
    check_may(actor, Permission.JUDGE_MISUSE)
    ticket = _ticket(ticket_id, actor)
    subject = registry.subject(ticket.subject_id) if ticket.subject_id else None
    if subject is None or subject.key.wrapped is None:
        raise TicketRefused("这张核查单不针对单一主体。", "This ticket is not about one subject.")
    if tickets.conflict(ticket, actor):
        raise TicketRefused("您应当回避这张核查单。", "You may not handle this ticket.", code="conflict")
    if not reason.strip() or len(reason) > 500:
        raise TicketRefused("请写明为什么需要知道主体是谁，500 字以内。", "Say in 500 characters why you need to know.")
    purpose = lawbook.purpose(PURPOSE, today)
    read = accesses.Read(
        actor=actor,
        role=Role.AUDITOR.value,
        purpose=PURPOSE,
        outcome=Outcome.ANSWERED,
        basis_kind=purpose.ground.value,
        basis_ref=str(purpose.basis[0]),
        matter_no=ticket.number,
        subject=subject.id,
        key=subject.key,
        reason=reason.strip(),
    )
    with _committed():
        accesses.write(read, now)
        if subject.kind == "person":
            return Identified(subject.kind, masks.name(open_name(subject)), "")
        return Identified(subject.kind, registry.present_name(subject), subject.organisation.uscc)


def history(ticket: Ticket) -> list[tuple[TicketStep, str]]:
    """Return the steps of a ticket with what was written at each."""
    steps = TicketStep.objects.filter(ticket=ticket).select_related("actor", "ticket__notes_key").order_by("seq")
    return [(step, tickets.note_of(step)) for step in steps]


def _visible(actor: User) -> QuerySet[Access]:
    found = selectors.by_units().select_related("actor", "agency")
    return found.filter(selectors.overseen(regions_where(actor, Permission.READ_ACCESS_LOG)))


def _narrowed(found: QuerySet[Access], wanted: Wanted) -> QuerySet[Access]:
    exact: dict[str, Any] = {
        "agency_id": wanted.unit,
        "actor_id": wanted.user,
        "purpose": wanted.purpose,
        "outcome": wanted.outcome,
    }
    found = found.filter(Q(*[(name, value) for name, value in exact.items() if value]))
    if wanted.since:
        found = found.filter(at__gte=selectors.start_of(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=selectors.start_of(wanted.until + timedelta(days=1)))
    if wanted.after is None:
        return found
    entry, access = wanted.after
    # The lines of one batch share an entry, so the entry alone would lose what is left of a batch.
    return found.filter(Q(entry_id__lt=entry) | Q(entry_id=entry, id__lt=access))


def _ticket(ticket_id: int, actor: User) -> Ticket:
    scopes = selectors.overseen(regions_where(actor, Permission.READ_ACCESS_LOG))
    known = Ticket.objects.select_related("agency", "actor", "notes_key", "judged_by", "confirmed_by")
    found = known.filter(scopes, pk=ticket_id).first()
    if found is None:
        raise TicketRefused("没有这张核查单。", "There is no such ticket.", code="unknown")
    return found


def _named(ticket: Ticket) -> list[Access]:
    ids = [UUID(each) for each in ticket.accesses]
    return list(Access.objects.filter(pk__in=ids).select_related("actor", "agency").order_by("at", "pk"))


def _logged(
    what: str,
    asked: Mapping[str, Any],
    read: Callable[[], Given],
    count: Callable[[Given], int],
    actor: User,
    now: datetime,
) -> Given:
    """Read, write the look and its leaf down, and hand out what was read only once that is durable."""
    with _committed():
        given = read()
        payload = {"actor": actor.pk, "what": what, "asked": dict(asked), "rows": count(given)}
        public = {"what": what, "agency": actor.agency.uscc if actor.agency else ""}
        entry = ledger.append(LEAF, payload, now=now, public=public)
        AuditLook.objects.create(
            actor=actor, agency=actor.agency, what=what, asked=dict(asked), rows=count(given), at=now, entry=entry
        )
    return given


@contextmanager
def _committed() -> Iterator[None]:
    """One transaction; if it does not become durable, nothing is answered and nothing is said of why (charter C27)."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError:
        raise ServiceRefused() from None
