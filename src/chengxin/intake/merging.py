"""主体合并与拆分: two files of one subject become one, or a wrong merge is undone; two people, on a document.

Only by both exact codes, for a person by declared kind and number of both certificates; a name alone is never a reason
(charter C06). What the subject authorised stays authorised by that subject: it holds for the file that stands for both,
and after a split for its own file again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.cases import selectors as cases
from chengxin.cases.services import serve_notice
from chengxin.intake.models import STILL_OPEN, Question
from chengxin.ledger import services as ledger
from chengxin.registry import hiding, looks, merging, naming
from chengxin.registry import selectors as registry
from chengxin.registry.models import (
    Annotation,
    Organisation,
    Person,
    RecordVersion,
    Subject,
    SubjectChange,
    SubjectKind,
)
from chengxin.registry.naming import Borne
from chengxin.registry.sealing import open_certificate, open_name
from chengxin.rules import masks
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.check import check
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.reach import WHOLE
from chengxin.rules.text import normalise
from chengxin.supervision.models import Measure

_CERTIFICATES = {kind.value: kind for kind in CodeKind if kind.is_personal}


class CannotChange(Refusal):
    """The two files cannot be merged or split like this."""

    code = "subject_not_changed"


@dataclass(frozen=True)
class Side:
    """One of two files as it stands: its code, its names, and its records in use; of a person the code is masked."""

    subject: Subject
    code: str
    names: tuple[Borne, ...]
    records: tuple[RecordVersion, ...]
    kind: CodeKind = CodeKind.USCC


@dataclass(frozen=True)
class Shown:
    """A change with both files side by side and what was given for it."""

    change: SubjectChange
    source: Side
    target: Side
    proof: str
    reason: str


def propose_merge(
    source: str,
    target: str,
    proof: str,
    reason: str,
    *,
    source_kind: CodeKind = CodeKind.USCC,
    target_kind: CodeKind = CodeKind.USCC,
    actor: User,
    now: datetime,
    today: date,
) -> SubjectChange:
    """Propose that the file of one code becomes part of another's; ``proof`` names the document.

    Either two organisations or two persons. Raises NotPermitted, CannotChange.
    """
    check_may(actor, Permission.MATCH_SUBJECT, WHOLE)
    first, second = _file(source_kind, source), _file(target_kind, target)
    if (first.kind == SubjectKind.PERSON) != (second.kind == SubjectKind.PERSON):
        raise _no("自然人与单位不能合并。", "A person and an organisation cannot be merged.")
    if first == second or first.forwarded_to_id or second.forwarded_to_id:
        raise _no(
            "两个代码已是同一主体，或其中一个已并入别处。",
            "Both codes are one subject already, or one was merged before.",
        )
    _check_apart(first, second, actor)
    for subject in (first, second):
        _check_quiet(subject, today)
    return _propose(SubjectChange.Kind.MERGE, first, second, (), proof, reason, actor, now)


def propose_split(
    source: str | UUID, records: Sequence[UUID], proof: str, reason: str, *, actor: User, now: datetime, today: date
) -> SubjectChange:
    """Propose that a merged file stands for itself again and gets these records back.

    ``source`` is an organisation's code, or the id of the change by which either kind of file was merged.
    """
    check_may(actor, Permission.MATCH_SUBJECT, WHOLE)
    first = _merged(source)
    if first.forwarded_to is None:
        raise _no("该主体没有并入别处，无须拆分。", "This subject was not merged; there is nothing to split.")
    _check_apart(first, first.forwarded_to, actor)
    _check_quiet(first.forwarded_to, today)
    held = {version.record_id for version in merging.standing_of(first.forwarded_to)}
    if not set(records) <= held:
        raise _no(
            "所选记录不在该主体的档案中。请刷新后重选。",
            "Some chosen records are not in this file. Reload and choose again.",
        )
    return _propose(SubjectChange.Kind.SPLIT, first, first.forwarded_to, records, proof, reason, actor, now)


def decide(change_id: UUID, *, approve: bool, actor: User, now: datetime, today: date) -> SubjectChange:
    """Decide on a proposal of somebody else and, if approved, carry it out with one leaf; raises CannotChange."""
    check_may(actor, Permission.MATCH_SUBJECT, WHOLE)
    with transaction.atomic(durable=True):
        change = _open(change_id)
        if change.proposed_by_id == actor.pk:
            raise _no(
                "提出人不能批准自己的提议，请由同事办理。", "Nobody decides on their own proposal; ask a colleague."
            )
        _check_apart(change.source, change.target, actor)
        moved = _carried_out(change, now, today) if approve else 0
        change.approved, change.decided_by, change.decided_at = approve, actor, now
        change.save(update_fields=["approved", "decided_by", "decided_at"])
        _commit(change, "approved" if approve else "refused", actor, now, moved)
    return change


def changes() -> QuerySet[SubjectChange]:
    """Return every proposal, those that wait first, then the newest."""
    found = SubjectChange.objects.select_related("proposed_by", "decided_by", *_BOTH)
    return found.order_by(F("decided_at").desc(nulls_first=True), "-proposed_at")


def look_at(change_id: UUID, *, actor: User, now: datetime) -> Shown:
    """Return a change with both files side by side; every record of a person that is shown leaves a ledger leaf.

    Of a person nothing is shown in clear: the certificate masked, and of each record where it comes from.
    """
    check_may(actor, Permission.MATCH_SUBJECT, WHOLE)
    change = SubjectChange.objects.select_related("proposed_by", "decided_by", *_BOTH).filter(pk=change_id).first()
    if change is None:
        raise _no("没有这项提议。", "There is no such proposal.")
    _check_apart(change.source, change.target, actor)
    if change.target.key.wrapped is None:
        raise _no("该档案已依法删除，内容不能再看。", "This file was erased; its content is gone.")
    with transaction.atomic():
        sides = _side(change.source), _side(change.target)
        _note_shown(sides, actor, now)
    return Shown(change, *sides, *merging.words_of(change))


def label(subject: Subject) -> str:
    """Return how a file is named in a list: an organisation by its code, a person by nothing that is theirs."""
    return _("自然人档案") if subject.kind == SubjectKind.PERSON else subject.organisation.uscc


def show_merged(source: UUID, *, actor: User, now: datetime) -> tuple[Side, frozenset[UUID]]:
    """Return what ``merged_into`` does; every record of a person that is shown leaves a ledger leaf."""
    check_may(actor, Permission.MATCH_SUBJECT, WHOLE)
    with transaction.atomic():
        side, came = merged_into(source)
        if registry.may_act_for(actor, side.subject.pk):
            raise _aside()
        _note_shown((side,), actor, now)
    return side, came


def merged_into(source: str | UUID) -> tuple[Side, frozenset[UUID]]:
    """Return the file that stands for a merged one, and which of its records came from there.

    ``source`` is an organisation's code or the id of the change.
    """
    first = _merged(source)
    if first.forwarded_to is None:
        raise _no("该主体没有并入别处，无须拆分。", "This subject was not merged; there is nothing to split.")
    side = _side(first.forwarded_to)
    refs = {f"subject:{change.pk}" for change in SubjectChange.objects.filter(source=first, approved=True)}
    history = RecordVersion.objects.filter(record_id__in=[v.record_id for v in side.records], cause_ref__in=refs)
    return side, frozenset(history.values_list("record_id", flat=True))


_BOTH = (
    *("source__key", "source__organisation", "source__person"),
    *("target__key", "target__organisation", "target__person"),
)


def _side(subject: Subject) -> Side:
    records = tuple(merging.standing_of(subject))
    if subject.kind != SubjectKind.PERSON:
        return Side(subject, subject.organisation.uscc, naming.names_of(subject), records)
    kind, number = _CERTIFICATES[subject.person.certificate_kind], open_certificate(subject)
    shown = masks.citizen_id(number) if kind is CodeKind.CITIZEN_ID else masks.certificate(number)
    name = Borne(masks.name(open_name(subject)), timezone.localdate(subject.since), None)
    return Side(subject, shown, (name,), records, kind)


def _note_shown(sides: Sequence[Side], actor: User, now: datetime) -> None:
    for side in sides:
        for version in side.records if side.subject.kind == SubjectKind.PERSON else ():
            looks.note(version, actor=actor, now=now, why=looks.MERGE)


def _check_apart(source: Subject, target: Subject, actor: User) -> None:
    """Raise when one of the two files is the actor's own, or of somebody they act for (charter C25)."""
    if any(registry.may_act_for(actor, each.pk) for each in (source, target)):
        raise _aside()


