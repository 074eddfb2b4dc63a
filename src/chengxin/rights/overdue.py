"""When an objection is overdue: the record is hidden until somebody decides; delay never works against the subject."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.cases import selectors as case_selectors
from chengxin.cases.models import Case
from chengxin.catalogue import lawbook
from chengxin.registry import hiding
from chengxin.registry import selectors as records
from chengxin.registry.models import Cause, RecordVersion
from chengxin.rights import matters, texts
from chengxin.rights.models import Matter

TOTAL, STOPS = "objection.total_workdays", "objection.overdue_stops_display"


def stop_display(*, now: datetime, today: date) -> int:
    """Hide every record whose objection has passed its whole time undecided; return how many were hidden.

    A record that is out of every answer already, because it has ended or its link is suspended, is left as it is.
    """
    if not lawbook.current().flag(STOPS, today):
        return 0
    late = case_selectors.overdue(today).filter(key=TOTAL, case__kind=Matter.OBJECTION)
    return sum(_stop(deadline.case, now) for deadline in late)


def _stop(case: Case, now: datetime) -> bool:
    matter = matters.matter_of(case.pk, Matter.OBJECTION)
    if not _is_shown(records.present_version(matter.record_id)):
        return False
    with transaction.atomic():
        hiding.hide(matter.record_id, Cause.DISPLAY_SUSPENDED, ref=case.number, now=now)
        sentence = _("异议超过总期限仍未办结，该记录自即日起暂停展示和使用，至作出决定为止。")
        body = texts.about(case, matter.record, sentence)
        matters.tell_applicant(case, "objection_overdue", _("记录已暂停展示"), body, now)
        matters.tell_source(case, "objection_overdue", _("记录已暂停展示"), body, now)
    return True


def _is_shown(version: RecordVersion | None) -> bool:
    return version is not None and version.ended_at is None and not version.link_suspended


def show_for_decision(record_id: UUID, *, ref: str, now: datetime) -> hiding.Hidden | None:
    """Let a hidden record stand for the decision about it, in the decision's own transaction; return why it was hidden.

    What the decision leaves standing is shown again, unless something else keeps it hidden.
    """
    why = hiding.hidden(record_id)
    if why is not None:
        hiding.show_again(record_id, ref=ref, now=now)
    return why


def keep_shielded(record_id: UUID, why: hiding.Hidden | None, *, now: datetime) -> None:
    """Hide a record again that a reorganisation keeps hidden, whatever was decided about an objection meanwhile."""
    shielded = why is not None and why.cause == Cause.SHIELDED
    if why is not None and shielded and _is_shown(records.present_version(record_id)):
        hiding.hide(record_id, Cause.SHIELDED, ref=why.ref, now=now)
