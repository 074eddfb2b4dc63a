"""Proposing, imposing and lifting measures; each act is one transaction with its ledger leaf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.cases.models import Notice
from chengxin.cases.services import serve_notice
from chengxin.catalogue import lawbook
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as registry
from chengxin.registry.models import Record
from chengxin.rules.lawfiles import Measure as Listed
from chengxin.supervision import policies
from chengxin.supervision.models import Measure, MeasureProposal


@dataclass(frozen=True)
class Lifted:
    """What lifting did: which measures, and the ledger entry that proves it."""

    measures: tuple[UUID, ...]
    entry: int


def propose(
    record_id: UUID, code: str, *, reason: str, starts_on: date, ends_on: date, actor: User, now: datetime, today: date
) -> MeasureProposal:
    """Propose a measure from the list in force on a record; it has no effect until somebody else decides."""
    check_may(actor, Permission.IMPOSE_MEASURE)
    if actor.agency is None:
        raise policies.MeasureRefused(
            "缺少采取措施的单位。", "A measure needs an imposing body.", "measure_part_missing"
        )
    version = policies.check_record(registry.present_version(record_id), today)
    _check_list(code, version.record, today)
    with transaction.atomic():
        proposal = MeasureProposal.objects.create(
            record_id=record_id,
            code=code,
            reason=policies.check_written(reason, "理由", "a reason"),
            starts_on=starts_on,
            ends_on=policies.check_days(starts_on, ends_on, version, today),
            agency=actor.agency,
            proposed_by=actor,
            proposed_at=now,
            record_version=version.number,
        )
        ledger.append("measure", {"proposal": str(proposal.id)}, now=now, public={"act": "propose", "measure": code})
    return proposal


def impose(
    proposal_id: UUID, *, decision_no: str, remedy: str, decided_by: User, now: datetime, today: date
) -> Measure:
    """Decide on a proposal: serve the notice with reason and remedy and let the measure hold (charter C18).

    Raises :class:`MeasureRefused` for each part that is missing, and when the record has changed since the proposal.
    """
    check_may(decided_by, Permission.DECIDE_CASE)
    with transaction.atomic():
        proposal = MeasureProposal.objects.select_for_update(of=("self",)).get(id=proposal_id)
        version = policies.check_record(registry.present_version(proposal.record_id), today)
        _check_fresh(proposal, version.number)
        subject = version.record.subject
        policies.check_two_people(proposal.proposed_by, decided_by, subject.id)
        entry = _check_list(proposal.code, version.record, today)
        policies.check_days(proposal.starts_on, proposal.ends_on, version, today)
        assert version.use_until is not None  # A record without an end has just been refused with its days.
        policies.check_written(decision_no, "决定书文号", "a decision number")
        policies.check_written(remedy, "救济途径", "the remedy")
        notice = _serve(proposal, entry, subject.id, remedy, decision_no, now)
        measure = _create(proposal, entry, notice, decision_no, remedy, decided_by, version.use_until, now)
        payload = {"measure": str(measure.id), "decision": decision_no, "notice": notice.sha256}
        ledger.append("measure", payload, now=now, public={"act": "impose", "measure": entry.code})
    return measure


def lift(record_id: UUID, *, ref: str, now: datetime) -> Lifted:
    """Lift every measure that rests on a record, now and with one leaf; none is left standing."""
    with transaction.atomic():
        standing = Measure.objects.filter(record_id=record_id, lifted_at=None)
        lifted = tuple(standing.values_list("id", flat=True))
        standing.update(lifted_at=now, lift_ref=ref)
        payload = {"record": str(record_id), "ref": ref, "measures": [str(each) for each in lifted]}
        entry = ledger.append("measure", payload, now=now, public={"act": "lift", "count": len(lifted)})
    return Lifted(lifted, entry.pk)


def _check_list(code: str, record: Record, today: date) -> Listed:
    entry = policies.listed(code, lawbook.measures(today))
    policies.check_rank(entry)
    policies.check_subject(entry, record.subject.kind)
    policies.check_item(entry, record.item.item.code)
    return entry


def _check_fresh(proposal: MeasureProposal, number: int) -> None:
    if Measure.objects.filter(proposal=proposal).exists():
        raise policies.MeasureRefused(
            "该拟议已作出决定。", "This proposal has been decided already.", "measure_already_decided"
        )
    if proposal.record_version != number:
        raise policies.MeasureRefused(
            "拟议之后记录已有变更，须重新提出。",
            "The record has changed since the proposal; propose again.",
            "measure_proposal_stale",
        )


def _serve(
    proposal: MeasureProposal, entry: Listed, mailbox: UUID, remedy: str, decision_no: str, now: datetime
) -> Notice:
    body = _(
        "%(agency)s依据%(basis)s（决定书%(decision)s），自%(start)s至%(end)s对您采取“%(measure)s”。理由：%(reason)s。%(remedy)s"
    ) % {
        "agency": proposal.agency.name_zh,
        "basis": str(entry.basis),
        "decision": decision_no,
        "start": proposal.starts_on.isoformat(),
        "end": proposal.ends_on.isoformat(),
        "measure": entry.zh,
        "reason": proposal.reason,
        "remedy": remedy,
    }
    return serve_notice(mailbox, "measure_imposed", _("采取措施告知书"), body, now=now, link="/mine/")


def _create(
    proposal: MeasureProposal,
    entry: Listed,
    notice: Notice,
    decision_no: str,
    remedy: str,
    decided_by: User,
    use_until: date,
    now: datetime,
) -> Measure:
    return Measure.objects.create(
        proposal=proposal,
        record_id=proposal.record_id,
        code=entry.code,
        name_zh=entry.zh,
        name_en=entry.en,
        measure_class=entry.measure_class,
        basis_instrument=entry.basis.instrument,
        basis_article=entry.basis.article,
        basis_rank=entry.basis.rank.value,
        reason=proposal.reason,
        remedy=remedy.strip(),
        decision_no=decision_no.strip(),
        proposed_by=proposal.proposed_by,
        decided_by=decided_by,
        decided_at=now,
        notice=notice,
        starts_on=proposal.starts_on,
        ends_on=proposal.ends_on,
        record_use_until=use_until,
    )
