"""履行确认: the authority that made a record says that the duty was performed; who decided, confirms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from chengxin.accounts.models import Agency, User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.ledger import services as ledger
from chengxin.registry.models import RecordVersion
from chengxin.registry.sealing import open_content
from chengxin.rights import unasked
from chengxin.rights.models import DutyConfirmation, UnaskedEnding
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
        duty = DutyConfirmation.objects.filter(record_id=version.record_id).first()
        duty = duty or _write(version, performed_on, actor, now)
        return Confirmed(duty, unasked.end_if_due(version.record_id, now=now, today=today))


def of(record_id: UUID) -> DutyConfirmation | None:
    """Return what the authority has confirmed about a record's duty."""
    return DutyConfirmation.objects.select_related("agency").filter(record_id=record_id).first()


def _found(agency: Agency | None, document_no: str, document_date: date) -> list[RecordVersion]:
    """Return the standing negative records of an agency under a decision; a person's number has to be opened to see."""
    standing = RecordVersion.objects.filter(known_until=None, ended_at=None, nature="negative")
    found = standing.filter(authority_code=agency.uscc if agency else "", document_date=document_date)
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
