"""Evidence of a case: handed in later by the applicant, and read by the parties of the case only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.cases import evidence
from chengxin.cases import selectors as case_selectors
from chengxin.cases import services as cases
from chengxin.cases.evidence import EvidenceRefused, File
from chengxin.cases.models import Case, Document
from chengxin.cases.policies import APPLICANT_ROLES
from chengxin.registry.selectors import may_act_for
from chengxin.rights import bankruptcy, handling, matters, reorganisation_pages
from chengxin.rights.acts import Act
from chengxin.rights.matters import NoMatter
from chengxin.rights.models import Matter
from chengxin.rights.selectors import own_files

TAKES = (Matter.OBJECTION, Matter.RESTORATION, bankruptcy.KIND)
"""The kinds of case with which evidence can be handed in."""


def hand_in(act: Act, files: Sequence[bytes]) -> Case:
    """Add files to one's own open case; the source is told, and whoever has the page open must look again."""
    found = case_selectors.case(act.case_id)
    if found is None or found.kind not in TAKES:
        raise NoMatter("没有这个办件，或者它不收证据材料。", "There is no such case, or it takes no evidence.")
    if not files:
        raise EvidenceRefused("请选择要补充的文件。", "Choose the files to hand in.")
    evidence.check(files)
    with transaction.atomic():
        case = cases.note_event(
            act.case_id,
            "hand_in",
            actor=act.actor,
            allowed=APPLICANT_ROLES,
            own_files=own_files(act.actor),
            now=act.now,
            data={"files": len(files)},
        )
        _check_open(case)
        evidence.add(case, files, actor=act.actor, now=act.now)
        sentence = _("申请人补充了 %(count)d 个证据文件。") % {"count": len(files)}
        body = _("办件 %(number)s：%(sentence)s") % {"number": case.number, "sentence": sentence}
        matters.tell_source(case, "evidence_added", _("补充证据材料"), body, act.now)
    return case


def _check_open(case: Case) -> None:
    if case.closed_at is not None:
        raise EvidenceRefused(
            "本件已经办结，不能再补充材料；可以先申请复核，再补充。",
            "This case is closed; ask for its review first, then hand in the files.",
        )


def may_hand_in(case: Case, user: User) -> bool:
    """Tell whether a user's page of a case offers to add files."""
    return case.kind in TAKES and case.closed_at is None and case.applicant_id == user.pk


@dataclass(frozen=True)
class HandedIn:
    """One's own open case and the files that have been handed in with it."""

    case: Case
    evidence: list[Document]


def handed_in(case_id: UUID, user: User) -> HandedIn | None:
    """Return a case with which this user may hand in files now, and those that are there; None for any other."""
    case = case_selectors.case(case_id)
    if case is None or not may_hand_in(case, user):
        return None
    return HandedIn(case, case_selectors.evidence(case))


def own(document_id: int, user: User) -> File | None:
    """Return a file of a case the user applied in or may act in; None for everybody else."""
    found = _document(document_id)
    if found is None or not (found.case.applicant_id == user.pk or may_act_for(user, found.case.subject_ref)):
        return None
    return evidence.opened(found)


def of_office(document_id: int, act: Act) -> File | None:
    """Return a file to an officer who may see its case, the look committed first (charter C09)."""
    found = _document(document_id)
    if found is None or found.case_id != act.case_id:
        return None
    if found.case.kind == bankruptcy.KIND:
        seen: object = reorganisation_pages.page(found.case_id, act.actor, act.today)
    else:
        seen = handling.read(found.case_id, act.actor, now=act.now, today=act.today)
    return evidence.opened(found) if seen is not None else None


def _document(document_id: int) -> Document | None:
    handed_in = Document.objects.select_related("case__key").filter(kind=evidence.KIND)
    return handed_in.filter(pk=document_id, case__key__wrapped__isnull=False).first()
