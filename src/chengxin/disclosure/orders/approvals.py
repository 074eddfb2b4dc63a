"""第二人批准: an enquiry is put before another person, who sees what is asked and why, and approves or refuses.

Who may decide: for a sensitive purpose another person of the same unit who may enquire; for a protected subject
somebody of the credit centre who may decide. Nobody decides their own, nor about their own file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chengxin.accounts import selectors as people
from chengxin.accounts.models import User
from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission
from chengxin.accounts.services import deliver
from chengxin.catalogue import lawbook
from chengxin.disclosure import gate, policies
from chengxin.disclosure import second_person as second
from chengxin.disclosure.models import EnquiryApproval
from chengxin.disclosure.second_person import CannotApprove, check_answer
from chengxin.disclosure.shapes import Enquiry, Refused
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as registry
from chengxin.rules.reach import WHOLE
from chengxin.vault import services as vault
from chengxin.vault.services import Place

LEAF_KIND = "enquiry.approval"
LINK = "/console/enquiry/approvals/"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request as the second person sees it."""

    approval: EnquiryApproval
    state: str
    subject: str
    code: str
    basis: str
    matter_no: str
    reason: str


def ask(enquiry: Enquiry, *, now: datetime, today: date, approval_id: UUID | None = None) -> EnquiryApproval:
    """Put an enquiry before a second person. Nothing is answered; a refusal is written down like any other.

    Of two requests under one ``approval_id`` at the same time, both get the one that was first.
    """
    identifier = approval_id or uuid4()
    try:
        outcome = _asked(enquiry, identifier, now, today)
    except IntegrityError:
        first = asked_by(enquiry.actor, identifier)
        if first is None:
            raise
        return first
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def asked_by(actor: User, approval_id: UUID) -> EnquiryApproval | None:
    """Return what a person has sent for approval under an identifier, or None."""
    return EnquiryApproval.objects.filter(pk=approval_id, asked_by=actor).first()


def _asked(enquiry: Enquiry, identifier: UUID, now: datetime, today: date) -> EnquiryApproval | Refused:
    with transaction.atomic(durable=True):
        try:
            return _put(gate.admit(enquiry, today), identifier, now, today)
        except Refused as refusal:
            gate.refuse(enquiry, refusal, now, today)
            return refusal


def _put(admitted: gate.Admitted, identifier: UUID, now: datetime, today: date) -> EnquiryApproval:
    enquiry, found = admitted.enquiry, admitted.found
    kind = second.needed(admitted.purpose, found, today) if found else None
    agency = enquiry.actor.agency
    if found is None or kind is None or agency is None:
        raise _no("这次查询不需要另一人批准，请直接查询。", "This enquiry needs no second person. Enquire directly.")
    if not enquiry.reason.strip():
        raise _no("请写明为什么查，批准的人要看。", "Write why you ask; the second person reads it.")
    approval = EnquiryApproval.objects.create(
        id=identifier,
        kind=kind,
        agency=agency,
        purpose=enquiry.purpose,
        subject_id=found.id,
        digest=second.digest_of(enquiry, found.id),
        shown=vault.seal(found.key, _shown(admitted, today), _place(identifier)),
        asked_by=enquiry.actor,
        asked_at=now,
        expires_on=today + timedelta(days=second.whole("enquiry.approval_days", today)),
    )
    _commit(approval, "asked", enquiry.actor, now)
    _tell_deciders(approval, now)
    return approval


def decide(
    approval_id: UUID, actor: User, *, approve: bool, answer: str, now: datetime, today: date
) -> EnquiryApproval:
    """Approve or refuse with a reason; of two decisions the first stands. Raises CannotApprove."""
    with transaction.atomic():
        asked = _for_decider(approval_id, actor)
        check_answer(approve, answer)
        if asked.expires_on < today:
            raise _no("这项送请已到期，请对方重新送请。", "This request has ended; they must send it again.")
        fresh = EnquiryApproval.objects.filter(pk=asked.pk, decided_at=None)
        if not fresh.update(decided_by=actor, decided_at=now, approved=approve, answer=answer.strip()):
            raise _no("这项送请已经办结。", "This request has been decided.")
        asked.refresh_from_db()
        _commit(asked, "approved" if approve else "refused", actor, now)
        _tell_asker(asked, now)
    return asked


def for_decider(actor: User, today: date) -> list[Waiting]:
    """Return what waits for this person's decision, oldest first."""
    open_ones = EnquiryApproval.objects.filter(decided_at=None, expires_on__gte=today).exclude(asked_by=actor)
    mine = [each for each in open_ones.select_related("agency", "subject__key", "asked_by") if may_decide(each, actor)]
    return [_waiting(each, today) for each in sorted(mine, key=lambda each: each.asked_at)]


