"""Evidence of an objection: handed in later by the applicant, and read by the parties of the case only."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.cases import evidence
from chengxin.cases import services as cases
from chengxin.cases.evidence import EvidenceRefused, File
from chengxin.cases.models import Case, Document
from chengxin.cases.policies import APPLICANT_ROLES
from chengxin.registry.selectors import may_act_for
from chengxin.rights import handling, matters, texts
from chengxin.rights.acts import Act
from chengxin.rights.models import Matter
from chengxin.rights.selectors import own_files


def hand_in(act: Act, files: Sequence[bytes]) -> Case:
    """Add files to one's own open objection; the source is told, and whoever has the page open must look again."""
    matter = matters.matter_of(act.case_id, Matter.OBJECTION)
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
        body = texts.about(case, matter.record, sentence)
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
    return case.kind == Matter.OBJECTION and case.closed_at is None and case.applicant_id == user.pk


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
    page = handling.read(found.case_id, act.actor, now=act.now, today=act.today)
    return evidence.opened(found) if page is not None else None


def _document(document_id: int) -> Document | None:
    handed_in = Document.objects.select_related("case__key").filter(kind=evidence.KIND)
    return handed_in.filter(pk=document_id, case__key__wrapped__isnull=False).first()
