"""异议: filing marks the record at once; the source answers, a reviewer proposes, another person decides; free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.accounts.models import User
from chengxin.accounts.roles import Permission
from chengxin.cases import evidence as files
from chengxin.cases import selectors as case_selectors
from chengxin.cases import services as cases
from chengxin.cases.models import Case
from chengxin.catalogue import lawbook
from chengxin.registry import selectors as records
from chengxin.registry import services as registry
from chengxin.registry import sourced
from chengxin.rights import matters, outcomes, overdue, texts
from chengxin.rights.acts import Act, step
from chengxin.rights.models import Matter
from chengxin.rights.outcomes import CONTENT, IDENTITY, Proposed
from chengxin.rights.policies import check_own_record
from chengxin.rules.errors import Refusal
from chengxin.rules.workflows.objection import OUTCOMES

GROUNDS = {
    "wrong": gettext_lazy("内容有错误"),
    "missing": gettext_lazy("内容有遗漏"),
    "expired": gettext_lazy("超过公示或使用期限"),
    "not_lawful": gettext_lazy("不符合列入条件，或者应当移出而未移出"),
    "revoked": gettext_lazy("所依据的文书已被撤销或变更"),
    "not_me": gettext_lazy("不是我（不是本单位）的记录"),
    "other": gettext_lazy("其他"),
}
CENTRE, PROVIDER, TOTAL = "objection.centre_workdays", "objection.provider_workdays", "objection.total_workdays"
PROPOSAL = "proposal"


class ObjectionRefused(Refusal):
    """An objection, answer, proposal or decision lacks what it needs."""

    code = "objection_refused"


def file(
    record_id: UUID,
    *,
    actor: User,
    grounds: str,
    text: str,
    now: datetime,
    today: date,
    evidence: Sequence[bytes] = (),
) -> Case:
    """File an objection to a record of one's own: marked disputed at once; “not me” suspends the link at once.

    ``grounds`` is a key of :data:`GROUNDS`, ``evidence`` files as :mod:`chengxin.cases.evidence` takes them. Source and
    applicant are notified and the files kept in the same transaction. Free of charge.
    """
    version = check_own_record(record_id, actor, Permission.FILE_OBJECTION)
    if grounds not in GROUNDS:
        raise ObjectionRefused("请选择异议理由。", "Choose a ground for the objection.")
    if not text.strip():
        raise ObjectionRefused("请写明哪里不对、应当是什么。", "Say what is wrong and what it should be.")
    about = IDENTITY if grounds == "not_me" else CONTENT
    with transaction.atomic():
        facts = {"grounds": grounds, "about": about}
        matter = matters.open_matter(
            version, Matter.OBJECTION, actor=actor, note=text.strip(), facts=facts, now=now, today=today
        )
        files.add(matter.case, evidence, actor=actor, now=now)
        if about == IDENTITY:
            registry.suspend_link(record_id, ref=matter.case.number, now=now)
        _start(matter, now, today)
        _tell_both(matter, "objection_filed", _("异议已提交"), _filed_sentence(about), now)
    return matter.case


def _start(matter: Matter, now: datetime, today: date) -> None:
    matters.start_clock(matter.case, CENTRE, start=today, now=now)
    matters.start_clock(matter.case, TOTAL, start=today, now=now)


def _filed_sentence(about: str) -> str:
    if about == IDENTITY:
        return _("已收到“不是本人”的异议，该记录的身份关联已立即中止，查清之前不出现在任何结果中。不收取任何费用。")
    return _("已收到异议，该记录已立即标注“异议处理中”，办结前各类结果均同时显示这一标注。不收取任何费用。")


def _tell_both(matter: Matter, kind: str, title: str, sentence: str, now: datetime) -> None:
    body = texts.about(matter.case, matter.record, sentence)
    matters.tell_applicant(matter.case, kind, title, body, now)
    matters.tell_source(matter.case, kind, title, body, now)


def accept(act: Act) -> Case:
    """Accept an objection."""
    matter = matters.matter_of(act.case_id, Matter.OBJECTION)
    with transaction.atomic():
        case = step(act, "accept")
        cases.meet_deadline(case, CENTRE, act.now)
        body = texts.about(case, matter.record, _("异议已受理。"))
        matters.tell_applicant(case, "objection_accepted", _("异议已受理"), body, act.now)
    return case


def refuse(act: Act, reason: str) -> Case:
    """Refuse an objection with reason and remedy; the mark ends and the applicant may contest once."""
    matter = matters.matter_of(act.case_id, Matter.OBJECTION)
    with transaction.atomic():
        case = step(act, "refuse", reason, remedy=texts.remedy())
        _settle(matter, act.now)
        _issue(case, matter, _("不予受理"), reason, act)
        matters.finish(matter, act.now)
    return case


def forward(act: Act, reason: str = "") -> Case:
    """Send an objection to the source agency, or back to it with a reason; its own time limit starts."""
    matter = matters.matter_of(act.case_id, Matter.OBJECTION)
    if matter.case.respondent_id is None:
        raise ObjectionRefused(
            "信源单位不在本平台，不能转办；请由审核人直接核查后拟处理意见。",
            "The source agency is not on the platform; a reviewer must check and propose an outcome instead.",
        )
    with transaction.atomic():
        case = step(act, "forward", reason)
        matters.start_clock(case, PROVIDER, start=act.today, now=act.now)
        body = texts.about(case, matter.record, _("请核查并书面答复。"))
        matters.tell_source(case, "objection_forwarded", _("异议转办"), body, act.now)
    return case


def answer(act: Act, text: str, stands: bool) -> Case:
    """Answer for the source agency whether the record stands, with the result of its check."""
    with transaction.atomic():
        case = step(act, "answer", text, stands=stands)
        cases.meet_deadline(case, PROVIDER, act.now)
    return case


def lapse(case_id: UUID, *, now: datetime, today: date) -> Case:
    """Let a silent source's time pass, so that it does not hold up the applicant; refused before the due date."""
    matter = matters.matter_of(case_id, Matter.OBJECTION)
    passed = case_selectors.is_past(matter.case, PROVIDER, today)
    with transaction.atomic():
        case = cases.act_by_system(case_id, "lapse", now=now, met=("deadline_passed",) if passed else ())
        sentence = _("信源单位逾期未答复，转由审核人直接处理。")
        _tell_both(matter, "objection_lapsed", _("信源单位逾期未答复"), sentence, now)
    return case