def _aside() -> CannotChange:
    return _no("涉及您本人或您所代表的单位，应当回避。", "This concerns you or somebody you act for; stand aside.")


def _file(kind: CodeKind, code: str) -> Subject:
    """Return the file under exactly this code itself, whichever stands for it."""
    if not kind.is_personal:
        return _organisation(code)
    verdict = check(kind, normalise(code).upper())
    index = registry.certificate_index(kind, verdict.normalised)
    person = Person.objects.select_related("subject__key", "subject__forwarded_to__key", "subject__person")
    found = person.filter(certificate_kind=kind.value, certificate_index=index).first()
    if found is None or found.subject.key.wrapped is None:
        raise _no(
            "没有与所填证件类型和号码一致的档案。请逐字核对证件。",
            "No file has this certificate kind and number. Check the certificate character by character.",
        )
    return found.subject


def _merged(source: str | UUID) -> Subject:
    """Return a file by its organisation's code, or by the change that merged it."""
    if isinstance(source, str):
        return _organisation(source)
    found = SubjectChange.objects.filter(pk=source, kind=SubjectChange.Kind.MERGE, approved=True)
    change = found.select_related("source__forwarded_to__key", *_BOTH).first()
    if change is None or change.source.key.wrapped is None:
        raise _no("没有这项合并，或该档案已依法删除。", "There is no such merge, or the file was erased.")
    return change.source


