"""每日核查: the reads of each day that is over are put to the rules once; what they find becomes tickets.

A day and its tickets are one transaction, so a run that was stopped goes on with the same day, and one thing never
becomes two tickets. The last judged day is looked at again, for a read that was being written at midnight.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max

from chengxin.catalogue import lawbook
from chengxin.monitoring import selectors, tickets
from chengxin.monitoring.models import JudgedDay
from chengxin.rules.misuse import household, own_file, repeated, spike, wrong_case
from chengxin.rules.misuse.shapes import Finding, Look

ONE_DAY = timedelta(days=1)
Say = Callable[[str], None]


def due(today: date) -> list[date]:
    """Return the days that are over and were not judged yet, oldest first."""
    last = JudgedDay.objects.aggregate(last=Max("day"))["last"]
    if last is None:
        first = selectors.first_day()
        if first is None:
            return []
        last = max(first, today - timedelta(days=lawbook.current().integer("misuse.look_back", today))) - ONE_DAY
    return [last + ONE_DAY * n for n in range(1, (today - last).days)]


def run(*, now: datetime, today: date, say: Say | None = None) -> int:
    """Judge every day that is due and return how many tickets were opened."""
    days, opened = due(today), 0
    last = JudgedDay.objects.aggregate(last=Max("day"))["last"]
    for number, day in enumerate([last, *days] if last and days else days, start=1):
        opened += judge(day, now=now)
        if say:
            say(f"misuse {number}/{len(days) + bool(last)}")
    return opened


def judge(day: date, *, now: datetime) -> int:
    """Put one day's reads to the rules, open what is new, and return how many tickets that were."""
    looks = selectors.looks_of(day)
    found = findings(looks, day)
    try:
        with transaction.atomic():
            opened = sum(tickets.open_ticket(finding, now=now) for finding in found)
            JudgedDay.objects.get_or_create(pk=day, defaults={"at": now, "looks": len(looks), "tickets": opened})
    except IntegrityError:  # Another process has judged this very day in the meantime; its tickets are these.
        return 0
    return opened


def findings(looks: list[Look], day: date) -> list[Finding]:
    """Return what every rule finds in the reads of one day."""
    limits, ties = selectors.limits(day), selectors.ties(looks)
    numbers = {look.matter_no for look in looks if look.matter_no}
    subjects = {look.subject for look in looks if look.subject}
    actors = {look.actor for look in looks}
    return [
        *own_file.find(looks, ties),
        *household.find(looks, ties),
        *wrong_case.find(looks, selectors.former_uses(numbers, day, limits.matter_days), limits),
        *spike.find(looks, selectors.history(actors, day, limits.spike_history * 2), limits),
        *repeated.find(looks, selectors.former_reads(subjects, day, limits.repeat_window), limits),
    ]
