"""履行确认: the authority that made a record says that the duty was performed; who decided, confirms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts.models import Agency, User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.cases.services import serve_notice
from chengxin.ledger import services as ledger
from chengxin.registry.models import RecordVersion
from chengxin.registry.sealing import open_content
from chengxin.rights import duties, unasked
from chengxin.rights.models import DutyConfirmation, DutyRevision, UnaskedEnding
from chengxin.rights.selectors import own_files
from chengxin.rules.errors import Refusal


class DutyNotConfirmed(Refusal):
    """The confirmation names no record of this authority, or not one alone, or says what cannot be."""

    code = "duty_not_confirmed"


@dataclass(frozen=True)
class Confirmed:
    """What a confirmation did: the fact itself, and the ending that followed at once, if one did."""

    duty: DutyConfirmation
    ending: UnaskedEnding | None


def confirm(
    document_no: str, document_date: date, performed_on: date, *, actor: User, now: datetime, today: date
) -> Confirmed:
    """Write down that the duty of a decision was performed in full; a minor record ends in the same transaction.

    The record is found by the decision's own number and date among those the actor's agency made; nothing of it is
    shown. Confirming the same again changes nothing.
    """
    check_may(actor, Permission.SUBMIT_RECORDS)
    version = _only(_found(actor.agency, document_no.strip(), document_date))
    _check_days(version, performed_on, today)
    _check_other(version, actor)
    with transaction.atomic():
        given = DutyConfirmation.objects.select_for_update(of=("self",)).filter(record_id=version.record_id).first()
        duty = of(version.record_id) or (
            _again(given, version, performed_on, actor, now) if given else _write(version, performed_on, actor, now)
        )
        return Confirmed(duty, unasked.end_if_due(version.record_id, now=now, today=today))


def of(record_id: UUID) -> DutyConfirmation | None:
    """Return what the authority has confirmed about a record's duty."""
    return duties.of([record_id]).get(record_id)


def cancel(
    document_no: str, document_date: date, reason: str, *, actor: User, now: datetime, today: date
) -> DutyRevision:
    """Take a confirmation of one's own authority back, with the reason; the subject is told what follows.

    Eligibility is computed from what stands, so it changes at once. What was already granted on the confirmation is not
    undone here: it waits for two officers of the centre (:mod:`chengxin.rights.duty_review`), who hear the person.
    """
    check_may(actor, Permission.SUBMIT_RECORDS)
    if not reason.strip():
        raise DutyNotConfirmed("请写明撤销的理由，当事人会看到。", "Give the reason; the person will read it.")
    version = _only(_confirmed(actor.agency, document_no.strip(), document_date))
    _check_other(version, actor)
    with transaction.atomic():
        DutyConfirmation.objects.select_for_update(of=("self",)).get(record_id=version.record_id)
        known = of(version.record_id)
        if known is None:
            raise DutyNotConfirmed("这项履行确认已经撤销。", "This confirmation has been cancelled already.")
        revision = _revise(known, version, DutyRevision.CANCELLED, actor, now, reason=reason.strip())
        _tell_cancelled(version, known, reason.strip(), now)
    return revision


def _found(agency: Agency | None, document_no: str, document_date: date) -> list[RecordVersion]:
    """Return the standing negative records of an agency under a decision; a person's number has to be opened to see."""
    standing = RecordVersion.objects.filter(known_until=None, ended_at=None, nature="negative")
    found = standing.filter(authority_code=agency.uscc if agency else "", document_date=document_date)
    found = found.filter(record__subject__key__wrapped__isnull=False).select_related("record__subject__key")
    return [version for version in found if document_no and _number(version) == document_no]


def _confirmed(agency: Agency | None, document_no: str, document_date: date) -> list[RecordVersion]:
    """Return the records of an agency under a decision that it once confirmed, ended ones included."""
    ours = DutyConfirmation.objects.filter(agency=agency).values("record_id")
    found = RecordVersion.objects.filter(known_until=None, document_date=document_date, record_id__in=ours)
    found = found.filter(record__subject__key__wrapped__isnull=False).select_related("record__subject__key")
    return [version for version in found if document_no and _number(version) == document_no]