def of_asker(actor: User, today: date) -> list[Waiting]:
    """Return what this person has sent for approval, newest first."""
    sent = EnquiryApproval.objects.filter(asked_by=actor).select_related("agency", "subject__key", "asked_by")
    return [_waiting(each, today) for each in sent.order_by("-asked_at")[:100]]


def state(each: EnquiryApproval, today: date) -> str:
    """Return asked, approved, refused, used or ended."""
    if each.approved is False:
        return "refused"
    if each.used_at:
        return "used"
    if each.expires_on < today:
        return "ended"
    return "approved" if each.approved else "asked"


def may_decide(approval: EnquiryApproval, actor: User) -> bool:
    """Tell whether a person may decide a request: another one, of the right body, and not about themselves."""
    if actor.pk == approval.asked_by_id or registry.may_act_for(actor, approval.subject_id):
        return False
    if approval.kind == EnquiryApproval.CENTRE:
        return may_decide_for_centre(actor, approval.agency.region)
    return actor.agency_id == approval.agency_id and can_may(actor, Permission.ENQUIRE)


def may_decide_for_centre(actor: User, region: str | None = WHOLE) -> bool:
    """Tell whether a person decides for the credit centre about a unit's region; ``None`` asks for any."""
    return bool(actor.agency and actor.agency.runs_platform) and can_may(actor, Permission.DECIDE_CASE, region)


def _for_decider(approval_id: UUID, actor: User) -> EnquiryApproval:
    """Return a request this person may decide; any other looks the same as none."""
    found = EnquiryApproval.objects.select_related("agency", "subject__key", "asked_by").filter(pk=approval_id).first()
    if found is not None and found.asked_by_id == actor.pk:
        raise _no("不能批准自己送请的查询，须由另一人办理。", "Nobody approves their own; another person does.")
    if found is None or not may_decide(found, actor):
        raise CannotApprove("没有这项送请。", "There is no such request.", "no_such_approval")
    return found


def _no(zh: str, en: str) -> CannotApprove:
    return CannotApprove(zh, en)


def _place(identifier: UUID) -> Place:
    return Place("disclosure_enquiryapproval", "shown", str(identifier))


def _shown(admitted: gate.Admitted, today: date) -> bytes:
    """Return what the second person sees: the subject masked, the rest as it was written."""
    enquiry = admitted.enquiry
    subject = gate.subject_shown(enquiry)
    parts = {
        "subject": subject.name,
        "code": subject.code,
        "basis": policies.basis_said(admitted.purpose, enquiry, today),
        "matter_no": enquiry.matter_no.strip(),
        "reason": enquiry.reason.strip(),
    }
    return json.dumps(parts, ensure_ascii=False).encode()


def _waiting(each: EnquiryApproval, today: date) -> Waiting:
    key = each.subject.key
    blank = dict.fromkeys(("subject", "code", "basis", "matter_no", "reason"), "")
    gone = key.wrapped is None
    parts = blank if gone else json.loads(vault.open_sealed(key, bytes(each.shown), _place(each.pk)))
    return Waiting(each, state(each, today), **parts)


def _commit(approval: EnquiryApproval, act: str, actor: User, now: datetime) -> None:
    payload = {
        "approval": approval.pk,
        "subject": approval.subject_id,
        "actor": actor.pk,
        "digest": approval.digest,
        "answer": approval.answer,
    }
    public = {"act": act, "agency": approval.agency.uscc, "purpose": approval.purpose, "by": approval.kind}
    ledger.append(LEAF_KIND, payload, now=now, public=public, key=approval.subject.key)


def _tell_deciders(approval: EnquiryApproval, now: datetime) -> None:
    body = _("用途“%(purpose)s”有一项查询等待批准，%(until)s 前有效。批准前看不到任何内容。") % {
        "purpose": _purpose_name(approval.purpose, approval.asked_at.date()),
        "until": approval.expires_on,
    }
    centre = approval.kind == EnquiryApproval.CENTRE
    boxes: Iterable[UUID] = [each.pk for each in people.agencies(runs_platform=True)] if centre else []
    for mailbox in boxes if centre else [approval.agency_id]:
        deliver(mailbox, "approval", _("有查询等待批准"), body, now=now, link=LINK)


def _tell_asker(approval: EnquiryApproval, now: datetime) -> None:
    title = _("查询已获批准") if approval.approved else _("查询未获批准")
    body = _("批准编号 %(number)s，%(until)s 前可凭它查询一次。") % {
        "number": str(approval.pk)[:8].upper(),
        "until": approval.expires_on,
    }
    deliver(approval.asked_by_id, "approval", title, body if approval.approved else approval.answer, now=now, link=LINK)


def _purpose_name(code: str, on: date) -> str:
    return next((each.zh for each in lawbook.purposes(on) if each.code == code), code)
