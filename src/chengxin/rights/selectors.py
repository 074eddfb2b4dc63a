"""Reading cases about records: queues, one case with everything a page needs, the notice of how to be restored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chengxin.accounts.models import User
from chengxin.cases import policies as case_policies
from chengxin.cases import selectors as cases
from chengxin.cases.models import Case, Deadline, Document, Notice
from chengxin.cases.policies import Action
from chengxin.cases.selectors import Line
from chengxin.cases.workflows import workflow_of
from chengxin.registry import notices
from chengxin.registry import selectors as records
from chengxin.registry.models import Record, RecordVersion
from chengxin.rights import shown
from chengxin.rights.eligibility import Eligibility, eligibility
from chengxin.rights.models import Effect, Matter, Reading
from chengxin.rights.shown import Shown
from chengxin.rules.workflow import State

__all__ = [
    "CasePage",
    "Eligibility",
    "RepairNotice",
    "case_page",
    "eligibility",
    "own_files",
    "repair_notice",
]


@dataclass(frozen=True)
class CasePage:
    """Everything the page of one case shows to one reader."""

    case: Case
    record: Record
    version: RecordVersion
    fields: list[Shown]
    state: State
    deadlines: list[Deadline]
    timeline: list[Line]
    documents: list[tuple[Document, str]]
    evidence: list[Document]
    notices: list[Notice]
    actions: list[Action]
    effects: list[Effect]
    conditions: Eligibility | None
    readings: list[Reading]


@dataclass(frozen=True)
class RepairNotice:
    """修复告知: what can be restored, from when, and how; served together with the record (charter C17)."""

    what: str
    from_when: str
    how: str
    eligibility: Eligibility


def own_files(actor: User) -> frozenset[UUID]:
    """Return the subjects that are the actor's own: whom they hold a mandate for, and the unit they belong to."""
    mandates = {mandate.subject_id for mandate in records.subjects_of(actor)}
    unit = records.find_organisation(actor.agency.uscc) if actor.agency else None
    return frozenset(mandates | ({unit.id} if unit else set()))


def case_page(case_id: UUID, reader: User, today: date) -> CasePage | None:
    """Return the page of a case, or ``None`` when there is none that this reader may see."""
    case, own = cases.case(case_id), own_files(reader)
    matter = Matter.objects.select_related("record__item__item", "record__subject__key").filter(case_id=case_id).first()
    if case is None or matter is None or not case_policies.may_see(case, reader, own):
        return None
    version = records.present_version(matter.record_id)
    assert version is not None
    return CasePage(
        case=case,
        record=matter.record,
        version=version,
        fields=shown.fields(version) if _may_show(version, case, today) else [],
        state=workflow_of(case.kind).state(case.state),
        deadlines=cases.deadlines(case),
        timeline=cases.timeline(case),
        documents=_documents(case),
        evidence=cases.evidence(case),
        notices=list(cases.notices(case)),
        actions=case_policies.actions(case, reader, own),
        effects=list(Effect.objects.filter(case=case).order_by("id")),
        conditions=_conditions(matter, today),
        readings=list(Reading.objects.filter(case=case).select_related("reader__agency").order_by("at")),
    )


def _may_show(version: RecordVersion, case: Case, today: date) -> bool:
    """Tell whether the content of a record may still be seen: it leaves a closed case when the record ends (C13)."""
    over = version.ended_at is not None or (version.use_until is not None and version.use_until < today)
    return not over or not workflow_of(case.kind).state(case.state).final


def _documents(case: Case) -> list[tuple[Document, str]]:
    shown = cases.documents(case).exclude(kind="proposal")
    return [(document, cases.document_text(document)) for document in shown]


def _conditions(matter: Matter, today: date) -> Eligibility | None:
    if matter.kind != Matter.RESTORATION:
        return None
    duty = True if matter.case.facts.get("duty_performed_on") else None
    return eligibility(matter.record_id, today, duty_performed=duty, commitment_made=True)


def repair_notice(record_id: UUID, today: date) -> RepairNotice:
    """Return what of a record can be restored, from when and how; also for a record that cannot, with the reason."""
    found = eligibility(record_id, today)
    record = records.record(record_id)
    assert record is not None
    return RepairNotice(
        what=notices.repair_what(record.item),
        from_when=notices.repair_from(found.earliest),
        how=notices.repair_how(),
        eligibility=found,
    )