def _number(version: RecordVersion) -> str:
    return version.document_no or str(open_content(version, version.record.subject).get("document_no", ""))


def _only(found: list[RecordVersion]) -> RecordVersion:
    if not found:
        raise DutyNotConfirmed(
            "没有找到本单位作出的、仍在使用的这份文书；请核对文书号和作出日期。",
            "No standing record of your unit has this document number and date; check both.",
        )
    if len(found) > 1:
        raise DutyNotConfirmed(
            f"这份文书下有 {len(found)} 条记录，不能判断是哪一条；请联系信用中心逐条办理。",
            f"This document stands behind {len(found)} records; ask the centre to handle them one by one.",
        )
    return found[0]


def _check_days(version: RecordVersion, performed_on: date, today: date) -> None:
    if not version.document_date <= performed_on <= today:
        raise DutyNotConfirmed(
            "履行日期应当在文书日期之后、今天之前（均含当日）。",
            "The duty is performed on a day from the document's date to today, both included.",
        )


def _check_other(version: RecordVersion, actor: User) -> None:
    if version.record.subject_id in own_files(actor):
        raise DutyNotConfirmed(
            "不能确认与本人或本单位有关的记录，请由其他人办理。",
            "Nobody confirms the duty of their own file or unit; ask somebody else.",
        )


def _write(version: RecordVersion, performed_on: date, actor: User, now: datetime) -> DutyConfirmation:
    assert actor.agency is not None  # A record was found by the agency's code.
    payload = {"record": str(version.record_id), "performed_on": performed_on.isoformat(), "officer": str(actor.pk)}
    public = {"agency": actor.agency.uscc, "act": "duty_confirmed"}
    entry = ledger.append("outreach", payload, now=now, public=public, key=version.record.subject.key)
    return DutyConfirmation.objects.create(
        record_id=version.record_id,
        performed_on=performed_on,
        agency=actor.agency,
        confirmed_by=actor,
        confirmed_at=now,
        entry=entry,
    )


def _again(
    given: DutyConfirmation, version: RecordVersion, performed_on: date, actor: User, now: datetime
) -> DutyConfirmation:
    """Confirm anew what was cancelled before."""
    _revise(given, version, DutyRevision.CONFIRMED, actor, now, performed_on=performed_on)
    return duties.of([version.record_id])[version.record_id]


def _revise(
    duty: DutyConfirmation,
    version: RecordVersion,
    kind: str,
    actor: User,
    now: datetime,
    *,
    reason: str = "",
    performed_on: date | None = None,
) -> DutyRevision:
    assert actor.agency is not None  # A record was found by the agency's code.
    payload = {"record": str(version.record_id), "act": kind, "officer": str(actor.pk)}
    public = {"agency": actor.agency.uscc, "act": f"duty_{kind}"}
    entry = ledger.append("outreach", payload, now=now, public=public, key=version.record.subject.key)
    return DutyRevision.objects.create(
        duty_id=duty.pk,
        kind=kind,
        performed_on=performed_on,
        sealed_reason=duties.seal_reason(version.record, entry.pk, reason) if reason else None,
        by=actor,
        at=now,
        entry=entry,
    )


def _tell_cancelled(version: RecordVersion, duty: DutyConfirmation, reason: str, now: datetime) -> None:
    """Tell the subject that the confirmation is gone, why, what it changes and what can be done, free of charge."""
    if version.ended_at is not None:
        follows = _("这条记录此前已据此终止，现仍为终止状态；是否恢复由信用中心两人复查决定，决定前会听取您的意见。")
    else:
        follows = _("这条记录的修复条件将按没有这项确认重新计算；您可以自行提交履行证明，或者向该单位提出异议。")
    body = _(
        "%(agency)s撤销了对“%(item)s”义务于 %(day)s 已履行的确认。理由：%(reason)s。%(follows)s不收取任何费用。"
    ) % {
        "agency": duty.agency.name_zh,
        "item": version.record.item.name_zh,
        "day": duty.performed_on.isoformat(),
        "reason": reason,
        "follows": follows,
    }
    title = _("一项履行确认已被撤销")
    serve_notice(version.record.subject_id, "duty_cancelled", title, body, now=now, link="/mine/")
