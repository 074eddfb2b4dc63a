"""信源撤回: what becomes of open cases when the source takes the record back; they end by themselves, told and counted.

Nothing is decided here (charter C23): the record is out of every answer already. Whose record it is stays a question
for people, because the source may undo its withdrawal; a review asked for afterwards is answered by people too.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from chengxin.cases import services as cases
from chengxin.cases.models import Case
from chengxin.cases.workflows import workflow_of
from chengxin.registry import hiding
from chengxin.registry.models import Cause, RecordVersion
from chengxin.rights import bankruptcy, matters, texts
from chengxin.rights.models import Matter
from chengxin.rights.outcomes import IDENTITY

STEP = "lose_object"


def end_cases(*, now: datetime) -> int:
    """End every open case whose record its source has taken back; return how many ended."""
    taken_back = RecordVersion.objects.filter(
        record_id=OuterRef("record_id"), known_until=None, ended_at__isnull=False, cause=Cause.WITHDRAWN
    )
    found = Matter.objects.filter(Exists(taken_back), open=True).select_related("case").order_by("pk")
    return sum(_end(matter.case_id, matter.kind, now) for matter in found if _loses_its_object(matter.case))


def hide_again(*, now: datetime) -> int:
    """Hide what a reorganisation had hidden and its source brought back by undoing its withdrawal; return how many."""
    running = Case.objects.filter(kind=bankruptcy.KIND, state__in=bankruptcy.HIDING)
    return sum(_hide_again(case, now) for case in running.order_by("pk"))


def _hide_again(case: Case, now: datetime) -> int:
    hidden_before = RecordVersion.objects.filter(
        record_id=OuterRef("record_id"), cause=Cause.SHIELDED, cause_ref=case.number
    )
    back = RecordVersion.objects.filter(
        Exists(hidden_before),
        record__subject_id=case.subject_ref,
        known_until=None,
        ended_at=None,
        cause=Cause.REINSTATED,
    )
    found = list(back.values_list("record_id", flat=True))
    for record_id in found:
        hiding.hide(record_id, Cause.SHIELDED, ref=case.number, now=now)
    return len(found)


def _loses_its_object(case: Case) -> bool:
    if case.facts.get("about") == IDENTITY:
        return False
    return any(step.action == STEP for step in workflow_of(case.kind).leaving(case.state))


def _end(case_id: UUID, kind: str, now: datetime) -> bool:
    matter = matters.matter_of(case_id, kind)
    with transaction.atomic():
        case = cases.act_by_system(case_id, STEP, now=now, met=("record_withdrawn", "applicant_told"))
        matters.finish(matter, now)
        _tell(case, matter, now)
    return True


def _tell(case: Case, matter: Matter, now: datetime) -> None:
    sentence = _(
        "这条记录已由报送单位撤回，不再公示、共享和使用，本件就此终结，不另作决定。不收取任何费用。%(remedy)s"
    ) % {"remedy": texts.withdrawn_remedy(case.kind)}
    body, title = texts.about(case, matter.record, sentence), _("记录已撤回，办件终结")
    matters.tell_applicant(case, "case_record_withdrawn", title, body, now)
    matters.tell_source(case, "case_record_withdrawn", title, body, now)
