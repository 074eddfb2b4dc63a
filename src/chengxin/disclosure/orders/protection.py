"""受保护主体: the credit centre marks a subject, on a ground, so that every look at the file waits for its approval."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from chengxin.accounts.models import User
from chengxin.disclosure.models import ProtectedSubject
from chengxin.disclosure.orders.approvals import CannotApprove, may_decide_for_centre
from chengxin.ledger import services as ledger
from chengxin.registry import hot
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.verdict import CodeKind, Outcome

LEAF_KIND = "subject.protected"


def protect(kind: CodeKind, code: str, name: str, ground: str, actor: User, now: datetime) -> ProtectedSubject:
    """Protect a subject; doing it twice changes nothing. Raises CannotApprove."""
    _check(actor)
    verdict = check(kind, code)
    found = None if verdict.outcome is Outcome.WRONG else hot.find(kind, verdict.normalised, name, actor.pk)
    if found is None or found.key.wrapped is None:
        raise CannotApprove(
            "没有与所填证件和姓名（名称）一致的档案。", "No file agrees with this code and name.", "no_file"
        )
    if not ground.strip():
        raise CannotApprove("请写明保护的依据。", "Write the ground of the protection.")
    with transaction.atomic():
        known = ProtectedSubject.objects.filter(subject_id=found.id, lifted_at=None).first()
        if known:
            return known
        made = ProtectedSubject.objects.create(subject_id=found.id, ground=ground.strip(), by=actor, at=now)
        _commit(made, "protected", actor, now)
    return made


def lift(protection_id: UUID, actor: User, now: datetime) -> None:
    """End a protection; doing it twice changes nothing. Raises CannotApprove."""
    _check(actor)
    with transaction.atomic():
        known = ProtectedSubject.objects.select_related("subject__key").filter(pk=protection_id).first()
        if known and ProtectedSubject.objects.filter(pk=known.pk, lifted_at=None).update(lifted_at=now):
            _commit(known, "lifted", actor, now)


def _check(actor: User) -> None:
    if not may_decide_for_centre(actor):
        raise CannotApprove(
            "只有信用中心的决定人可以设定保护。", "Only those who decide for the credit centre protect a subject."
        )


def _commit(made: ProtectedSubject, act: str, actor: User, now: datetime) -> None:
    payload = {"protection": made.pk, "subject": made.subject_id, "actor": actor.pk, "ground": made.ground}
    ledger.append(LEAF_KIND, payload, now=now, public={"act": act}, key=made.subject.key)
