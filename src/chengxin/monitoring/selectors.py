"""Reading the log of reads the way the rules need it: plain looks, ties the platform has evidence of, and histories."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncDate
from django.utils import timezone

from chengxin.accounts.clients import MACHINE
from chengxin.accounts.models import Agency
from chengxin.catalogue import lawbook
from chengxin.disclosure.accesses import OWN_FILE
from chengxin.disclosure.models import Access, Outcome
from chengxin.registry.models import Mandate
from chengxin.rules import reach
from chengxin.rules.misuse.shapes import Limits, Look

CHUNK = 500
_COLUMNS = (
    *("id", "entry_id", "at", "actor_id", "agency_id", "purpose", "matter_no", "subject_id", "outcome"),
    "actor__username",
)


def limits(on: date) -> Limits:
    """Return the figures of the rules in force on a day."""
    law = lawbook.current()
    return Limits(**{name: law.integer(f"misuse.{name}", on) for name in Limits.__slots__})


def by_units() -> QuerySet[Access]:
    """Return every read by a unit; what subjects read of themselves is nobody's enquiry."""
    units = list(Agency.objects.values_list("pk", flat=True))
    return Access.objects.filter(agency_id__in=units).exclude(purpose=OWN_FILE)


def looks_of(day: date) -> list[Look]:
    """Return the reads of one civil day, the earliest first."""
    return list(_looks(by_units().filter(at__gte=start_of(day), at__lt=start_of(day + timedelta(days=1)))))


def former_uses(numbers: Collection[str], day: date, days: int) -> list[Look]:
    """Return the reads under these matter numbers in the days before a day."""
    wanted = RawSQL(*_texts(sorted(numbers)))  # noqa: S611 — the texts are a parameter.
    found = by_units().filter(at__gte=start_of(day - timedelta(days=days)), at__lt=start_of(day), matter_no__in=wanted)
    return list(_looks(found)) if numbers else []


def former_reads(subjects: Iterable[UUID], day: date, days: int) -> list[Look]:
    """Return the reads of these subjects in the days before a day."""
    known, found = sorted(subjects, key=str), list[Look]()
    for start in range(0, len(known), CHUNK):
        part = Access.objects.filter(subject_id__in=known[start : start + CHUNK], agency__isnull=False)
        part = part.filter(at__gte=start_of(day - timedelta(days=days)), at__lt=start_of(day))
        found.extend(_looks(part.exclude(purpose=OWN_FILE)))
    return found


def history(actors: Collection[UUID], day: date, days: int) -> dict[UUID, Sequence[int]]:
    """Return how many acts each of these actors had on each of its active days before a day, oldest first."""
    before = by_units().filter(at__gte=start_of(day - timedelta(days=days)), at__lt=start_of(day))
    counted = before.order_by().annotate(on=TruncDate("at")).values_list("actor_id", "on")
    found: dict[UUID, list[int]] = defaultdict(list)
    for actor, _on, acts in counted.annotate(acts=Count("entry_id", distinct=True)).order_by("on"):
        if actor in actors:
            found[actor].append(acts)
    return dict(found)


def ties(looks: Iterable[Look]) -> dict[tuple[UUID, UUID], str]:
    """Return how the people of these reads stand to the subjects, as far as a checked paper or account shows it."""
    pairs = {(look.actor, look.subject) for look in looks if look.subject and not look.machine}
    actors = {actor for actor, _subject in pairs}
    held = list(Mandate.objects.filter(user_id__in=actors).values_list("user_id", "subject_id", "capacity", "until"))
    found = _shared_agents(pairs, {(user, subject) for user, subject, capacity, _u in held if capacity == Mandate.SELF})
    for user, subject, capacity, until in held:
        own = capacity in (Mandate.SELF, Mandate.REPRESENTATIVE)
        if (user, subject) in pairs and (until is None or not own):
            found[user, subject] = capacity
    return found


def first_day() -> date | None:
    """Return the civil day of the first read by a unit."""
    first = by_units().aggregate(first=Min("at"))["first"]
    return timezone.localdate(first) if first else None


def start_of(day: date) -> datetime:
    """Return the first moment of a civil day."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _shared_agents(pairs: set[tuple[UUID, UUID]], own: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], str]:
    """Return the pairs whose subject has an agent who also acts for the actor's own file."""
    files = {subject for _user, subject in own}
    subjects = {subject for _actor, subject in pairs}
    agents = Mandate.objects.filter(capacity=Mandate.AGENT)
    of_own: dict[UUID, set[UUID]] = defaultdict(set)
    for agent, subject in agents.filter(subject_id__in=files).values_list("user_id", "subject_id"):
        of_own[subject].add(agent)
    shared = {agent for known in of_own.values() for agent in known}
    clients: dict[UUID, set[UUID]] = defaultdict(set)
    for agent, subject in agents.filter(user_id__in=shared).values_list("user_id", "subject_id"):
        clients[agent].add(subject)
    return {
        (user, subject): "same_agent"
        for user, file in own
        for agent in of_own[file]
        for subject in clients[agent] & subjects
        if subject != file and (user, subject) in pairs
    }


def _looks(found: QuerySet[Access]) -> Iterator[Look]:
    for row in found.order_by("at", "entry_id", "id").values_list(*_COLUMNS).iterator():
        access, act, at, actor, unit, purpose, matter_no, subject, outcome, name = row
        yield Look(
            access=access,
            act=act,
            day=timezone.localdate(at),
            order=at.timestamp(),
            actor=actor,
            unit=unit,
            purpose=purpose,
            matter_no=matter_no,
            subject=subject,
            refused=outcome == Outcome.REFUSED,
            machine=name.startswith(MACHINE),
        )


def _texts(values: list[str]) -> tuple[str, list[object]]:
    """Return a list of texts as the rows of one parameter, on either database."""
    if connection.vendor == "postgresql":
        return "SELECT unnest(%s::text[])", [values]
    return "SELECT value FROM json_each(%s)", [json.dumps(values)]


def overseen(scopes: Collection[str]) -> Q:
    """Match what belongs to units of these regions; the empty region stands for the whole province."""
    found = Q(pk=None)
    for scope in scopes:
        found |= Q(agency__region__startswith=reach.stem(scope))
    return found