def propose(act: Act, outcome: str, reason: str, changes: Mapping[str, Any] | None = None, statement: str = "") -> Case:
    """Propose an outcome; a correction names the changed fields. The proposal is sealed and bound by its digest."""
    matter = matters.matter_of(act.case_id, Matter.OBJECTION)
    proposed = Proposed(outcome, dict(changes or {}), statement)
    with transaction.atomic():
        case = matter.case
        outcomes.check(proposed, case.facts["about"], matter.record)
        document = cases.issue_document(
            case, PROPOSAL, _("拟处理意见"), proposed.sealed_text(), actor=act.actor, now=act.now
        )
        return step(act, "propose", reason, outcome=outcome, proposal=document.number, sha256=document.sha256)


def send_back(act: Act, reason: str) -> Case:
    """Send a proposal back to the reviewer with a reason."""
    return step(act, "return", reason)


def decide(act: Act, reason: str) -> Case:
    """Decide as proposed: carry the outcome out, issue the decision, tell both sides, close; all or nothing."""
    matter = matters.matter_of(act.case_id, Matter.OBJECTION)
    proposed = proposal_of(matter.case)
    # The version is taken together with the proposal, so that nobody can change the one under the other.
    seen = replace(act, version=act.version or matter.case.version)
    with transaction.atomic():
        case = step(seen, "decide", reason, outcome=proposed.outcome, remedy=texts.remedy(matter.case.state))
        why = overdue.show_for_decision(matter.record_id, ref=case.number, now=act.now)
        outcomes.apply(proposed, case, matter.record, case.facts["about"], act.now, act.today)
        overdue.keep_shielded(matter.record_id, why, now=act.now)
        _issue(case, matter, OUTCOMES[proposed.outcome][0], reason, act)
        matters.finish(matter, act.now)
        return cases.act_by_system(case.id, "close", now=act.now, met=("effects_done", "applicant_told"))


