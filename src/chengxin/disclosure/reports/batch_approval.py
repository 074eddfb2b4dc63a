"""批量出具的批准: a batch is put before another person of the unit, who sees the list and why; it ends by itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.policies import can_may
from chengxin.accounts.roles import Permission
from chengxin.accounts.services import deliver
from chengxin.disclosure import second_person as second
from chengxin.disclosure.models import ReportBatch, ReportBatchApproval, ReportBatchRow
from chengxin.disclosure.reports.shapes import NoReport
from chengxin.disclosure.second_person import check_answer
from chengxin.ledger import services as ledger
from chengxin.rules import masks
from chengxin.rules.errors import Refusal
from chengxin.vault import services as vault

LEAF_KIND: Final = "report.batch"
LINK: Final = "/console/reports/"


class BatchNotApproved(Refusal):
    """A batch that cannot be put, decided or gone on with like this."""

    code = "report_batch_not_approved"


def put(batch: ReportBatch, reason: str, now: datetime, today: date) -> ReportBatchApproval:
    """Put a batch whose rows are written before another person of the unit, in the caller's transaction."""
    check_reason(reason, today)
    asked = ReportBatchApproval.objects.create(
        batch=batch,
        reason=reason.strip(),
        digest=_digest(batch),
        asked_by_id=batch.actor_id,
        expires_on=today + timedelta(days=second.whole("enquiry.order_days", today)),
    )
    _commit(asked, "placed", batch.actor, now)
    told = {"rows": ReportBatchRow.objects.filter(batch=batch).count(), "until": asked.expires_on}
    body = _("共 %(rows)d 个单位，%(until)s 前有效。批准前不会出具。") % told
    deliver(batch.agency_id, "report_batch", _("有批量出具等待批准"), body, now=now, link=f"{LINK}batches/{batch.pk}/")
    return asked


def check_reason(reason: str, today: date) -> None:
    """Refuse a reason that is too short or holds a personal number: another person reads it."""
    least = second.whole("enquiry.reason_characters", today)
    if len("".join(reason.split())) < least or masks.free_text(reason) != reason:
        raise _no(
            f"请用至少 {least} 个字写明为什么批量出具，不写证件号码。",
            f"Say in at least {least} characters why so many reports are made, without personal numbers.",
        )


def decide(
    batch_id: UUID, actor: User, *, approve: bool, answer: str, now: datetime, today: date
) -> ReportBatchApproval:
    """Approve or refuse a batch of another person of the unit; of two decisions the first stands."""
    with transaction.atomic():
        asked = of_unit(batch_id, actor)
        if asked.asked_by_id == actor.pk:
            raise _no(
                "不能批准自己送出的批次，须由另一人办理。", "Nobody approves their own batch; another person does."
            )
        check_answer(approve, answer)
        if asked.expires_on < today:
            raise _no("这一批已到期，请重新送出。", "This batch has ended; start it again.")
        fresh = ReportBatchApproval.objects.filter(pk=asked.pk, decided_at=None)
        if not fresh.update(decided_by=actor, decided_at=now, approved=approve, answer=answer.strip()):
            raise _no("这一批已经办结。", "This batch has been decided.")
        asked.refresh_from_db()
        _commit(asked, "approved" if approve else "refused", actor, now)
        title = _("批量出具已获批准") if approve else _("批量出具未获批准")
        link = f"{LINK}batches/{asked.pk}/"
        deliver(asked.asked_by_id, "report_batch", title, asked.answer or _("可以开始出具。"), now=now, link=link)
    return asked


def check_live(batch: ReportBatch, today: date) -> None:
    """Refuse to go on with a batch that is not approved, has ended, or is no longer what was approved."""
    asked = ReportBatchApproval.objects.filter(pk=batch.pk).first()
    if asked is None or state(asked, today) != "approved":
        raise _no(
            "这一批还没有另一人批准，或者已到期。", "Another person has not approved this batch, or it has ended."
        )
    if asked.digest != _digest(batch):
        raise _no("名单与批准时不一致，不予出具。", "The list is no longer what was approved.")


def of_unit(batch_id: UUID, actor: User) -> ReportBatchApproval:
    """Return what was put of a batch of the person's own unit; another unit's looks the same as none."""
    known = ReportBatchApproval.objects.select_related("batch__agency", "asked_by", "decided_by")
    found = known.filter(pk=batch_id, batch__agency=actor.agency).first() if actor.agency else None
    if found is None or not can_may(actor, Permission.ENQUIRE):
        raise NoReport("没有这一批。", "There is no such batch.")
    return found


def for_decider(actor: User, today: date) -> list[ReportBatchApproval]:
    """Return the batches of a unit that wait for another person than the one who put them, oldest first."""
    waiting = ReportBatchApproval.objects.filter(batch__agency=actor.agency, decided_at=None)
    others = waiting.filter(expires_on__gte=today).exclude(asked_by=actor)
    return list(others.select_related("batch", "asked_by").order_by("batch__at"))


def state(asked: ReportBatchApproval, today: date) -> str:
    """Return asked, approved, refused or ended."""
    if asked.approved is False:
        return "refused"
    if asked.expires_on < today:
        return "ended"
    return "approved" if asked.approved else "asked"


def _no(zh: str, en: str) -> BatchNotApproved:
    return BatchNotApproved(zh, en)


def _digest(batch: ReportBatch) -> str:
    """Return the keyed digest of a batch: who, for what, on which basis, and every line."""
    rows = ReportBatchRow.objects.filter(batch=batch).order_by("number")
    lines: Iterable[list[str]] = ([each.code, each.name, str(each.authorisation or "")] for each in rows)
    parts = [str(batch.actor_id), batch.purpose, batch.statute, batch.matter_no, batch.matter, *lines]
    return vault.blind_index("report_batch", json.dumps(parts, ensure_ascii=False))


def _commit(asked: ReportBatchApproval, act: str, actor: User, now: datetime) -> None:
    payload = {
        "batch": asked.pk,
        "actor": actor.pk,
        "digest": asked.digest,
        "reason": asked.reason,
        "answer": asked.answer,
    }
    public = {"act": act, "agency": asked.batch.agency.uscc, "purpose": asked.batch.purpose}
    ledger.append(LEAF_KIND, payload, now=now, public=public)
