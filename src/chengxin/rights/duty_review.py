"""撤销履行确认之后: what was granted on a confirmation that its authority took back, and who looks at it again.

A restoration decided by people goes the way of doubtful papers on its own case. A minor record that ended unasked has
no case: here one officer proposes after the person was heard, another decides, and the person is told why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.accounts.selectors import reached
from chengxin.cases.models import Case, CaseEvent
from chengxin.cases.services import serve_notice
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry
from chengxin.registry import selectors as records
from chengxin.registry import services as registry
from chengxin.registry.models import Record
from chengxin.rights import duties, texts
from chengxin.rights.models import DutyRevision, Matter, UnaskedEnding, UnaskedReview
from chengxin.rights.selectors import own_files
from chengxin.rules.errors import Refusal

RESOLVED = frozenset({"doubt", "cancel", "dismiss"})
_REGION = "duty__agency__region"


class NoReview(Refusal):
    """There is nothing to review about this record, or it is not this person's turn."""

    code = "no_duty_review"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing granted, or about to be, on a confirmation that was cancelled; without a case it ended unasked."""

    record: Record
    cancelled_at: datetime
    agency_zh: str
    agency_en: str
    reason: str
    case: Case | None
    proposal: str
    proposed_by: User | None


def tasks(officer: User) -> list[Task]:
    """Return what waits in the officer's region because a confirmation was cancelled, the longest waiting first."""
    theirs = reached(officer, Permission.REVIEW_CASE, _REGION) | reached(officer, Permission.DECIDE_CASE, _REGION)
    cancelled = DutyRevision.objects.filter(theirs, kind=DutyRevision.CANCELLED).order_by("pk")
    cancelled = cancelled.select_related("duty__agency", "duty__record__item", "duty__record__subject__key")
    newest = {each.duty_id: each for each in cancelled}
    standing = duties.of(list(newest))
    found = (_task(each) for record, each in newest.items() if record not in standing)
    return sorted((task for task in found if task), key=lambda task: task.cancelled_at)


def propose(record_id: UUID, outcome: str, reason: str, heard: str, *, actor: User, now: datetime) -> UnaskedReview:
    """Propose that an ended record stands again, or stays ended; ``heard`` says how the person was heard."""
    _check_theirs(record_id, actor, Permission.REVIEW_CASE)
    if outcome not in dict(UnaskedReview.OUTCOMES) or not reason.strip() or not heard.strip():
        raise NoReview(
            "请选择结论，写明理由，并写明怎样听取了当事人的意见。",
            "Choose an outcome, give the reason, and say how the person was heard.",
        )
    with transaction.atomic():
        review, record = _waiting(record_id, actor)
        text = _("%(reason)s（听取意见：%(heard)s）") % {"reason": reason.strip(), "heard": heard.strip()}
        _leaf(record, "duty_review_proposed", outcome, actor, now)
        review.outcome, review.proposed_by, review.proposed_at = outcome, actor, now
        review.sealed_reason = duties.seal_reason(record, f"review:{record.pk}", text)
        review.save()
    return review


def decide(record_id: UUID, *, agree: bool, actor: User, now: datetime) -> UnaskedReview:
    """Decide on a proposal as its proposed outcome, or send it back; never the officer who proposed it.

    Reinstating opens the record again for the rest of its time. Measures that were lifted stay lifted: imposing one
    again needs its own decision and notice (charter C18).
    """
    _check_theirs(record_id, actor, Permission.DECIDE_CASE)
    with transaction.atomic():
        review, record = _waiting(record_id, actor)
        if not review.outcome:
            raise NoReview("还没有拟议的结论。", "Nothing has been proposed yet.")
        if review.proposed_by_id == actor.pk:
            raise NoReview("拟议人与决定人须为两人。", "Proposer and decider must be two people.")
        if not agree:
            UnaskedReview.objects.filter(pk=review.pk).update(outcome="", proposed_by=None, proposed_at=None)
            review.refresh_from_db()
            return review
        review.entry = _leaf(record, "duty_review_decided", review.outcome, actor, now)
        review.decided_by, review.decided_at = actor, now
        review.save()
        if review.outcome == UnaskedReview.REINSTATE:
            registry.reinstate_record(record_id, ref=f"unasked:{record_id}", now=now)
        _tell(record, review, now)
    return review


def _check_theirs(record_id: UUID, actor: User, permission: Permission) -> None:
    check_may(actor, permission)
    if not DutyRevision.objects.filter(reached(actor, permission, _REGION), duty=record_id).exists():
        raise _nothing()


def _nothing() -> NoReview:
    return NoReview("没有需要复查的终止。", "There is no ending to review.")


def _task(revision: DutyRevision) -> Task | None:
    record = revision.duty.record
    case, waits = _case(record, revision), False
    review = UnaskedReview.objects.select_related("proposed_by").filter(ending_id=record.pk).first()
    if case is None:
        waits = UnaskedEnding.objects.filter(pk=record.pk).exists() and not (review and review.decided_at)
    if case is None and not waits:
        return None
    reason = duties.open_reason(record, revision.entry_id, revision.sealed_reason)
    agency = revision.duty.agency
    proposal, by = (review.outcome, review.proposed_by) if review else ("", None)
    return Task(record, revision.at, agency.name_zh, agency.name_en, reason, case, proposal, by)


def _case(record: Record, revision: DutyRevision) -> Case | None:
    """Return the restoration that may rest on the confirmation: in hand, or approved and not questioned since."""
    matters = Matter.objects.filter(record=record, kind=Matter.RESTORATION).select_related("case")
    for matter in matters.order_by("-case__opened_at"):
        case = matter.case
        seen = CaseEvent.objects.filter(case=case, action__in=RESOLVED, at__gte=revision.at).exists()
        if matter.open or (case.state in ("executed", "closed") and not seen):
            return case
    return None


def _waiting(record_id: UUID, actor: User) -> tuple[UnaskedReview, Record]:
    ending = UnaskedEnding.objects.select_for_update(of=("self",)).filter(pk=record_id).first()
    version = records.present_version(record_id)
    if ending is None or version is None or version.ended_at is None or record_id in duties.of([record_id]):
        raise _nothing()
    review = UnaskedReview.objects.get_or_create(ending=ending)[0]
    if review.decided_at is not None:
        raise NoReview("这项复查已经作出决定。", "This review has been decided already.")
    if version.record.subject_id in own_files(actor):
        raise NoReview("与本人或本单位有关，应当回避。", "This concerns yourself; stand aside.")
    return review, version.record


def _leaf(record: Record, act: str, outcome: str, actor: User, now: datetime) -> Entry:
    payload = {"record": str(record.pk), "outcome": outcome, "officer": str(actor.pk)}
    return ledger.append("outreach", payload, now=now, public={"act": act}, key=record.subject.key)


def _tell(record: Record, review: UnaskedReview, now: datetime) -> None:
    if review.outcome == UnaskedReview.REINSTATE:
        what = _("“%(item)s”自即日起恢复，至原定期限届满；此前解除的措施不因此恢复。")
    else:
        what = _("“%(item)s”维持终止，不再恢复。")
    body = _("%(what)s理由：%(reason)s。%(remedy)s") % {
        "what": what % {"item": record.item.name_zh},
        "reason": duties.open_reason(record, f"review:{record.pk}", review.sealed_reason),
        "remedy": texts.restoration_remedy(),
    }
    serve_notice(record.subject_id, "unasked_reviewed", _("免申请终止复查决定"), body, now=now, link="/mine/")
