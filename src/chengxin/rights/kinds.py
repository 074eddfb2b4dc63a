"""核定处罚种类: one officer reads the decision and proposes, another decides; grade and periods follow by the law.

A kind nobody can grade, and a penalty that looks like the simple procedure but was filed for publication, wait here
(行政处罚法 第五十一条; 信用修复管理办法 on grades). Every act leaves a leaf, every look at a person's record too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from chengxin.accounts.models import Agency, User
from chengxin.accounts.policies import can_may, check_may
from chengxin.accounts.roles import Permission
from chengxin.accounts.selectors import reached
from chengxin.cases.services import serve_notice
from chengxin.catalogue import lawbook
from chengxin.ledger import services as ledger
from chengxin.registry import looks
from chengxin.registry import selectors as records
from chengxin.registry import services as registry
from chengxin.registry.models import KindQuestion, RecordVersion
from chengxin.rights import shown, texts
from chengxin.rights.selectors import own_files
from chengxin.rules.errors import Refusal
from chengxin.rules.grading import GRADE_NAMES
from chengxin.rules.layouts import Role
from chengxin.rules.reach import WHOLE
from chengxin.vault import services as vault
from chengxin.vault.services import Place

KINDS, AS_SIMPLE, STANDS = "kinds", KindQuestion.AS_SIMPLE, "stands"
OPEN_ANSWERS = {KindQuestion.UNCLEAR: (KINDS, STANDS), KindQuestion.SIMPLE: (AS_SIMPLE, STANDS)}
DESK = (Permission.REVIEW_CASE, Permission.DECIDE_CASE)


class KindRefused(Refusal):
    """There is no such question for this officer, or the proposal or decision lacks what it needs."""

    code = "kind_refused"


@dataclass(frozen=True)
class Proposed:
    """What the first officer proposed: the answer, the kinds as the document says, and why."""

    answer: str
    kinds: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Opened:
    """One question with its record as an officer is shown it, and what was proposed so far."""

    question: KindQuestion
    version: RecordVersion
    fields: list[shown.Shown]
    proposed: Proposed | None


def waiting(actor: User, why: str = "") -> QuerySet[KindQuestion]:
    """Return the open questions of the officer's region, longest waiting first; an authority has only its own."""
    _check_desk(actor)
    standing = RecordVersion.objects.filter(record_id=OuterRef("record_id"), known_until=None, ended_at=None)
    if actor.agency is None or not actor.agency.runs_platform:
        standing = standing.filter(authority_code=actor.agency.uscc if actor.agency else "-")
    elif not any(can_may(actor, permission, WHOLE) for permission in DESK):
        theirs = reached(actor, Permission.REVIEW_CASE) | reached(actor, Permission.DECIDE_CASE)
        standing = standing.filter(authority_code__in=Agency.objects.filter(theirs).values("uscc"))
    found = KindQuestion.objects.filter(Exists(standing), decided_at=None).exclude(record__subject__in=own_files(actor))
    found = found.filter(why=why) if why else found
    return found.select_related("record__item", "record__subject", "proposed_by").order_by("asked_at", "pk")


def choices(version: RecordVersion) -> tuple[str, ...]:
    """Return the kinds an officer can choose from: those of the layout, each of them clear."""
    field = lawbook.layout(version.record.item.layout).role(Role.CATEGORY)
    return tuple(choice.value for choice in field.choices) if field else ()


def read(record_id: UUID, *, actor: User, now: datetime) -> Opened:
    """Open a question; a person's record is shown masked, and the look is committed first (charter C09, C10)."""
    question, version = _open(record_id, actor)
    with transaction.atomic():
        if version.record.subject.kind == "person":
            looks.note(version, actor=actor, now=now, why=looks.KIND)
    return Opened(question, version, shown.fields(version), _proposed(question))


def propose(record_id: UUID, answer: str, kinds: Sequence[str], reason: str, *, actor: User, now: datetime) -> None:
    """Propose an answer after reading the document, with the reason."""
    check_may(actor, Permission.REVIEW_CASE)
    with transaction.atomic():
        question, version = _open(record_id, actor, lock=True)
        proposed = Proposed(answer, tuple(kinds) if answer == KINDS else (), reason.strip())
        _check(proposed, question, version)
        kept = json.dumps([proposed.answer, proposed.kinds, proposed.reason], ensure_ascii=False).encode()
        question.answer, question.proposed_by, question.proposed_at = answer, actor, now
        question.sealed_proposal = vault.seal(version.record.subject.key, kept, _place(record_id))
        question.save()
        _leaf("proposed", version, answer, actor, now)


