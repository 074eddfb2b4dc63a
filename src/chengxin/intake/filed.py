"""本单位报送的记录: which records an agency filed, how it finds them, and what of them it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.catalogue import lawbook
from chengxin.intake.models import Admission
from chengxin.registry import forwarding, looks
from chengxin.registry import selectors as registry
from chengxin.registry.models import Cause, RecordVersion, SubjectKind
from chengxin.registry.sealing import open_content
from chengxin.rules import masks
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.layouts import Field, Role
from chengxin.rules.text import document_no, normalise

_CERTIFICATES = tuple(kind for kind in CodeKind if kind.is_personal)
FOUND = 50
OVER = (Cause.RESTORED, Cause.DELETED, Cause.STOPPED, Cause.DELISTED, Cause.ERASED, Cause.UNLINKED)
"""How a record ends for good: from then on it is in no answer of any kind, its source's own pages among them."""


class RecordUnknown(Refusal):
    """There is no such record, or another agency filed it; both are answered alike."""

    code = "record_unknown"


class OwnFile(Refusal):
    """Charter C25: nobody handles a record about themself or about somebody they act for."""

    code = "own_file"


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
    if agency is None:
        return False
    ids = forwarding.ids_of(record_id)
    return Admission.objects.filter(record_id__in=ids, row__submission__agency_id=agency).exists()


def find(text: str, *, actor: User) -> list[RecordVersion]:
    """Return the newest records of the actor's agency with this document number, code or certificate number.

    A document number finds organisations only: a person's is sealed, and the certificate number finds their records.
    """
    check_may(actor, Permission.SUBMIT_RECORDS)
    return list(_present(actor.agency_id, _asked(text)).order_by("-known_from", "-pk")[:FOUND])


def find_exact(document: str, code: str, *, actor: User) -> list[RecordVersion]:
    """Return the records of the actor's agency about the holder of a code with this document number."""
    check_may(actor, Permission.SUBMIT_RECORDS)
    subjects, wanted = _subjects(code), document_no(document)
    if not subjects:
        return []
    found = _present(actor.agency_id, Q(record__subject_id__in=subjects)).order_by("pk")
    return [version for version in found if _number(version) == wanted]


def by_document(text: str, *, actor: User) -> QuerySet[RecordVersion]:
    """Return the agency's records about organisations with this document number, the newest first.

    A person's document number is sealed, so it finds nothing here; ``find_exact`` finds it with the person's code.
    """
    check_may(actor, Permission.SUBMIT_RECORDS)
    wanted = Q(document_no=document_no(text)) & ~Q(document_no="")
    return _present(actor.agency_id, wanted).order_by("-known_from", "-pk")


def newest(actor: User) -> QuerySet[RecordVersion]:
    """Return every record of the actor's agency, the newest first."""
    check_may(actor, Permission.SUBMIT_RECORDS)
    return _present(actor.agency_id, Q()).order_by("-known_from", "-pk")


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


def _present(agency: UUID | None, wanted: Q) -> QuerySet[RecordVersion]:
    if agency is None:
        return RecordVersion.objects.none()
    mine = Admission.objects.filter(row__submission__agency_id=agency).values("record_id")
    moved = forwarding.moved_from(mine)
    found = RecordVersion.objects.filter(wanted, Q(record_id__in=mine) | Q(record_id__in=moved), known_until=None)
    found = found.exclude(cause__in=[Cause.MOVED_OUT, *OVER])
    return found.select_related("record__item__item", "record__subject__key")


def _asked(text: str) -> Q:
    subjects = _subjects(text)
    return Q(record__subject_id__in=subjects) if subjects else Q(document_no=document_no(text)) & ~Q(document_no="")


def _subjects(code: str) -> list[UUID]:
    """Return whose code this is: an organisation's, or that of a certificate of some kind."""
    bare = normalise(code).upper()
    organisation = registry.find_organisation(bare) if bare else None
    found = [organisation] if organisation else [registry.find_person(kind, bare) for kind in _CERTIFICATES if bare]
    return [subject.id for subject in found if subject]


def _number(version: RecordVersion) -> str:
    return version.document_no or str(content_of(version).get("document_no", ""))
