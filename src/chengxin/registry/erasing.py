"""Erasing what the registry holds of a person: the key goes, the openings go, nobody finds the number again.

The rows stay as they must in an append-only registry, without a name, a number or a field: their leaves can still be
proved, and nothing can be read or guessed back from them (charter C28).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from chengxin.ledger import services as ledger
from chengxin.registry import forwarding, selectors, versions
from chengxin.registry.models import Annotation, Cause, Mandate, Person, RecordVersion, Subject, SubjectKind
from chengxin.registry.versions import Content
from chengxin.rules.errors import Refusal
from chengxin.vault import services as vault

GONE = "erased"
"""The certificate kind of a file that nobody can find any more."""
_NOTHING = Content({}, {})


class NotErasable(Refusal):
    """Only the file of a natural person, whole and not erased before, can be erased."""

    code = "not_erasable"


@dataclass(frozen=True, slots=True)
class Wiped:
    """What an erasure did: openings deleted from the ledger, records ended, versions blanked, ways to act ended."""

    openings: int
    records: int
    versions: int
    mandates: int


@dataclass(frozen=True, slots=True)
class Locator:
    """How a frozen file was found before: certificate kind and keyed digest, kept only to unfreeze by law.

    ``merged`` says the same of the files that were merged into it, by their ids.
    """

    kind: str
    index: str
    name_index: str
    merged: dict[str, tuple[str, str, str]] = field(default_factory=dict)


def hide_file(subject_id: UUID) -> Locator:
    """Make a person's file impossible to find, for freezing; return what found it. Reports to come open a new file."""
    with transaction.atomic():
        person, *merged = _persons(_person(subject_id))
        found = Locator(*_located(person), {str(each.subject_id): _located(each) for each in merged})
        for each in (person, *merged):
            _unlink(each)
    return found


def wipe_file(subject_id: UUID, *, ref: str, now: datetime) -> Wiped:
    """Erase a person's whole file: records ended, key destroyed, openings deleted, index and mandates removed.

    Files that were merged into it are the same person's: what they still hold goes with their own keys.
    """
    subject = _person(subject_id)
    with transaction.atomic():
        ended = [_end(version, ref, now) for version in _standing(subject)]
        persons = _persons(subject)
        keys, every = [each.subject.key for each in persons], [each.subject_id for each in persons]
        openings = ledger.erase_under(keys, now)
        vault.destroy_many(keys, now)
        held = RecordVersion.objects.filter(record__subject__in=every, sealed__isnull=False)
        blanked = held.update(sealed=None)
        Annotation.objects.filter(record__subject__in=every).update(text="")
        for each in persons:
            _unlink(each, sealed_too=True)
        mandates = Mandate.objects.filter(subject__in=every).delete()[0]
    return Wiped(openings, len(ended), blanked, mandates)


def wipe_record(record_id: UUID, *, ref: str, now: datetime) -> Wiped:
    """Erase one record of a person whose file stays: its sealed fields and openings are deleted."""
    version = selectors.present_version(record_id)
    if version is None:
        raise _not_erasable()
    _person(version.record.subject_id)
    with transaction.atomic():
        _end(version, ref, now)
        every = RecordVersion.objects.filter(record_id=record_id)
        openings = ledger.erase(list(every.values_list("entry_id", flat=True)), now)
        blanked = every.filter(sealed__isnull=False).update(sealed=None)
        Annotation.objects.filter(record_id=record_id).update(text="")
    return Wiped(openings, 1, blanked, 0)


def _person(subject_id: UUID) -> Subject:
    subject = selectors.subject(subject_id)
    if subject is None or subject.kind != SubjectKind.PERSON or subject.key.wrapped is None:
        raise _not_erasable()
    return subject


def _persons(subject: Subject) -> list[Person]:
    """Return who a file is about, and before whom: first the file's own person, then those of files merged into it."""
    found = Person.objects.select_for_update().select_related("subject__key")
    every = {each.subject_id: each for each in found.filter(subject__in=forwarding.family(subject.id))}
    return [every[subject.id], *(each for pk, each in sorted(every.items()) if pk != subject.id)]


def _located(person: Person) -> tuple[str, str, str]:
    return person.certificate_kind, person.certificate_index, person.name_index


def _standing(subject: Subject) -> list[RecordVersion]:
    present = RecordVersion.objects.filter(record__subject=subject, known_until=None, ended_at=None)
    return list(present.select_related("record__item__item", "record__subject__key").order_by("pk"))


def _end(version: RecordVersion, ref: str, now: datetime) -> int:
    return versions.succeed(version, Cause.ERASED, ref, now, _NOTHING, ended_at=version.ended_at or now)


def _unlink(person: Person, *, sealed_too: bool = False) -> None:
    """Put in place of the blind index a word that no digest can equal; the number can no longer be found by it."""
    person.certificate_kind, person.name_index = GONE, ""
    person.certificate_index = f"{GONE}:{person.subject_id.hex}"
    if sealed_too:
        person.sealed_name = person.sealed_certificate = b""
    person.save(
        update_fields=["certificate_kind", "certificate_index", "name_index", "sealed_name", "sealed_certificate"]
    )


def _not_erasable() -> NotErasable:
    return NotErasable(
        "没有可以删除的个人档案；单位信息不属于个人信息，如有错误请提出异议。",
        "There is no personal file to erase; what is held of an organisation is not personal: object if it is wrong.",
    )
