"""谁查过我: every read of a file as its subject sees it, newest first, page by page; protected ones as a count."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from chengxin.accounts.models import User
from chengxin.catalogue import lawbook
from chengxin.disclosure.models import Access, Outcome
from chengxin.disclosure.own_subject import own
from chengxin.registry import looks as sources
from chengxin.registry.models import Looked
from chengxin.rules.lawfiles import Purpose

CHECKS = {
    sources.SOURCE: ("核对本单位报送的记录", "checking a record that the agency itself filed"),
    sources.KIND: ("核定处罚种类", "settling the kind of a penalty"),
    sources.MERGE: ("核对两份档案是否属于同一人", "finding out whether two files are one person's"),
}
"""Why an official opened a record other than by an enquiry, in words."""
OWN = Q(basis_kind="own", basis_ref="")
"""The subject's own reads; who reads for it on a proof is somebody else."""
NEWEST_FIRST = ("-at", "-entry_id", "-pk")


@dataclass(frozen=True, slots=True)
class Look:
    """One read of a file as its subject sees it."""

    access: UUID
    entry: int
    at: datetime
    agency_zh: str
    agency_en: str
    role: str
    purpose: str
    purpose_zh: str
    purpose_en: str
    basis_kind: str
    basis_ref: str
    matter_no: str
    outcome: str
    reason_code: str
    item_codes: tuple[str, ...]
    fields: tuple[str, ...]
    shown: tuple[str, ...]
    record_count: int
    withheld_basis: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """Reads the subject may not see yet: how many, under which article, and until when at the latest."""

    basis: str
    count: int
    latest: datetime


@dataclass(frozen=True, slots=True)
class WhoLooked:
    """Every read of a file: those that may be seen, newest first, and those withheld, counted by article."""

    looks: tuple[Look, ...]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many reads there were: by others, by the subject itself and when last, and those withheld by article."""

    others: int
    own: int
    own_last: datetime | None
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some reads by others, newest first, and the cursor of the older ones; an empty cursor: there are none."""

    looks: tuple[Look, ...]
    cursor: str


def who_looked(subject_id: UUID, actor: User, *, now: datetime) -> WhoLooked:
    """Return every read of the subject's file, refused ones included; protected reads appear as a count until due.

    This is for a download of everything; a page asks for ``page`` and ``counted``. Raises NotYours.
    """
    subject = own(subject_id, actor).id
    told = _words()
    seen = (_look(each, told) for each in _visible(subject, now).select_related("agency").iterator(chunk_size=2000))
    looks = [*seen, *map(_look_of_source, sources.of_subject(subject))]
    looks.sort(key=_place, reverse=True)
    return WhoLooked(tuple(looks), _withheld(subject, now))


def counted(subject_id: UUID, actor: User, *, now: datetime) -> Counted:
    """Return how many reads there were, by whom, without reading any of them; raises NotYours."""
    subject = own(subject_id, actor).id
    visible = _visible(subject, now)
    by_itself = visible.filter(OWN).aggregate(count=Count("pk"), last=Max("at"))
    others = visible.exclude(OWN).count() + sources.of_subject(subject).count()
    return Counted(others, by_itself["count"], by_itself["last"], _withheld(subject, now))


def page(subject_id: UUID, actor: User, *, now: datetime, size: int, cursor: str = "") -> Page:
    """Return reads by others that come after a cursor; one that cannot be read is the first page. Raises NotYours."""
    subject = own(subject_id, actor).id
    after = _after(cursor)
    told = _words()
    accesses = _visible(subject, now).exclude(OWN).filter(after).select_related("agency").order_by(*NEWEST_FIRST)
    looked = sources.of_subject(subject).filter(after).order_by(*NEWEST_FIRST)
    found = [_look(each, told) for each in accesses[: size + 1]] + [
        _look_of_source(each) for each in looked[: size + 1]
    ]
    found.sort(key=_place, reverse=True)
    more = len(found) > size
    return Page(tuple(found[:size]), _cursor(found[size - 1]) if more else "")


def _visible(subject: UUID, now: datetime) -> QuerySet[Access]:
    return Access.objects.filter(subject_id=subject, visible_from__lte=now)


def _withheld(subject: UUID, now: datetime) -> tuple[Withheld, ...]:
    later = Access.objects.filter(subject_id=subject, visible_from__gt=now).order_by("withheld_basis")
    counts = later.values("withheld_basis").annotate(count=Count("pk"), latest=Max("visible_from"))
    return tuple(Withheld(each["withheld_basis"], each["count"], each["latest"]) for each in counts)


def _place(look: Look) -> tuple[datetime, int, UUID]:
    return look.at, look.entry, look.access


def _cursor(look: Look) -> str:
    plain = f"{look.at.isoformat()} {look.entry} {look.access}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _after(cursor: str) -> Q:
    """Match what comes after a read, in the one order in which reads are shown."""
    try:
        at_text, entry_text, look = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        at, entry, access = datetime.fromisoformat(at_text), int(entry_text), UUID(look)
    except ValueError:
        return Q()
    beside = Q(entry_id__lt=entry) | Q(entry_id=entry, pk__lt=access)
    return Q(at__lt=at) | (Q(at=at) & beside)


def _words() -> dict[str, Purpose]:
    """Return every purpose there ever was by its code, the first of those that share one."""
    return {each.code: each for each in reversed(lawbook.purposes())}


def _look_of_source(looked: Looked) -> Look:
    """Return a look of the agency that filed the record; it sees the fields masked as their classes ask."""
    agency, zh_en = looked.agency, CHECKS[looked.why]
    return Look(
        access=looked.pk,
        entry=looked.entry_id,
        at=looked.at,
        agency_zh=agency.name_zh if agency else "",
        agency_en=agency.name_en if agency else "",
        role=looked.role,
        purpose=looked.why,
        purpose_zh=zh_en[0],
        purpose_en=zh_en[1],
        basis_kind=looked.why,
        basis_ref="",
        matter_no="",
        outcome=Outcome.ANSWERED,
        reason_code="",
        item_codes=(looked.record.item.item.code,),
        fields=(),
        shown=(),
        record_count=1,
        withheld_basis="",
    )


def _look(access: Access, told: dict[str, Purpose]) -> Look:
    purpose, agency = told.get(access.purpose), access.agency
    return Look(
        access=access.pk,
        entry=access.entry_id,
        at=access.at,
        agency_zh=agency.name_zh if agency else "",
        agency_en=agency.name_en if agency else "",
        role=access.actor_role,
        purpose=access.purpose,
        purpose_zh=purpose.zh if purpose else "",
        purpose_en=purpose.en if purpose else "",
        basis_kind=access.basis_kind,
        basis_ref=access.basis_ref,
        matter_no=access.matter_no,
        outcome=access.outcome,
        reason_code=access.reason_code,
        item_codes=tuple(access.item_codes),
        fields=tuple(access.fields),
        shown=tuple(access.shown),
        record_count=access.record_count,
        withheld_basis=access.withheld_basis,
    )
