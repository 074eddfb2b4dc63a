"""来源单位查看: an agency opened a person's record that it filed; written down for the person to see (C10)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from chengxin.accounts.models import User
from chengxin.accounts.selectors import roles_of
from chengxin.ledger import services as ledger
from chengxin.registry.models import Looked, RecordVersion

SOURCE, KIND, MERGE = "source", "kind", "merge"
"""Why a record was opened: its source checks it, its kind is being settled, or two files are set side by side."""
LEAF_KINDS = {SOURCE: "source.shown", KIND: "kind.shown", MERGE: "merge.shown"}


def note(version: RecordVersion, *, actor: User, now: datetime, why: str = SOURCE) -> Looked:
    """Write one look with its leaf, both or neither."""
    subject, agency, roles = version.record.subject_id, actor.agency, roles_of(actor)
    payload = {"record": version.record_id, "subject": subject, "actor": actor.id}
    with transaction.atomic():
        entry = ledger.append(LEAF_KINDS[why], payload, now=now, public={"agency": agency.uscc if agency else ""})
        return Looked.objects.create(
            record_id=version.record_id,
            subject_id=subject,
            actor=actor,
            agency=agency,
            role=min(roles).value if roles else "",
            why=why,
            at=now,
            entry=entry,
        )


def of_subject(subject_id: UUID) -> QuerySet[Looked]:
    """Return every look at the records of a subject, newest first."""
    found = Looked.objects.filter(subject_id=subject_id).select_related("agency", "record__item__item")
    return found.order_by("-at", "-entry_id")


def one(look_id: UUID) -> Looked | None:
    """Return one look."""
    return Looked.objects.filter(pk=look_id).first()
