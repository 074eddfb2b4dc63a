"""Reading subjects and records. Every date here is a comparison, so a period ends without any job (charter C13)."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from chengxin.accounts.models import User
from chengxin.catalogue import overlay
from chengxin.registry import forwarding
from chengxin.registry.models import (
    Annotation,
    Mandate,
    Organisation,
    OrganisationName,
    Person,
    Record,
    RecordVersion,
    Subject,
    SubjectKind,
)
from chengxin.rules import names
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.vault import services as vault


def certificate_index(kind: CodeKind, number: str) -> str:
    """Return the keyed blind index of a certificate number, one scope per kind."""
    return vault.blind_index(f"certificate:{kind.value}", number)


def name_index(name: str) -> str:
    """Return the keyed blind index of a person's name, used only to compare, never to search."""
    return vault.blind_index("person_name", names.person_key(name))


def find_person(kind: CodeKind, number: str) -> Subject | None:
    """Return the file of this declared certificate kind and number, or the one it was merged into; never by name."""
    person = Person.objects.select_related("subject__key").filter(
        certificate_kind=kind.value, certificate_index=certificate_index(kind, number)
    )
    return next((forwarding.stands_for(found.subject) for found in person), None)


def find_organisation(uscc: str) -> Subject | None:
    """Return the organisation with this unified social credit code, or the one it was merged into."""
    found = Organisation.objects.select_related("subject__key").filter(uscc=uscc).first()
    return forwarding.stands_for(found.subject) if found else None


def subject(subject_id: UUID) -> Subject | None:
    """Return a subject by its opaque id."""
    return Subject.objects.select_related("key", "organisation", "person").filter(id=subject_id).first()


def present_name(subject: Subject) -> str:
    """Return an organisation's present name."""
    return OrganisationName.objects.get(subject=subject, until=None).name


def present_names(subjects: Iterable[UUID]) -> dict[UUID, str]:
    """Return the present names of organisations, for as many as there are."""
    found = OrganisationName.objects.filter(subject__in=list(subjects), until=None)
    return dict(found.values_list("subject_id", "name"))


def former_names(subject: Subject) -> list[str]:
    """Return the names an organisation has borne before, newest first."""
    return list(
        OrganisationName.objects.filter(subject=subject, until__isnull=False)
        .order_by("-until")
        .values_list("name", flat=True)
    )


def search_organisations(text: str, limit: int = 50) -> QuerySet[OrganisationName]:
    """Return organisation names, present or former, that hold the text, or whose code is the text."""
    key = names.organisation_key(text)
    matching = Q(key__contains=key) if key else Q(pk=None)
    by_code = find_organisation(text.strip().upper())
    found = OrganisationName.objects.filter(matching | Q(subject=by_code) if by_code else matching)
    return found.filter(subject__forwarded_to=None).select_related("subject__organisation").order_by("name")[:limit]


def present_versions() -> QuerySet[RecordVersion]:
    """Return the present version of every record that has not ended, with its open marks."""
    marks = Prefetch("record__annotations", Annotation.objects.filter(until=None), to_attr="open_marks")
    return (
        RecordVersion.objects.filter(known_until=None, ended_at=None)
        .select_related("record__item__item", "record__subject")
        .prefetch_related(marks)
    )


def in_use(subjects: Iterable[UUID], today: date) -> QuerySet[RecordVersion]:
    """Return the versions of these subjects that may still be shared and used today, contested links left out."""
    return present_versions().filter(
        Q(use_until=None) | Q(use_until__gte=today), record__subject_id__in=list(subjects), link_suspended=False
    )


def published(today: date) -> QuerySet[RecordVersion]:
    """Return the versions that are on the open portal today; a person's only under an item whose law orders it.

    An item that the catalogue desk has closed to the public is closed with the records it already had.
    """
    desk = overlay.present()
    return published_under(today, desk.closed(today), desk.without_persons(today))


def published_under(today: date, closed: AbstractSet[str], unnamed: AbstractSet[str]) -> QuerySet[RecordVersion]:
    """Return what would be on the open portal if the desk had closed these items, and these to what names a person."""
    basis = ~Q(record__item__person_public_basis="")
    basis = basis & ~Q(record__item__item__code__in=unnamed) if unnamed else basis
    person_allowed = ~Q(record__subject__kind=SubjectKind.PERSON) | basis
    open_items = ~Q(record__item__item__code__in=closed) if closed else Q()
    return present_versions().filter(
        Q(use_until=None) | Q(use_until__gte=today),
        open_items,
        Q(public_until=None) | Q(public_until__gte=today),
        person_allowed,
        publicity="public",
        public_from__lte=today,
        link_suspended=False,
    )


def held(subject_id: UUID, today: date) -> QuerySet[RecordVersion]:
    """Return everything held about a subject that has not ended, contested links included: the subject's own view."""
    return present_versions().filter(Q(use_until=None) | Q(use_until__gte=today), record__subject_id=subject_id)


def present_version(record_id: UUID) -> RecordVersion | None:
    """Return the present version of one record, ended or not."""
    found = RecordVersion.objects.filter(record_id=record_id, known_until=None)
    return found.select_related("record__item__item", "record__subject__key").first()


def history(record_id: UUID) -> QuerySet[RecordVersion]:
    """Return every version of a record, oldest first."""
    return RecordVersion.objects.filter(record_id=record_id).order_by("number")


def record(record_id: UUID) -> Record | None:
    """Return a record's identity."""
    return Record.objects.select_related("subject__key", "item__item").filter(id=record_id).first()


def more_records_than(count: int) -> bool:
    """Tell whether the register holds more records than so many, without counting the rest of them."""
    return Record.objects.order_by("pk").values_list("pk")[count : count + 1].exists()


def open_marks(record_id: UUID) -> list[str]:
    """Return the kinds of the marks that stand on a record."""
    return list(Annotation.objects.filter(record_id=record_id, until=None).values_list("kind", flat=True))


def subjects_of(user: User) -> QuerySet[Mandate]:
    """Return the open mandates of a user: whom they may act for."""
    return Mandate.objects.filter(user=user, until=None).select_related("subject__organisation", "subject__key")


def may_act_for(user: User, subject_id: UUID) -> bool:
    """Tell whether a user holds an open mandate for a subject."""
    return Mandate.objects.filter(user=user, subject_id=subject_id, until=None).exists()


def representatives(subject_id: UUID) -> list[User]:
    """Return the people who may act for a subject now, the longest-standing first."""
    found = Mandate.objects.filter(subject_id=subject_id, until=None, user__is_active=True).select_related("user")
    return [mandate.user for mandate in found.order_by("since", "id")]


def capacity_of(user: User, subject_id: UUID) -> str:
    """Return in which capacity a user holds an open mandate for a subject; empty when there is none."""
    found = Mandate.objects.filter(user=user, subject_id=subject_id, until=None)
    return found.values_list("capacity", flat=True).first() or ""
