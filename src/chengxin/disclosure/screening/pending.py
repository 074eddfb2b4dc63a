"""待建档监测: codes a unit wants watched that have no file yet. Every round looks whether one was opened since.

Of a person nothing is kept but blind indexes; the file is found by them, number and name, as any other (charter C06).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from chengxin.accounts.models import Agency, User
from chengxin.disclosure.models import PendingWatch, ScreeningWatch
from chengxin.disclosure.screening.matching import code_of
from chengxin.disclosure.screening.shapes import UNTOLD, Asked, Screening
from chengxin.registry import listed
from chengxin.registry import selectors as registry
from chengxin.registry.listed import Known
from chengxin.rules.identifiers.verdict import CodeKind

PIECE = 500
KINDS = {kind.value: kind for kind in CodeKind}
Key = tuple[str, str, str]


def keep(
    asked: Screening, positions: Collection[int], statute: str, kinds: Collection[str], now: datetime, until: date
) -> tuple[int, ...]:
    """Wait for the files of these subjects and return whose are waited for; whoever waits already waits longer."""
    actor, found = asked.actor, {position: _key(asked.subjects[position], kinds) for position in positions}
    about = {"agency_id": actor.agency_id, "matter": asked.matter, "matter_no": asked.matter_no.strip()}
    rows = [
        PendingWatch(
            **about, actor=actor, statute=statute, since=now, until=until, code_kind=key[0], code=key[1], name=key[2],
            subject_kind=asked.subjects[position].subject_kind,
        )
        for position, key in found.items()
        if key
    ]  # fmt: skip
    known = {(each.code_kind, each.code, each.name): each for each in rows}
    with transaction.atomic():
        PendingWatch.objects.bulk_create(known.values(), ignore_conflicts=True)
        _mine(about, known).update(until=until)
    return tuple(position for position, key in found.items() if key)


def remove(asked: Screening, kinds: Collection[str]) -> int:
    """Wait no longer for the files of these subjects in this matter; return how many were waited for."""
    keys = {key for each in asked.subjects if (key := _key(each, kinds))}
    about = {"agency_id": asked.actor.agency_id, "matter": asked.matter, "matter_no": asked.matter_no.strip()}
    return _mine(about, keys).delete()[0]


def count(agency: Agency, today: date) -> int:
    """Return for how many files a unit is waiting."""
    return PendingWatch.objects.filter(agency=agency, until__gte=today).count()


def promote(today: date) -> int:
    """Turn whatever has a file now into a watch of which nothing was told yet; forget what ran out."""
    PendingWatch.objects.filter(until__lt=today).delete()
    waiting = PendingWatch.objects.select_related("actor__agency").order_by("pk")
    numbers, begun = list(waiting.values_list("pk", flat=True)), 0
    for start in range(0, len(numbers), PIECE):
        begun += _promote(list(waiting.filter(pk__in=numbers[start : start + PIECE])))
    return begun


def _promote(pending: list[PendingWatch]) -> int:
    files = _files(pending)
    found = [(each, known) for each in pending if (known := files.get(each.pk)) is not None]
    rows = [
        ScreeningWatch(
            agency_id=each.agency_id, actor_id=each.actor_id, subject_id=known.id, matter=each.matter,
            matter_no=each.matter_no, statute=each.statute, since=each.since, until=each.until, state=UNTOLD,
        )
        for each, known in found
        if not _conflicts(each, known)
    ]  # fmt: skip
    with transaction.atomic():
        ScreeningWatch.objects.bulk_create(rows, ignore_conflicts=True)
        PendingWatch.objects.filter(pk__in=[each.pk for each, _known in found]).delete()
    return len(rows)


def _files(pending: Iterable[PendingWatch]) -> dict[int, Known]:
    """Return the files opened since, of the declared kind and, of a person, under the name that was given."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    for each in pending:
        by_kind[each.code_kind].add(each.code)
    known = {kind: _under(KINDS[kind], codes) for kind, codes in by_kind.items()}
    pairs = ((each, known[each.code_kind].get(each.code)) for each in pending)
    return {each.pk: file for each, file in pairs if file and (file.kind, file.name) == (each.subject_kind, each.name)}


def _under(kind: CodeKind, codes: Collection[str]) -> dict[str, Known]:
    return listed.persons_under(kind, codes) if kind.is_personal else listed.organisations(codes)


def _conflicts(pending: PendingWatch, known: Known) -> bool:
    """Tell whether it is the officer's own file or unit; nobody watches those by way of office (charter C25)."""
    actor: User = pending.actor
    return known.id in listed.own_of(actor.pk) or (actor.agency is not None and actor.agency.uscc == pending.code)


def _key(asked: Asked, kinds: Collection[str]) -> Key | None:
    """Return what is kept of a subject: kind of code, the code or its blind index, the blind index of the name."""
    found = code_of(asked, tuple(kinds))
    if found is None:
        return None
    kind, code = found
    if not kind.is_personal:
        return kind.value, code, ""
    return kind.value, registry.certificate_index(kind, code), registry.name_index(asked.name)


def _mine(about: Mapping[str, object], keys: Collection[Key]) -> QuerySet[PendingWatch]:
    kept = PendingWatch.objects.filter(**about, code__in=[code for _kind, code, _name in keys])
    rows = kept.values_list("pk", "code_kind", "code", "name")
    return PendingWatch.objects.filter(pk__in=[pk for pk, *key in rows if tuple(key) in keys])