def decide(record_id: UUID, *, agree: bool, actor: User, now: datetime, today: date) -> None:
    """Decide as proposed, or send it back; never the officer who proposed. The law of today gives the periods."""
    check_may(actor, Permission.DECIDE_CASE)
    with transaction.atomic():
        question, version = _open(record_id, actor, lock=True)
        proposed = _proposed(question)
        if proposed is None:
            raise KindRefused("还没有拟议的结论。", "Nothing has been proposed yet.")
        if question.proposed_by_id == actor.pk:
            raise KindRefused("拟议人与决定人须为两人。", "Proposer and decider must be two people.")
        if not agree:
            _leaf("sent_back", version, question.answer, actor, now)
            empty = {"answer": "", "sealed_proposal": None, "proposed_by": None, "proposed_at": None}
            KindQuestion.objects.filter(pk=question.pk).update(**empty)
            return
        question.decided_by, question.decided_at = actor, now
        question.save()
        _leaf("decided", version, question.answer, actor, now)
        if proposed.answer != STANDS:
            _carry_out(version, proposed, now, today)


def _carry_out(version: RecordVersion, proposed: Proposed, now: datetime, today: date) -> None:
    field = lawbook.layout(version.record.item.layout).role(Role.CATEGORY)
    changes = {field.code: ";".join(proposed.kinds)} if field and proposed.answer == KINDS else {}
    settled = registry.correct_record(version.record_id, changes, ref=f"kind:{version.record_id}", now=now, today=today)
    _tell(settled, proposed, now)


def _check_desk(actor: User) -> None:
    if not any(can_may(actor, permission) for permission in DESK):
        check_may(actor, Permission.REVIEW_CASE)


def _open(record_id: UUID, actor: User, *, lock: bool = False) -> tuple[KindQuestion, RecordVersion]:
    found = waiting(actor).filter(pk=record_id)
    question = (found.select_for_update(of=("self",)) if lock else found).first()
    version = records.present_version(record_id)
    if question is None or version is None:
        raise KindRefused(
            "没有需要您核定的这条记录：可能已经核定、已经终止，或者与本人、本单位有关。",
            "There is no such record for you to settle: it is settled, has ended, or concerns yourself.",
        )
    return question, version


def _check(proposed: Proposed, question: KindQuestion, version: RecordVersion) -> None:
    if proposed.answer not in OPEN_ANSWERS[question.why] or not proposed.reason:
        raise KindRefused("请选择结论并写明理由。", "Choose an answer and give the reason.")
    if proposed.answer == KINDS and not (proposed.kinds and set(proposed.kinds) <= set(choices(version))):
        raise KindRefused("请按决定书选择处罚种类。", "Choose the kinds of penalty as the document says.")


def _proposed(question: KindQuestion) -> Proposed | None:
    if question.sealed_proposal is None:
        return None
    key = question.record.subject.key
    answer, kinds, reason = json.loads(vault.open_sealed(key, bytes(question.sealed_proposal), _place(question.pk)))
    return Proposed(answer, tuple(kinds), reason)


def _place(record_id: UUID) -> Place:
    return Place("registry_kindquestion", "sealed_proposal", str(record_id))


def _leaf(act: str, version: RecordVersion, answer: str, actor: User, now: datetime) -> None:
    payload = {"record": version.record_id, "answer": answer, "officer": actor.pk}
    ledger.append(f"kind.{act}", payload, now=now, public={"answer": answer}, key=version.record.subject.key)


def _tell(settled: RecordVersion, proposed: Proposed, now: datetime) -> None:
    """Tell the subject what follows, on which rule and with which remedy; the kinds themselves are in its own file."""
    until = _("长期")
    body = _(
        "“%(item)s”经两名工作人员核对决定书，%(what)s。失信程度：%(grade)s。公示：%(public)s；使用至：%(use)s。"
        "依据：%(basis)s。内容有误的，可在“我的档案”中免费提出异议。"
    ) % {
        "item": settled.record.item.name_zh,
        "what": _("认定适用简易程序，不予公示") if proposed.answer == AS_SIMPLE else _("核定了处罚种类"),
        "grade": GRADE_NAMES[settled.grade][0] if settled.grade in GRADE_NAMES else "—",
        "public": settled.public_until.isoformat() if settled.public_until else _("不公示"),
        "use": settled.use_until.isoformat() if settled.use_until else until,
        "basis": "；".join(dict.fromkeys([texts.item_basis(settled.record), *_bases(settled)])),
    }
    title = _("处罚种类已核定，期限已重新计算")
    serve_notice(settled.record.subject_id, "kind_settled", title, body, now=now, link="/mine/")


def _bases(settled: RecordVersion) -> list[str]:
    return [step["basis"] for step in settled.derivation if step["basis"]]