def proposal_of(case: Case) -> Proposed:
    """Return the proposal that stands for decision; raises when there is none."""
    found = case_selectors.documents(case).filter(kind=PROPOSAL).last()
    if found is None:
        raise ObjectionRefused("审核人尚未拟处理意见，不能决定。", "No outcome was proposed yet; nothing to decide.")
    return outcomes.read(case_selectors.document_text(found))


def withdraw(act: Act) -> Case:
    """Withdraw one's own objection; the mark ends."""
    matter = matters.matter_of(act.case_id, Matter.OBJECTION)
    with transaction.atomic():
        case = step(act, "withdraw")
        _settle(matter, act.now)
        matters.finish(matter, act.now)
        _tell_both(matter, "objection_withdrawn", _("异议已撤回"), _("异议已撤回，标注已撤下。"), act.now)
    return case


def contest(act: Act, grounds: str) -> Case:
    """Ask for the one review of a refusal or decision; the record is marked again and the clock starts again."""
    matter = matters.matter_of(act.case_id, Matter.OBJECTION)
    with transaction.atomic():
        case = step(act, "contest", grounds)
        matters.reopen(matter, act.now)
        _doubt_link(matter, act.now)
        matters.start_clock(case, TOTAL, start=act.today, now=act.now)
        _tell_both(matter, "objection_contested", _("已申请复核"), _("已申请复核，记录恢复标注。"), act.now)
    return case


def _settle(matter: Matter, now: datetime) -> None:
    """Undo what only lasted while the objection was open: the doubt about the link, the hiding for being overdue."""
    why = overdue.show_for_decision(matter.record_id, ref=matter.case.number, now=now)
    overdue.keep_shielded(matter.record_id, why, now=now)
    _settle_link(matter, now)


def _settle_link(matter: Matter, now: datetime) -> None:
    """Confirm a link again when the doubt about it ends without a finding that it was wrong."""
    if _link_is_open(matter, suspended=True):
        sourced.settle_link(matter.record_id, suspended=False, ref=matter.case.number, now=now)


def _doubt_link(matter: Matter, now: datetime) -> None:
    """Suspend a link again when it is contested once more (charter C07)."""
    if _link_is_open(matter, suspended=False):
        sourced.settle_link(matter.record_id, suspended=True, ref=matter.case.number, now=now)


def _link_is_open(matter: Matter, *, suspended: bool) -> bool:
    version = records.present_version(matter.record_id)
    if version is None or version.link_suspended != suspended:
        return False
    # Whose a record is stays a question after its source took it back, for it may come back.
    return (version.ended_at is None or sourced.is_withdrawn(version)) and matter.case.facts["about"] == IDENTITY


def _issue(case: Case, matter: Matter, outcome: str, reason: str, act: Act) -> None:
    """Issue the decision and serve it on both sides: outcome, reason, the rules that decided, remedy (charter C15)."""
    handling = lawbook.current().value(TOTAL, act.today).basis
    rules = [texts.item_basis(matter.record), str(handling)]
    body = texts.decision(case, outcome, reason, rules, texts.remedy(case.state))
    document = cases.issue_document(case, "objection_decision", _("异议处理决定书"), body, actor=act.actor, now=act.now)
    sentence = _("决定：%(outcome)s。决定书 %(number)s 载明理由和依据。%(remedy)s") % {
        "outcome": outcome,
        "number": document.number,
        "remedy": texts.remedy(case.state),
    }
    _tell_both(matter, "objection_decided", _("异议处理决定"), sentence, act.now)
