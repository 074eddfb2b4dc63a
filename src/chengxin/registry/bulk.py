"""Finding and registering many subjects in a few statements, for files of many thousand rows."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from chengxin.registry.drafts import Draft, Fact, Holder, sameness, sameness_of
from chengxin.registry.models import (
    Cause,
    Organisation,
    OrganisationName,
    Person,
    Record,
    RecordVersion,
    Subject,
    SubjectKind,
)
from chengxin.registry.sealing import certificate_place, name_place
from chengxin.registry.selectors import certificate_index, name_index
from chengxin.registry.subjects import MinorHasNoFile, PersonFacts, check_adult, usable
from chengxin.rules import names
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.verdict import CodeKind, Outcome
from chengxin.storage.bulk import insert_rows
from chengxin.vault import services as vault

Certificate = tuple[CodeKind, str]
POPULATION_PIECE = 5000
"""How many persons one statement asks about; a database takes a bounded number of parameters."""


@dataclass(frozen=True, slots=True)
class KnownOrganisation:
    """An organisation with its present name and the names it bore before."""

    subject: Subject | Holder
    name: str
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person with the keyed index of the name, which can be compared and not read."""

    subject: Subject | Holder
    name_index: str


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What an organisation is registered by; the code was checked before."""

    uscc: str
    name: str
    kind: SubjectKind


def organisations(codes: Collection[str]) -> dict[str, KnownOrganisation]:
    """Return the organisations with these unified social credit codes, by code; a merged one's is that it is now."""
    merged = _merged(codes)
    known = _organisations({*codes, *merged.values()} if merged else codes)
    return {code: known[merged.get(code, code)] for code in codes if merged.get(code, code) in known}


def _merged(codes: Collection[str]) -> dict[str, str]:
    """Return the code of the organisation that each merged one among these has become."""
    found = Organisation.objects.filter(uscc__in=codes, subject__forwarded_to__isnull=False)
    return dict(found.values_list("uscc", "subject__forwarded_to__organisation__uscc"))


def _organisations(codes: Collection[str]) -> dict[str, KnownOrganisation]:
    found = dict(_held(Organisation.objects.filter(uscc__in=codes), "uscc"))
    present: dict[UUID, str] = {}
    former: dict[UUID, list[str]] = {}
    borne = OrganisationName.objects.filter(subject__organisation__uscc__in=codes).order_by("-until")
    for subject, name, until in borne.values_list("subject_id", "name", "until"):
        if until is None:
            present[subject] = name
        else:
            former.setdefault(subject, []).append(name)
    return {
        code: KnownOrganisation(subject, present[subject.id], tuple(former.get(subject.id, ())))
        for code, subject in found.items()
    }


def persons(certificates: Collection[Certificate]) -> dict[Certificate, KnownPerson]:
    """Return the files with these declared certificate kinds and numbers, in one statement for each kind."""
    by_index = {(kind.value, certificate_index(kind, number)): (kind, number) for kind, number in certificates}
    known = {}
    for kind in {kind for kind, _ in certificates}:
        indexes = [index for value, index in by_index if value == kind.value]
        wanted = Person.objects.filter(certificate_kind=kind.value, certificate_index__in=indexes)
        merged: dict[Certificate, UUID] = {}
        for (certificate, name, into), holder in _held(
            wanted, "certificate_index", "name_index", "subject__forwarded_to_id"
        ):
            known[by_index[kind.value, certificate]] = KnownPerson(holder, name)
            if into:
                merged[by_index[kind.value, certificate]] = into
        known |= _standing_for(merged) if merged else {}
    return known


def _standing_for(merged: Mapping[Certificate, UUID]) -> dict[Certificate, KnownPerson]:
    """Return the files that stand for merged ones, by the certificates of the latter."""
    held = _held(Person.objects.filter(subject__in=set(merged.values())), "name_index")
    found = {holder.id: KnownPerson(holder, name) for name, holder in held}
    return {certificate: found[into] for certificate, into in merged.items()}


_HOLDER = ("subject_id", "subject__kind", "subject__key_id", "subject__key__wrapped")


def _held(wanted: QuerySet[Any], *own: str) -> Iterator[tuple[Any, Holder]]:
    """Yield the asked columns of a subject's own table (bare when it is one) with the subject and its key."""
    for *told, subject, kind, key, wrapped in wanted.values_list(*own, *_HOLDER):
        yield (told[0] if len(own) == 1 else tuple(told)), Holder(subject, kind, vault.HeldKey(key, wrapped))


