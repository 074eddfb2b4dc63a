"""What a register says, without the ids and moments that differ from one load of the same rows to the next."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID


def contents(submission: UUID | None = None) -> Iterator[dict[str, Any]]:
    """Yield every present record, or those of one submission, as its subject, its document and its whole content."""
    from chengxin.intake.models import Admission
    from chengxin.registry.models import RecordVersion
    from chengxin.registry.sealing import open_content

    names = _names()
    found = RecordVersion.objects.filter(known_until=None).select_related(
        "record__item__item", "record__subject__key", "record__subject__organisation"
    )
    if submission:
        found = found.filter(record__in=Admission.objects.filter(row__submission=submission).values("record"))
    for version in found.iterator(chunk_size=2000):
        subject = version.record.subject
        yield {
            "subject": names.get(subject.id) or _person(subject),
            "kind": subject.kind,
            "item": version.record.item.item.code,
            "evidence": version.record.evidence,
            "document": [version.document_no, str(version.document_date), version.cause, version.number],
            "authority": [version.authority_code, version.authority_name],
            "content": open_content(version, subject),
            "grade": [version.nature, version.grade, version.publicity, version.anchor, version.derivation],
            "until": [str(version.public_from), str(version.public_until), str(version.use_until)],
            "restorable_from": str(version.restorable_from),
        }


def _names() -> dict[UUID, list[str]]:
    from chengxin.registry.models import OrganisationName

    borne = OrganisationName.objects.filter(until=None).values_list("subject_id", "subject__organisation__uscc", "name")
    return {subject: [code, name] for subject, code, name in borne}


def _person(subject: Any) -> list[str]:
    from chengxin.registry.sealing import open_certificate, open_name

    return [open_certificate(subject), open_name(subject)]


def register() -> Counter[str]:
    """Return every present record as one text each, with how often it stands."""
    return Counter(json.dumps(each, ensure_ascii=False, sort_keys=True) for each in contents())


def digests(submission: UUID, alike: Any = str) -> Counter[str]:
    """Return the digest of every record of a submission; ``alike`` takes out of its text what is meant to differ."""
    texts = (json.dumps(each, ensure_ascii=False, sort_keys=True) for each in contents(submission))
    return Counter(sha256(alike(text).encode()).hexdigest() for text in texts)