def _organisation(code: str) -> Subject:
    found = Organisation.objects.select_related("subject__key", "subject__forwarded_to__key").filter(
        uscc=code.strip().upper()
    )
    organisation = found.first()
    if organisation is None:
        raise _no(
            "没有这个统一社会信用代码的档案。请核对代码。", "No file has this unified social credit code. Check it."
        )
    return organisation.subject


def _check_quiet(subject: Subject, today: date) -> None:
    """Raise while something about a file is under way that a move would tear apart."""
    records = Q(record__subject=subject)
    marks = Annotation.objects.filter(records, until=None).exclude(kind=Annotation.STATEMENT).exists()
    doubted = any(version.link_suspended for version in merging.standing_of(subject))
    asked = Question.objects.filter(STILL_OPEN, candidates=[str(subject.id)]).exists()
    hidden = bool(hiding.hidden_of(subject.id, today))
    open_case = cases.of_subjects([subject.id]).filter(closed_at=None).exists()
    measure = Measure.objects.filter(records, lifted_at=None, ends_on__gte=today).exists()
    if marks or doubted or asked or hidden or open_case or measure:
        raise _no(
            "档案中有未办结的办件、待判定的行、暂停展示的记录或者正在执行的措施。请先办结，再合并或拆分。",
            "A case, a question, a hidden record or a measure of this file is still open. Finish it first.",
        )


def _propose(
    kind: str,
    source: Subject,
    target: Subject,
    records: Sequence[UUID],
    proof: str,
    reason: str,
    actor: User,
    now: datetime,
) -> SubjectChange:
    if not proof.strip() or not reason.strip():
        raise _no("请写明依据文书和理由。", "Name the document and give the reason.")
    change = SubjectChange(
        kind=kind,
        source=source,
        target=target,
        records=[str(each) for each in records],
        proposed_by=actor,
        proposed_at=now,
    )
    change.sealed = merging.seal_words(change, (" ".join(proof.split()), reason.strip()))
    with transaction.atomic():
        if SubjectChange.objects.select_for_update().filter(source=source, decided_at=None).exists():
            raise _no("该主体已有一项待批准的提议。", "A proposal about this subject is waiting already.")
        change.save(force_insert=True)
        _commit(change, "proposed", actor, now, 0)
    return change


def _open(change_id: UUID) -> SubjectChange:
    SubjectChange.objects.select_for_update().filter(pk=change_id).first()
    change = SubjectChange.objects.select_related(*_BOTH, "proposed_by").filter(pk=change_id, decided_at=None).first()
    if change is None:
        raise _no("没有这项提议，或已有人作出决定。", "There is no such proposal, or it was decided.")
    return change


def _carried_out(change: SubjectChange, now: datetime, today: date) -> int:
    # Both files are locked in one order, so that two decisions at once wait for each other and do not block.
    list(Subject.objects.select_for_update().filter(pk__in=[change.source_id, change.target_id]).order_by("pk"))
    _check_quiet(change.target, today)
    if change.kind == SubjectChange.Kind.MERGE:
        _check_quiet(change.source, today)
        moved = merging.merge(change, now)
        body = _("两份档案经核实属于同一主体，已合并；原来的代码仍可查到同一份档案。")
    else:
        earlier = SubjectChange.objects.filter(source=change.source, kind=SubjectChange.Kind.MERGE, approved=True)
        moved = merging.split(change, earlier.latest("decided_at"), now)
        body = _("此前合并的两份档案经核实属于两个主体，已分开；记录已归回各自的档案。")
    for subject in (change.source_id, change.target_id):
        serve_notice(subject, "subject_changed", _("您的信用档案有变动"), body, now=now, link="/mine/")
    return moved


def _commit(change: SubjectChange, act: str, actor: User, now: datetime, moved: int) -> None:
    payload = {"change": change.pk, "source": change.source_id, "target": change.target_id, "actor": actor.pk}
    public = {"act": act, "kind": str(change.kind), "moved": moved}
    ledger.append("subject.changed", payload, now=now, public=public)


def _no(zh: str, en: str) -> CannotChange:
    return CannotChange(zh, en)