def register_organisations(
    new: Iterable[NewOrganisation], *, today: date, now: datetime
) -> dict[str, KnownOrganisation]:
    """Register organisations whose codes are not known yet and return them by code; the first name of a code counts."""
    # In one order everywhere: two files that bring the same firms then wait for one another only once.
    wanted = [each for _, each in sorted({each.uscc: each for each in reversed(list(new))}.items())]
    subjects = _new_subjects([organisation.kind for organisation in wanted], now)
    pairs = list(zip(subjects, wanted, strict=True))
    insert_rows(
        Organisation,
        ("subject_id", "uscc", "code_exempt", "region"),
        ((s.id, o.uscc, _exempt(o.uscc), "") for s, o in pairs),
    )
    insert_rows(
        OrganisationName,
        ("subject_id", "name", "key", "since"),
        ((s.id, o.name, names.organisation_key(o.name), today) for s, o in pairs),
    )
    return {o.uscc: KnownOrganisation(s, o.name) for s, o in pairs}


def register_persons(new: Iterable[PersonFacts], *, now: datetime) -> dict[Certificate, KnownPerson]:
    """Register adults whose certificates are not known yet; age and number were checked before."""
    wanted = {(facts.certificate, facts.number): facts for facts in reversed(list(new))}
    subjects = _new_subjects([SubjectKind.PERSON] * len(wanted), now)
    pairs = list(zip(subjects, wanted.values(), strict=True))
    indexes = {subject.id: name_index(facts.name) for subject, facts in pairs}
    columns = ("subject_id", "certificate_kind", "certificate_index", "name_index", "sealed_name", "sealed_certificate")
    insert_rows(Person, columns, (_person(subject, facts, indexes[subject.id]) for subject, facts in pairs))
    return {(f.certificate, f.number): KnownPerson(s, indexes[s.id]) for s, f in pairs}


def register_population(people: Iterable[PersonFacts], *, today: date, now: datetime) -> int:
    """Register the adults of a base register and return how many there were; minors are passed over, never stored."""
    adults = list({(f.certificate, f.number): f for f in _adults(people, today)}.values())
    for start in range(0, len(adults), POPULATION_PIECE):
        _register_unknown(adults[start : start + POPULATION_PIECE], now)
    return len(adults)


def _register_unknown(adults: Sequence[PersonFacts], now: datetime) -> None:
    known = persons([(facts.certificate, facts.number) for facts in adults])
    with transaction.atomic():
        register_persons((f for f in adults if (f.certificate, f.number) not in known), now=now)


def _adults(people: Iterable[PersonFacts], today: date) -> Iterator[PersonFacts]:
    for facts in people:
        number = usable(facts.certificate, facts.number).normalised
        try:
            check_adult(facts.certificate, number, today)
        except MinorHasNoFile:
            continue
        yield PersonFacts(facts.certificate, number, facts.name)


def _person(subject: Subject, facts: PersonFacts, index: str) -> tuple[UUID, str, str, str, bytes, bytes]:
    sealer = vault.sealer_for(subject.key)
    return (
        subject.id,
        facts.certificate.value,
        certificate_index(facts.certificate, facts.number),
        index,
        sealer.seal(facts.name.encode(), name_place(subject.id)),
        sealer.seal(facts.number.encode(), certificate_place(subject.id)),
    )


def _new_subjects(kinds: Sequence[str], now: datetime) -> list[Subject]:
    keys = vault.new_keys(len(kinds), now)
    subjects = [Subject(id=uuid.uuid4(), kind=kind, since=now, key=key) for kind, key in zip(kinds, keys, strict=True)]
    insert_rows(Subject, ("id", "kind", "since", "key_id"), ((s.id, s.kind, now, s.key.pk) for s in subjects))
    return subjects


def _exempt(uscc: str) -> bool:
    return check(CodeKind.USCC, uscc).outcome is Outcome.LEGAL_BUT_CHECKSUM_FAILS


def standing(drafts: Sequence[Draft]) -> list[UUID | None]:
    """Return for each draft the record in which the same fact stands already, in order."""
    keys = sameness(drafts)
    known = standing_at(keys)
    return [known.get(key) for key in keys]


# A record that its source took back, or that turned out to be somebody else's, keeps nobody from filing the fact.
_GONE = (Cause.WITHDRAWN, Cause.UNLINKED, Cause.MOVED_OUT)


def standing_at(keys: Collection[str]) -> dict[str, UUID]:
    """Return the records that stand under these keys of sameness, by key."""
    return dict(Record.objects.filter(sameness__in=keys).values_list("sameness", "id"))


def standing_under(item: str, facts: Sequence[Fact]) -> list[int]:
    """Return the places of the facts that stand already under another item."""
    keys = sameness_of((item, *fact) for fact in facts)
    met = standing_at(keys)
    if not met:
        return []
    gone = RecordVersion.objects.filter(record_id__in=met.values(), known_until=None, cause__in=_GONE)
    taken_back = set(gone.values_list("record_id", flat=True))
    return [at for at, key in enumerate(keys) if key in met and met[key] not in taken_back]
