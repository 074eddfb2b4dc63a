"""名称判定: a person judged that a subject bears another name. It is known from then on, and can be taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chengxin.registry.models import NameChange, OrganisationName, Subject, SubjectKind
from chengxin.registry.sealing import open_name
from chengxin.registry.selectors import name_index
from chengxin.rules import names
from chengxin.vault import services as vault
from chengxin.vault.services import Place


@dataclass(frozen=True, slots=True)
class Borne:
    """A name of an organisation with the days on which it was borne; no last day means that it is borne now."""

    name: str
    since: date
    until: date | None


def names_of(subject: Subject) -> tuple[Borne, ...]:
    """Return every name of an organisation with its days, the present one first."""
    found = OrganisationName.objects.filter(subject=subject).order_by("-until", "-since", "-pk")
    every = [Borne(each.name, each.since, each.until) for each in found]
    return tuple(sorted(every, key=lambda borne: borne.until is not None))


def carried_of(subject: Subject) -> tuple[Borne, ...]:
    """Return the names that go along when a file is merged: a person's own and those somebody judged to be theirs."""
    if subject.kind != SubjectKind.PERSON:
        return names_of(subject)
    judged = NameChange.objects.filter(subject=subject, undone_at=None).select_related("subject__key").order_by("pk")
    since = timezone.localdate(subject.since)
    return (Borne(open_name(subject), since, None), *(Borne(_opened(each), each.since, None) for each in judged))


def bears(subject: Subject, name: str) -> bool:
    """Tell whether a name is known of a subject already."""
    if subject.kind != SubjectKind.PERSON:
        return name in {borne.name for borne in names_of(subject)}
    known = judged({subject.id}).get(subject.id, frozenset()) | {subject.person.name_index}
    return name_index(name) in known


def take(subject: Subject, name: str, since: date, *, present: bool, ref: str, now: datetime) -> None:
    """Write down that a subject bears (``present``) or once bore a name; ``ref`` names the act that found it.

    A person's file keeps its present name: another one is known beside it and finds nothing by itself (charter C06).
    """
    with transaction.atomic():
        sealed = vault.seal(subject.key, name.encode(), _place(ref))
        NameChange.objects.create(subject_id=subject.id, sealed=sealed, since=since, ref=ref, made_at=now)
        if subject.kind != SubjectKind.PERSON:
            _bear(subject.id, name, since, present)


def take_back(ref: str, *, now: datetime) -> bool:
    """Take back what an act found about a name; what the act was stays readable. Tell whether there was anything."""
    with transaction.atomic():
        made = NameChange.objects.select_related("subject__key").filter(ref=ref, undone_at=None).first()
        if made is None:
            return False
        if made.subject.kind != SubjectKind.PERSON:
            _bear_no_more(made)
        NameChange.objects.filter(pk=made.pk, undone_at=None).update(undone_at=now)
    return True


def judged(subjects: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Return the keyed indexes of the other names people were judged to bear, by subject; none is searched."""
    found: dict[UUID, set[str]] = {}
    standing = NameChange.objects.filter(subject_id__in=subjects, undone_at=None, subject__kind=SubjectKind.PERSON)
    for made in standing.filter(subject__key__wrapped__isnull=False).select_related("subject__key"):
        found.setdefault(made.subject_id, set()).add(name_index(_opened(made)))
    return {subject: frozenset(indexes) for subject, indexes in found.items()}


def _bear(subject: UUID, name: str, since: date, present: bool) -> None:
    key = names.organisation_key(name)
    now_borne = OrganisationName.objects.select_for_update().get(subject_id=subject, until=None)
    # A name we know only since its first row may be younger here than in life; its days never run backwards.
    last = max(since, now_borne.since)
    if present:
        OrganisationName.objects.filter(pk=now_borne.pk).update(until=last)
    OrganisationName.objects.create(
        subject_id=subject, name=name, key=key, since=since, until=None if present else last
    )


def _bear_no_more(made: NameChange) -> None:
    key = names.organisation_key(_opened(made))
    borne = OrganisationName.objects.filter(subject_id=made.subject_id)
    ours = borne.filter(key=key, since=made.since).order_by("-pk").first()
    if ours is None:
        return
    ours.delete()
    if ours.until is None:
        before = borne.order_by("-until", "-pk")[:1]
        borne.filter(pk__in=[each.pk for each in before]).update(until=None)


def _opened(made: NameChange) -> str:
    return vault.open_sealed(made.subject.key, bytes(made.sealed), _place(made.ref)).decode()


def _place(ref: str) -> Place:
    return Place("registry_namechange", "sealed", ref)
