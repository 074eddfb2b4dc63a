"""受保护主体: the credit centre marks a subject, on a ground, so that every look at the file waits for its approval.

One person of the centre proposes to protect a subject or to end a protection, another decides; neither about their own
file. Until then nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts import selectors as people
from chengxin.accounts.models import User
from chengxin.accounts.services import deliver
from chengxin.disclosure.models import ProtectedSubject, ProtectionChange
from chengxin.disclosure.orders.approvals import may_decide_for_centre
from chengxin.disclosure.second_person import CannotApprove, check_answer
from chengxin.ledger import services as ledger
from chengxin.registry import hot
from chengxin.registry import selectors as registry
from chengxin.registry.models import Subject
from chengxin.registry.sealing import open_name
from chengxin.rules import masks
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.verdict import CodeKind, Outcome

LEAF_KIND = "subject.protected"
LINK = "/console/enquiry/protected/"
LONGEST_GROUND = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A protection, or a proposal, with the subject's name as the desk may see it: masked for a person."""

    row: ProtectedSubject | ProtectionChange
    name: str = field(repr=False)


def propose(kind: CodeKind, code: str, name: str, ground: str, actor: User, now: datetime) -> ProtectionChange:
    """Propose to protect a subject. Raises CannotApprove."""
    _check_actor(actor)
    verdict = check(kind, code)
    found = None if verdict.outcome is Outcome.WRONG else hot.find(kind, verdict.normalised, name, actor.pk)
    if found is None or found.key.wrapped is None:
        raise CannotApprove(
            "没有与所填证件和姓名（名称）一致的档案。", "No file agrees with this code and name.", "no_file"
        )
    if ProtectedSubject.objects.filter(subject_id=found.id, lifted_at=None).exists():
        raise CannotApprove("这个主体已经受保护。", "This subject is protected already.")
    return _proposed(ProtectionChange.PROTECT, found.id, ground, actor, now)


def propose_lift(protection_id: UUID, ground: str, actor: User, now: datetime) -> ProtectionChange:
    """Propose to end a protection. Raises CannotApprove."""
    _check_actor(actor)
    known = ProtectedSubject.objects.filter(pk=protection_id, lifted_at=None).first()
    if known is None or registry.may_act_for(actor, known.subject_id):
        raise CannotApprove("没有这项保护。", "There is no such protection.", "no_such_protection")
    return _proposed(ProtectionChange.LIFT, known.subject_id, ground, actor, now)


def decide(change_id: UUID, actor: User, *, approve: bool, answer: str, now: datetime) -> ProtectionChange:
    """Approve or refuse what another person proposed; approved, it holds at once. Raises CannotApprove."""
    with transaction.atomic():
        change = _for_decider(change_id, actor)
        check_answer(approve, answer)
        fresh = ProtectionChange.objects.filter(pk=change.pk, decided_at=None)
        if not fresh.update(decided_by=actor, decided_at=now, approved=approve, answer=answer.strip()):
            raise CannotApprove("这项提议已经办结。", "This proposal has been decided.")
        change.refresh_from_db()
        if approve:
            _take_effect(change, now)
        _commit(change, f"{change.act} {'approved' if approve else 'refused'}", actor, now)
        title = _("受保护主体的提议已获批准") if approve else _("受保护主体的提议未获批准")
        deliver(change.asked_by_id, "protection", title, change.answer, now=now, link=LINK)
    return change


def waiting(actor: User) -> list[Shown]:
    """Return the proposals that wait for another person than this one, oldest first. Raises CannotApprove."""
    _check_actor(actor)
    open_ones = ProtectionChange.objects.filter(decided_at=None).exclude(asked_by=actor)
    rows = open_ones.select_related("subject__key", "subject__person", "subject__organisation", "asked_by")
    return _shown(each for each in rows.order_by("asked_at") if not registry.may_act_for(actor, each.subject_id))


def proposed_by(actor: User) -> list[Shown]:
    """Return what this person proposed and nobody has decided yet, newest first. Raises CannotApprove."""
    _check_actor(actor)
    rows = ProtectionChange.objects.filter(decided_at=None, asked_by=actor).select_related("subject__key")
    return _shown(rows.order_by("-asked_at"))


def standing(actor: User) -> list[Shown]:
    """Return the protections in force, newest first. Raises CannotApprove."""
    _check_actor(actor)
    rows = ProtectedSubject.objects.filter(lifted_at=None).select_related("subject__key", "by")
    return _shown(each for each in rows.order_by("-at") if not registry.may_act_for(actor, each.subject_id))


def _shown(rows: Iterable[ProtectedSubject | ProtectionChange]) -> list[Shown]:
    return [Shown(each, _name(each.subject)) for each in rows]


def _name(subject: Subject) -> str:
    if subject.key.wrapped is None:
        return ""
    return masks.name(open_name(subject)) if subject.kind == "person" else registry.present_name(subject)


def _proposed(act: str, subject: UUID, ground: str, actor: User, now: datetime) -> ProtectionChange:
    plain = ground.strip()
    if not plain or len(plain) > LONGEST_GROUND or masks.free_text(plain) != plain:
        raise CannotApprove(
            f"请写明依据，不超过 {LONGEST_GROUND} 字，不写证件号码、手机号。",
            f"Write the ground in at most {LONGEST_GROUND} characters, without personal numbers.",
        )
    with transaction.atomic():
        if ProtectionChange.objects.filter(subject_id=subject, act=act, decided_at=None).exists():
            raise CannotApprove("已有同样的提议等待决定。", "The same proposal waits already.")
        change = ProtectionChange.objects.create(
            act=act, subject_id=subject, ground=plain, asked_by=actor, asked_at=now
        )
        _commit(change, f"{act} proposed", actor, now)
        for centre in people.agencies(runs_platform=True):
            body = _("提议由另一人决定；决定之前不生效。")
            deliver(centre.pk, "protection", _("受保护主体有提议等待决定"), body, now=now, link=LINK)
    return change


def _for_decider(change_id: UUID, actor: User) -> ProtectionChange:
    _check_actor(actor)
    found = ProtectionChange.objects.select_related("subject__key", "asked_by").filter(pk=change_id).first()
    if found is None or registry.may_act_for(actor, found.subject_id):
        raise CannotApprove("没有这项提议。", "There is no such proposal.", "no_such_proposal")
    if found.asked_by_id == actor.pk:
        raise CannotApprove("不能批准自己的提议，须由另一人决定。", "Nobody approves their own; another person does.")
    return found


def _take_effect(change: ProtectionChange, now: datetime) -> None:
    protected = ProtectedSubject.objects.filter(subject_id=change.subject_id, lifted_at=None)
    if change.act == ProtectionChange.LIFT:
        protected.update(lifted_at=now)
    elif not protected.exists():
        ProtectedSubject.objects.create(
            subject_id=change.subject_id, ground=change.ground, by_id=change.asked_by_id, at=now
        )


def _check_actor(actor: User) -> None:
    if not may_decide_for_centre(actor):
        raise CannotApprove(
            "只有信用中心的决定人可以提议和决定保护。", "Only those who decide for the credit centre protect a subject."
        )


def _commit(change: ProtectionChange, act: str, actor: User, now: datetime) -> None:
    payload = {"protection": change.pk, "subject": change.subject_id, "actor": actor.pk, "ground": change.ground}
    ledger.append(LEAF_KIND, payload, now=now, public={"act": act}, key=change.subject.key)
