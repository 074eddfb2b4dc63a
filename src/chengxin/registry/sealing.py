"""What of a subject or a record is sealed, under which key and at which place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chengxin.registry.models import RecordVersion, Subject
from chengxin.storage import jsontext
from chengxin.vault import services as vault
from chengxin.vault.services import Place

Content = Mapping[str, Any]
_write = jsontext.writer(sort_keys=True)


def name_place(subject: UUID) -> Place:
    """Where a person's name is sealed."""
    return Place("registry_person", "sealed_name", str(subject))


def certificate_place(subject: UUID) -> Place:
    """Where a person's certificate number is sealed."""
    return Place("registry_person", "sealed_certificate", str(subject))


def version_place(record: UUID, number: int) -> Place:
    """Where the personal fields of one version of a record are sealed."""
    return Place("registry_recordversion", "sealed", f"{record}:{number}")


def seal_content(sealer: vault.Sealer, personal: Content, record: UUID, number: int) -> bytes | None:
    """Seal the personal fields of a version; a version without any has nothing sealed."""
    if not personal:
        return None
    return sealer.seal(_write(personal).encode(), version_place(record, number))


def open_content(version: RecordVersion, subject: Subject) -> dict[str, Any]:
    """Return every field of a version, sealed ones included; raises ``Erased`` when the subject's key is destroyed."""
    if version.sealed is None:
        return dict(version.content)
    plain = vault.open_sealed(subject.key, bytes(version.sealed), version_place(version.record_id, version.number))
    return {**version.content, **json.loads(plain)}


def open_name(subject: Subject) -> str:
    """Return a person's name."""
    return vault.open_sealed(subject.key, bytes(subject.person.sealed_name), name_place(subject.id)).decode()


def open_certificate(subject: Subject) -> str:
    """Return a person's certificate number."""
    sealed = bytes(subject.person.sealed_certificate)
    return vault.open_sealed(subject.key, sealed, certificate_place(subject.id)).decode()
