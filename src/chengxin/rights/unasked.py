"""免申请终止: a minor record ends without an application once its authority has confirmed that the duty was performed.

Nothing here is decided by the platform alone (charter C23): the officer who confirms is named, the law's conditions are
kept as they stood, and the subject is told both, with the remedy. The three effects are one act (charter C14).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.cases.models import Notice
from chengxin.cases.services import serve_notice
from chengxin.catalogue import lawbook
from chengxin.engines.eligibility import reference
from chengxin.registry import selectors as records
from chengxin.registry import services as registry
from chengxin.registry.models import Cause, RecordVersion
from chengxin.rights import duties, finding, register, texts
from chengxin.rights.eligibility import Eligibility, eligibility
from chengxin.rights.finding import Found
from chengxin.rights.matters import source_agency
from chengxin.rights.models import DutyConfirmation, EffectKind, Outreach, UnaskedEffect, UnaskedEnding
from chengxin.rules.grading import GRADE_NAMES
from chengxin.supervision import services as supervision

FLAG = "repair.minor_without_application"


def applies(grade: str, today: date) -> bool:
    """Tell whether the law of a day lets records of a grade end without an application."""
    return grade == "minor" and lawbook.current().flag(FLAG, today)


def end_if_due(record_id: UUID, *, now: datetime, today: date) -> UnaskedEnding | None:
    """End a record whose turn has come, and return what was done; ``None`` where the law or a person stands before it.

    A dispute or an application under way is such a person: the case that is open decides.
    """
    with transaction.atomic():
        DutyConfirmation.objects.select_for_update(of=("self",)).filter(record_id=record_id).first()
        duty = duties.of([record_id]).get(record_id)
        version = records.present_version(record_id)
        if duty is None or version is None or version.ended_at is not None or not applies(version.grade, today):
            return None
        # What was opened again after a review is not ended a second time without being asked; its subject may apply.
        if UnaskedEnding.objects.filter(record_id=record_id).exists():
            return None
        verdicts = reference.decide(register.read([record_id], today), lawbook.current(), today)
        opened = {record: day for record, state, day, _reason in verdicts.iter_rows() if state == "eligible"}
        # The commitment is a condition of applying; where the law asks for no application nobody is asked for one.
        found = eligibility(record_id, today, duty_performed=True)
        if str(record_id) not in opened or found.failed:
            return None
        ending = _end(version, duty, found, now, today)
        if not Outreach.objects.filter(record_id=record_id).exists():
            finding.write(Found(version, opened[str(record_id)]), Outreach.ENDED, ending.notice, now=now, today=today)
    return ending


def _end(
    version: RecordVersion, duty: DutyConfirmation, found: Eligibility, now: datetime, today: date
) -> UnaskedEnding:
    ref = f"unasked:{version.record_id}"
    ended = registry.end_record(version.record_id, Cause.RESTORED, ref=ref, now=now)
    lifted = supervision.lift(version.record_id, ref=ref, now=now)
    ending = UnaskedEnding.objects.create(
        record_id=version.record_id,
        duty=duty,
        ended_at=now,
        grounds=_grounds(found, duty, today),
        notice=_tell(version, duty, now, today),
    )
    receipt = {"version": ended.number, "ended_at": now.isoformat(), "cause": ended.cause}
    _effect(ending, EffectKind.PUBLISH, now, ended.entry_id, {**receipt, "stopped": "publication"})
    _effect(ending, EffectKind.SHARE_USE, now, ended.entry_id, {**receipt, "stopped": "sharing,use"})
    _effect(ending, EffectKind.MEASURES, now, lifted.entry, {"lifted": [str(each) for each in lifted.measures]})
    _effect(ending, EffectKind.RECIPIENTS, now, ended.entry_id, {**receipt, "sent_by": "feed"})
    return ending


def _effect(ending: UnaskedEnding, kind: EffectKind, now: datetime, entry: int, receipt: dict[str, Any]) -> None:
    full = {**receipt, "entry": entry, "record": str(ending.record_id)}
    UnaskedEffect.objects.create(ending=ending, kind=kind, started_at=now, done_at=now, entry_id=entry, receipt=full)


def _grounds(found: Eligibility, duty: DutyConfirmation, today: date) -> dict[str, Any]:
    """Return why the record ended: who confirmed what, which rule allowed it, every condition as it stood."""
    flag = lawbook.current().value(FLAG, today)
    return {
        "rule": {"key": flag.key, "basis": str(flag.basis), "verified": flag.verified},
        "duty": {"performed_on": duty.performed_on.isoformat(), "officer": str(duty.confirmed_by_id)},
        "conditions": [
            {"code": each.code, "met": each.met, "zh": each.zh, "en": each.en, "basis": str(each.basis)}
            for each in found.conditions
        ],
    }


def _tell(version: RecordVersion, duty: DutyConfirmation, now: datetime, today: date) -> Notice:
    """Serve the subject's notice, and one on the authority: outcome, reason, rule, remedy, free of charge (C15)."""
    body = _(
        "“%(item)s”（%(authority)s作出，%(grade)s失信）已于 %(day)s 终止公示、共享和使用，据此采取的措施同时解除。"
        "您不需要申请，也不需要缴费。理由：%(agency)s确认义务已于 %(performed)s 全部履行。依据：%(basis)s。%(remedy)s"
    ) % {
        "item": version.record.item.name_zh,
        "authority": version.authority_name,
        "grade": GRADE_NAMES["minor"][0],
        "day": today.isoformat(),
        "agency": duty.agency.name_zh,
        "performed": duty.performed_on.isoformat(),
        "basis": str(lawbook.current().value(FLAG, today).basis),
        "remedy": texts.restoration_remedy("unasked"),
    }
    title = _("您的一条轻微失信记录已终止")
    source = source_agency(version)
    if source is not None:
        serve_notice(source.id, "record_ended_unasked", _("轻微失信记录已终止"), body, now=now, link="/console/")
    return serve_notice(version.record.subject_id, "record_ended_unasked", title, body, now=now, link="/mine/")
