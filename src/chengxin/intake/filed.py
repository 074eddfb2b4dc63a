"""本单位报送的记录: which records an agency filed, how it finds them, and what of them it is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.intake.models import Admission, Submission, SubmissionRow
from chengxin.registry import bulk, forwarding, looks
from chengxin.registry import selectors as registry
from chengxin.registry.drafts import Holder
from chengxin.registry.models import Cause, RecordVersion, Subject, SubjectKind
from chengxin.registry.sealing import open_content
from chengxin.rules import masks
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.layouts import Field, Role
from chengxin.rules.text import document_no, normalise

_CERTIFICATES = tuple(kind for kind in CodeKind if kind.is_personal)
FOUND = 50
_ASKED = 200
OVER = (Cause.RESTORED, Cause.DELETED, Cause.STOPPED, Cause.DELISTED, Cause.ERASED, Cause.UNLINKED)
"""How a record ends for good: from then on it is in no answer of any kind, its source's own pages among them."""


class RecordUnknown(Refusal):
    """There is no such record, or another agency filed it; both are answered alike."""

    code = "record_unknown"


class OwnFile(Refusal):
    """Charter C25: nobody handles a record about themself or about somebody they act for."""

    code = "own_file"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of records and where the next one begins; 0 when there is none."""

    versions: list[RecordVersion]
    following: int


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field of a record as its source is shown it."""

    code: str
    zh: str
    en: str
    text: str
    masked: bool


def own(record_id: UUID, permission: Permission, *, actor: User) -> RecordVersion:
    """Return the present version of a record that the actor's agency filed.

    Raises NotPermitted, RecordUnknown, and OwnFile when the record is about somebody the actor may act for.
    """
    check_may(actor, permission)
    version = registry.present_version(record_id) if filed_by(actor.agency_id, record_id) else None
    if version is None or version.cause in OVER:
        raise RecordUnknown(
            "没有这条记录，或者它不是本单位报送的，或者它已依法终止、不再显示。请核对编号。",
            "There is no such record, your agency did not file it, or it has ended for good and is shown no more. "
            "Check its number.",
        )
    if registry.may_act_for(actor, version.record.subject_id):
        raise OwnFile(
            "这条记录是关于您本人或您所代表的单位的，请由同事办理。",
            "This record is about you or somebody you act for; ask a colleague.",
        )
    return version


def filed_by(agency: UUID | None, record_id: UUID) -> bool:
    """Tell whether an agency filed a record."""
    return record_id in _filed_among(agency, [record_id])


def find(text: str, *, actor: User) -> list[RecordVersion]:
    """Return the newest records of the actor's agency with this document number, code or certificate number.

    A document number finds organisations only: a person's is sealed, and the certificate number finds their records.
    """
    check_may(actor, Permission.SUBMIT_RECORDS)
    subjects = _subjects([text])[text]
    wanted = Q(record__subject_id__in=[each.id for each in subjects]) if subjects else _with_number(text)
    return list(islice(_own(actor.agency_id, _present(wanted).order_by("-known_from", "-pk")), FOUND))


def find_exact(document: str, code: str, *, actor: User) -> list[RecordVersion]:
    """Return the records of the actor's agency about the holder of a code with this document number."""
    return find_each([(document, code)], actor=actor)[0]


def find_each(asked: Sequence[tuple[str, str]], *, actor: User) -> list[list[RecordVersion]]:
    """Return what ``find_exact`` would for each document number and code, in a few questions to the database."""
    check_may(actor, Permission.SUBMIT_RECORDS)
    subjects = _subjects([code for _, code in asked])
    every = {each.id: each.kind for found in subjects.values() for each in found}
    held: dict[tuple[UUID, str], list[RecordVersion]] = {}
    for wanted in _wanted(every, {document_no(document) for document, _ in asked}):
        for version in _own(actor.agency_id, _present(wanted).order_by("pk")):
            if version.record.subject_id in every:
                held.setdefault((version.record.subject_id, _number(version)), []).append(version)
    return [
        [version for each in subjects[code] for version in held.get((each.id, document_no(document)), ())]
        for document, code in asked
    ]


def by_document(text: str, *, actor: User, after: int = 0, most: int = FOUND) -> Listed:
    """Return a page of the agency's records about organisations with this document number, the newest first.

    A person's document number is sealed, so it finds nothing here; ``find_exact`` finds it with the person's code.
    """
    check_may(actor, Permission.SUBMIT_RECORDS)
    wanted = _with_number(text) & (Q(pk__lt=after) if after else Q())
    found = list(islice(_own(actor.agency_id, _present(wanted).order_by("-pk")), most + 1))
    return Listed(found[:most], found[most - 1].pk if len(found) > most else 0)


def newest(actor: User, *, after: int = 0, most: int = FOUND) -> Listed:
    """Return a page of the records of the actor's agency, those of the newest file first, in its order.

    Files and rows are gone through from a place on, so that a page costs the same after a million records.
    """
    check_may(actor, Permission.SUBMIT_RECORDS)
    found: list[tuple[int, RecordVersion]] = []
    rows = _rows(actor.agency_id, after) if actor.agency_id else iter(())
    while len(found) <= most and (piece := list(islice(rows, most + 1))):
        found += _versions(piece)
    return Listed([version for _, version in found[:most]], found[most - 1][0] if len(found) > most else 0)


def shown(version: RecordVersion, *, actor: User, now: datetime) -> list[FieldShown]:
    """Return the fields of a record, personal ones masked; opening a person's leaves a ledger leaf (charter C09)."""
    with transaction.atomic():
        content = content_of(version)
        note_shown(version, actor=actor, now=now)
    fields = lawbook.layout(version.record.item.layout).fields
    person = version.record.subject.kind == SubjectKind.PERSON
    return [
        show(field, as_text(content[field.code]), whole=field.role is Role.SUBJECT_NAME and not person)
        for field in fields
        if field.code in content
    ]


