"""What the gate itself asks about the second person and the written reason; it writes nothing but that one was used."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.db import connection

from chengxin.catalogue import lawbook
from chengxin.disclosure.models import Access, EnquiryApproval, EnquiryOrder, ReportBatchApproval
from chengxin.disclosure.shapes import Enquiry, Refused
from chengxin.registry.hot import Found
from chengxin.rules import masks
from chengxin.rules.errors import Refusal
from chengxin.rules.lawfiles import Purpose
from chengxin.storage import statements
from chengxin.vault import services as vault

REASON_WANTED = "reason_wanted"
LONGEST_ANSWER = 300
SENTENCES: dict[str, tuple[str, str]] = {
    "needs_second_person": (
        "这一用途须由本单位另一人批准。请先送请批准，批准后凭批准编号查询一次。",
        "Another person of your unit approves this purpose first. Send it for approval, then enquire once with its "
        "number.",
    ),
    "needs_centre": (
        "该主体受保护，任何用途都须经信用中心批准。请先送请批准，批准后凭批准编号查询一次。",
        "This subject is protected: the credit centre approves every enquiry. Send it for approval, then enquire once "
        "with its number.",
    ),
    "approval_not_valid": (
        "没有与本次查询完全一致的有效批准：可能未批准、已到期、已使用，或内容有改动。请重新送请批准。",
        "No live approval is for exactly this enquiry: not approved, ended, used, or something was changed. Send it "
        "for approval again.",
    ),
    REASON_WANTED: (
        "本次查询被抽中，须先写明为什么查（至少一句话，不写证件号码），再提交。",
        "This enquiry was drawn: write in a sentence why you ask, without any identity number, and submit again.",
    ),
}


class CannotApprove(Refusal):
    """An approval that cannot be asked for or decided like this."""

    code = "cannot_approve"


def check_answer(approve: bool, answer: str) -> None:
    """Refuse a refusal without a reason, and an answer that is too long or holds a number of a person."""
    if not approve and not answer.strip():
        raise CannotApprove("不批准须写明理由。", "A refusal says why.")
    if len(answer) > LONGEST_ANSWER or masks.free_text(answer) != answer:
        raise CannotApprove(
            "意见过长，或含有证件号码、手机号。请改正。", "The answer is too long or holds a personal number."
        )


def refused(code: str) -> Refused:
    """Return the refusal of this code."""
    return Refused(*SENTENCES[code], code)


def needed(purpose: Purpose, found: Found, today: date) -> str | None:
    """Return who approves first: the centre for a protected subject, the unit for a sensitive purpose, or None."""
    if is_protected(found.id):
        return EnquiryApproval.CENTRE
    names = lawbook.current().value("enquiry.second_person_purposes", today).value
    return EnquiryApproval.UNIT if isinstance(names, tuple) and purpose.code in names else None


def is_protected(subject: UUID) -> bool:
    """Tell whether a subject is protected today. Every enquiry asks this, hence the hand-written SQL."""
    key = subject if connection.features.has_native_uuid_field else subject.hex
    query = "SELECT 1 FROM disclosure_protectedsubject WHERE subject_id = %s AND lifted_at IS NULL"
    return statements.row(query, (key,)) is not None


def digest_of(enquiry: Enquiry, subject: UUID) -> str:
    """Return the keyed digest of one exact enquiry; whatever is changed in it makes another one."""
    parts = [
        *(str(enquiry.actor.pk), str(enquiry.actor.agency_id), enquiry.purpose, str(subject), enquiry.statute),
        *(str(enquiry.authorisation_id or ""), enquiry.matter_no.strip(), enquiry.reason.strip()),
    ]
    parts += [enquiry.matter] if enquiry.matter else []
    return vault.blind_index("enquiry_approval", json.dumps(parts, ensure_ascii=False))


def check(enquiry: Enquiry, purpose: Purpose, found: Found, today: date) -> EnquiryApproval | None:
    """Return the approval this enquiry stands on, or None where it needs none; raise Refused."""
    kind = needed(purpose, found, today)
    if kind is None or (kind == EnquiryApproval.UNIT and _by_order(enquiry, today)):
        return None
    if enquiry.approval_id is None:
        raise refused("needs_centre" if kind == EnquiryApproval.CENTRE else "needs_second_person")
    known = EnquiryApproval.objects.filter(pk=enquiry.approval_id, kind=kind, approved=True, used_at=None).first()
    if known is None or known.expires_on < today or known.digest != digest_of(enquiry, found.id):
        raise refused("approval_not_valid")
    return known


def _by_order(enquiry: Enquiry, today: date) -> bool:
    """Tell whether a second person of the unit has approved the order, or the batch of reports, it belongs to."""
    if enquiry.batch_id is not None:
        asked = ReportBatchApproval.objects.filter(pk=enquiry.batch_id, asked_by=enquiry.actor)
        return asked.filter(batch__purpose=enquiry.purpose, approved=True, expires_on__gte=today).exists()
    if enquiry.order_id is None:
        return False
    orders = EnquiryOrder.objects.filter(pk=enquiry.order_id, asked_by=enquiry.actor, purpose=enquiry.purpose)
    return orders.filter(approved=True, expires_on__gte=today).exists()


def use_up(approval: EnquiryApproval | None, now: datetime) -> None:
    """Mark an approval as used; of two reads under one approval only one finds it unused."""
    if approval and not EnquiryApproval.objects.filter(pk=approval.pk, used_at=None).update(used_at=now):
        raise refused("approval_not_valid")


def check_reason(enquiry: Enquiry, found: Found | None, now: datetime, rng: Random | None) -> None:
    """Ask for a written reason where chance says so; once asked for it stays owed, so trying again does not help.

    Without ``rng`` nobody is drawn: reads that another person has approved, and the work of commands.
    """
    if rng is None or enquiry.approval_id or enquiry.order_id or found is None or _has_reason(enquiry, now.date()):
        return
    one_in = whole("enquiry.reason_one_in", now.date())
    if rng.randrange(one_in) == 0 or _owed(enquiry, found, now):
        raise refused(REASON_WANTED)


def _has_reason(enquiry: Enquiry, today: date) -> bool:
    return len("".join(enquiry.reason.split())) >= whole("enquiry.reason_characters", today)


def _owed(enquiry: Enquiry, found: Found, now: datetime) -> bool:
    asked = Access.objects.filter(subject_id=found.id, actor=enquiry.actor, reason_code=REASON_WANTED)
    return asked.filter(at__gt=now - timedelta(days=1)).exists()


def whole(key: str, today: date) -> int:
    """Return a dated number of the law files."""
    return int(str(lawbook.current().value(key, today).value))
