"""监测名册: what a unit watches, how each was last told to stand, what changed, where it is sent, and taking off it.

Nothing here looks into a file: it shows a unit what it registered and was told. What stands today is asked through the
gate. An organisation is named by its code, a person by nothing but the number of the watch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max, QuerySet

from chengxin.accounts.models import Agency
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.disclosure.models import ScreeningEvent, ScreeningHook, ScreeningWatch
from chengxin.disclosure.screening import pending
from chengxin.disclosure.screening.matching import files_of
from chengxin.disclosure.screening.shapes import CLEAR, UNTOLD, Screening
from chengxin.registry import forwarding
from chengxin.rules.screening import Matter


@dataclass(frozen=True, slots=True)
class Watched:
    """One open watch. ``code`` is an organisation's, empty for a person; ``struck`` is the outcome last told."""

    number: UUID
    kind: str
    code: str
    matter: str
    matter_zh: str
    matter_en: str
    matter_no: str
    since: datetime
    until: date
    struck: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a unit's events go: how far they were taken, how many there are, and why the last attempt failed."""

    url: str
    taken: int
    newest: int
    failures: int
    failure: str
    retry_at: datetime | None


def watched(agency: Agency, today: date, *, start: int = 0, limit: int = 100) -> list[Watched]:
    """Return a unit's open watches, the newest first, from place ``start`` on."""
    found = _open(agency, today).select_related("subject__organisation").order_by("-since", "pk")
    matters = {each.code: each for each in lawbook.matters(today)}
    return [_watched(each, matters) for each in found[start : start + limit]]


def count(agency: Agency, today: date) -> int:
    """Return how many subjects a unit watches."""
    return _open(agency, today).count()


def pending_count(agency: Agency, today: date) -> int:
    """Return how many codes a unit wants watched that have no file yet."""
    return pending.count(agency, today)


def history(agency: Agency, *, before: int | None = None, limit: int = 50) -> list[ScreeningEvent]:
    """Return a unit's events, the newest first, before a number."""
    found = ScreeningEvent.objects.filter(agency=agency).select_related("watch__subject__organisation")
    found = found.filter(number__lt=before) if before is not None else found
    return list(found.order_by("-number")[:limit])


def remove(asked: Screening, *, now: datetime, today: date) -> int:
    """Watch these subjects no longer in this matter, found by their codes; return how many of the unit's watches ended.

    Only the unit's own watches are touched and nothing is told of anybody, so no file is read. Raises NotPermitted.
    """
    check_may(asked.actor, Permission.ENQUIRE)
    kinds = lawbook.matter(asked.matter, today).subject_kinds
    files = {known.id for known in files_of(asked.subjects, kinds) if known}
    agency = asked.actor.agency
    if agency is None:
        return 0
    mine = ScreeningWatch.objects.filter(
        agency=agency, matter=asked.matter, matter_no=asked.matter_no.strip(), closed_at=None
    )
    standing = forwarding.standing_ids(mine.values_list("subject_id", flat=True))
    ended = [subject for subject, stands in standing.items() if stands in files]
    waiting = pending.remove(asked, kinds)
    return mine.filter(subject_id__in=ended).update(closed_at=now) + waiting


def delivery(agency: Agency) -> Delivery | None:
    """Return how the pushing of a unit's events stands, or None when it registered no address."""
    hook = ScreeningHook.objects.filter(agency=agency).first()
    if hook is None:
        return None
    newest = ScreeningEvent.objects.filter(agency=agency).aggregate(newest=Max("number"))["newest"] or 0
    return Delivery(hook.url, hook.cursor, newest, hook.failures, hook.failure, hook.retry_at)


def code_of(watch: ScreeningWatch) -> str:
    """Return the code of the organisation that is watched, or nothing for a person."""
    return watch.subject.organisation.uscc if watch.subject.kind != "person" else ""


def _open(agency: Agency, today: date) -> QuerySet[ScreeningWatch]:
    return ScreeningWatch.objects.filter(agency=agency, closed_at=None, until__gte=today)


def _watched(watch: ScreeningWatch, matters: Mapping[str, Matter]) -> Watched:
    matter = matters.get(watch.matter)
    return Watched(
        watch.pk, watch.subject.kind, code_of(watch), watch.matter, matter.zh if matter else watch.matter,
        matter.en if matter else watch.matter, watch.matter_no, watch.since, watch.until,
        watch.state not in (CLEAR, UNTOLD),
    )  # fmt: skip