def note_shown(version: RecordVersion, *, actor: User, now: datetime) -> None:
    """Write down that a person's record is shown to its source (charter C09, C10); an organisation's leaves nothing."""
    if version.record.subject.kind == SubjectKind.PERSON:
        looks.note(version, actor=actor, now=now)


def content_of(version: RecordVersion) -> dict[str, Any]:
    """Return every field of a version, sealed ones included."""
    return open_content(version, version.record.subject)


def show(field: Field, text: str, *, whole: bool = False) -> FieldShown:
    """Return a field with its value masked as its class asks; ``whole`` is for the name of an organisation."""
    cut = text if whole else masks.by_class(field.klass, text)
    return FieldShown(field.code, field.zh, field.en, cut, cut != text)


def as_text(value: Any) -> str:
    """Return a value of a record's content as it stands in a file: an amount as it was filed."""
    if value is None:
        return ""
    return str(value["original"]) if isinstance(value, Mapping) else str(value)


def _present(wanted: Q) -> QuerySet[RecordVersion]:
    found = RecordVersion.objects.filter(wanted, known_until=None).exclude(cause__in=[Cause.MOVED_OUT, *OVER])
    return found.select_related("record__item__item", "record__subject__key")


def _own(agency: UUID | None, found: QuerySet[RecordVersion]) -> Iterator[RecordVersion]:
    """Yield those of some versions that an agency filed. They are few, so each is looked up, not the agency's all."""
    for start in count(0, _ASKED):
        piece = list(found[start : start + _ASKED])
        mine = _filed_among(agency, [version.record_id for version in piece])
        yield from (version for version in piece if version.record_id in mine)
        if len(piece) < _ASKED:
            return


def _filed_among(agency: UUID | None, records: Sequence[UUID]) -> set[UUID]:
    """Return those of some records that an agency filed, under whatever id they were admitted."""
    if agency is None or not records:
        return set()
    before = forwarding.every_earlier_id(records)
    every = [*records, *(each for ids in before.values() for each in ids)]
    admitted = Admission.objects.filter(record_id__in=every, row__submission__agency_id=agency)
    filed = set(admitted.values_list("record_id", flat=True))
    return {record for record in records if filed.intersection((record, *before.get(record, ())))}


def _rows(agency: UUID, after: int) -> Iterator[tuple[int, UUID]]:
    """Yield key and record of the agency's admitted rows behind one of them, the newest file first."""
    files = Submission.objects.filter(agency_id=agency).exclude(state=Submission.State.REFUSED)
    if after:
        place = (
            SubmissionRow.objects.filter(pk=after, submission__agency_id=agency).select_related("submission").first()
        )
        if place is None:
            return
        yield from _rows_of(place.submission_id, place.row_no)
        at = place.submission.submitted_at
        files = files.filter(Q(submitted_at__lt=at) | Q(submitted_at=at, pk__lt=place.submission_id))
    for pk in files.order_by("-submitted_at", "-pk").values_list("pk", flat=True).iterator():
        yield from _rows_of(pk, 0)


def _rows_of(submission: UUID, after: int) -> Iterator[tuple[int, UUID]]:
    rows = SubmissionRow.objects.filter(submission=submission, admission__isnull=False).order_by("row_no")
    told = rows.values_list("row_no", "pk", "admission__record_id")
    while piece := list(told.filter(row_no__gt=after)[:_ASKED]):
        yield from ((pk, record) for _, pk, record in piece)
        after = piece[-1][0]


def _versions(rows: Sequence[tuple[int, UUID]]) -> list[tuple[int, RecordVersion]]:
    """Return the present versions of what rows brought, wherever it stands today, with the keys of the rows."""
    moved = forwarding.later_ids(record for _, record in rows)
    every = {*(record for _, record in rows), *(each for found in moved.values() for each in found)}
    known = {version.record_id: version for version in _present(Q(record_id__in=every))}
    ways = ((pk, (record, *moved.get(record, ()))) for pk, record in rows)
    return [(pk, known[each]) for pk, ids in ways for each in ids if each in known]


def _wanted(subjects: Mapping[UUID, str], numbers: Collection[str]) -> Iterator[Q]:
    """Yield what to look for: numbers where they stand in clear, for a firm may have very many records; else subjects.

    The number of a person's record is sealed, and one that has none is found by its subject only.
    """
    persons = [subject for subject, kind in subjects.items() if kind == SubjectKind.PERSON]
    yield Q(document_no__in=[each for each in numbers if each]) & ~Q(document_no="")
    yield Q(record__subject_id__in=persons)
    if "" in numbers:
        yield Q(record__subject_id__in=set(subjects).difference(persons), document_no="")


def _with_number(text: str) -> Q:
    return Q(document_no=document_no(text)) & ~Q(document_no="")


def _subjects(codes: Collection[str]) -> dict[str, list[Subject | Holder]]:
    """Return whose codes these are, by the code as it was given: an organisation's, or that of a certificate."""
    bare = {code: normalise(code).upper() for code in codes}
    firms = bulk.organisations({each for each in bare.values() if each})
    others = {each for each in bare.values() if each and each not in firms}
    persons = bulk.persons({(kind, each) for kind in _CERTIFICATES for each in others})
    return {
        code: [firms[each].subject]
        if each in firms
        else [persons[kind, each].subject for kind in _CERTIFICATES if (kind, each) in persons]
        for code, each in bare.items()
    }


def _number(version: RecordVersion) -> str:
    return version.document_no or str(content_of(version).get("document_no", ""))
