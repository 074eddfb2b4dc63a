"""Erasing what the registry holds of a person: the key goes, the openings go, nobody finds the number again.

The rows stay as they must in an append-only registry, without a name, a number or a field: their leaves can still be
proved, and nothing can be read or guessed back from them (charter C28).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from chengxin.ledger import services as ledger
from chengxin.registry import selectors, versions
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
    """How a frozen file was found before: certificate kind and keyed digest, kept only to unfreeze by law."""

    kind: str
    index: str
    name_index: str


def hide_file(subject_id: UUID) -> Locator:
    """Make a person's file impossible to find, for freezing; return what found it. Reports to come open a new file."""
    with transaction.atomic():
        person = Person.objects.select_for_update().get(subject=_person(subject_id))
        found = Locator(person.certificate_kind, person.certificate_index, person.name_index)
        _unlink(person)
    return found


def wipe_file(subject_id: UUID, *, ref: str, now: datetime) -> Wiped:
    """Erase a person's whole file: records ended, key destroyed, openings deleted, index and mandates removed."""
    subject = _person(subject_id)
    with transaction.atomic():
        ended = [_end(version, ref, now) for version in _standing(subject)]
        openings = ledger.erase_under([subject.key], now)
        vault.destroy(subject.key, now)
        blanked = RecordVersion.objects.filter(record__subject=subject, sealed__isnull=False).update(sealed=None)
        Annotation.objects.filter(record__subject=subject).update(text="")
        _unlink(Person.objects.get(subject=subject), sealed_too=True)
        mandates = Mandate.objects.filter(subject=subject).delete()[0]
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
