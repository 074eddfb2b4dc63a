"""信用修复: apply when the law allows, answered in its time, decided by two people, carried out as one act; free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts.models import User
from chengxin.accounts.roles import Permission
from chengxin.cases import evidence as files
from chengxin.cases import selectors as case_selectors
from chengxin.cases import services as cases
from chengxin.cases.models import Case
from chengxin.catalogue import lawbook
from chengxin.registry import services as registry
from chengxin.rights import matters, texts
from chengxin.rights.acts import Act, step
from chengxin.rights.eligibility import check_may_apply, eligibility
from chengxin.rights.execution import carry_out
from chengxin.rights.models import Matter
from chengxin.rights.policies import check_own_record
from chengxin.rules.errors import Refusal

ACCEPT, REPLY, EXTENSION = "repair.accept_workdays", "repair.reply_workdays", "repair.extension_workdays"
OUTCOMES = {"approved": ("准予修复", "approved"), "denied": ("不予修复", "denied")}
COMMITMENT_VERSION = "2026-1"


class RestorationRefused(Refusal):
    """An application, proposal or decision lacks what it needs."""

    code = "restoration_refused"


@dataclass(frozen=True)
class Application:
    """What an applicant hands in: the commitment they read and made, and how the duty was performed."""

    commitment_version: str
    commitment_made: bool
    duty_text: str = ""
    duty_performed_on: date | None = None


def commitment_text() -> str:
    """Return the public credit commitment of the present version."""
    return _(
        "我（本单位）承诺：所提交的材料真实、合法、有效；已纠正失信行为，并已全部履行义务；"
        "今后依法诚信行事。如材料虚假或者违背承诺，愿意承担撤销修复、恢复公示等法律责任，并同意公开本承诺。"
    )


def apply(
    record_id: UUID,
    application: Application,
    *,
    actor: User,
    now: datetime,
    today: date,
    evidence: Sequence[bytes] = (),
) -> Case:
    """Apply for restoration of a record of one's own; refused before its earliest day, with date and derivation.

    ``evidence`` are files as :mod:`chengxin.cases.evidence` takes them, kept in the same transaction. The record is
    marked at once; complete papers go to the authority with it. Free of charge.
    """
    version = check_own_record(record_id, actor, Permission.FILE_RESTORATION)
    if version.link_suspended:
        raise RestorationRefused(
            "您说过这条记录不是您的，查清之前不能修复；请等异议办结，或者先撤回异议。",
            "You said that this record is not yours, so it cannot be restored before that is settled; wait for the "
            "objection to end, or withdraw it first.",
        )
    _check_commitment(application)
    _check_duty_date(application, today)
    check_may_apply(eligibility(record_id, today, duty_performed=_duty(application), commitment_made=True))
    with transaction.atomic():
        facts = {
            "commitment": application.commitment_version,
            "duty_performed_on": application.duty_performed_on.isoformat() if application.duty_performed_on else "",
        }
        matter = matters.open_matter(
            version, Matter.RESTORATION, actor=actor, note=application.duty_text, facts=facts, now=now, today=today
        )
        case = matter.case
        files.add(case, evidence, actor=actor, now=now)
        cases.issue_document(case, "commitment", _("信用承诺书"), commitment_text(), actor=actor, now=now)
        matters.start_clock(case, REPLY, start=today, now=now)
        sentence = _("修复申请已收到，记录已标注“修复办理中”。本事项免费办理。")
        body = texts.about(case, matter.record, sentence)
        matters.tell_applicant(case, "restoration_filed", _("信用修复申请已收到"), body, now)
        if _duty(application):
            case = _push(matter, now, today)
    return case


def _check_commitment(application: Application) -> None:
    if not application.commitment_made or application.commitment_version != COMMITMENT_VERSION:
        raise RestorationRefused(
            "请阅读并作出现行版本的信用承诺后再提交。", "Read and make the present version of the commitment first."
        )


def _check_duty_date(application: Application, today: date) -> None:
    performed = application.duty_performed_on
    if performed is not None and performed > today:
        raise RestorationRefused("义务履行日期不能晚于今天。", "The duty cannot have been performed after today.")


def _duty(application: Application) -> bool | None:
    """Tell whether the papers show that the duty was performed; without papers nobody knows yet."""
    shown = bool(application.duty_text.strip()) and application.duty_performed_on is not None
    return True if shown else None


def _push(matter: Matter, now: datetime, today: date, act: Act | None = None) -> Case:
    """Send complete papers to the authority, by the platform itself or by a person of the centre."""
    if act is None:
        case = cases.act_by_system(matter.case.id, "push", now=now, met=("materials",))
    else:
        case = step(act, "push", met=("materials",))
    matters.start_clock(case, ACCEPT, start=today, now=now)
    body = texts.about(case, matter.record, _("修复申请已送达，请在期限内决定是否受理。"))
    matters.tell_source(case, "restoration_pushed", _("信用修复申请"), body, now)
    return case


def push(act: Act) -> Case:
    """Send papers to the authority after they were checked at the centre."""
    matter = matters.matter_of(act.case_id, Matter.RESTORATION)
    with transaction.atomic():
        return _push(matter, act.now, act.today, act)


def ask_completion(act: Act, reason: str) -> Case:
    """Ask the applicant for missing papers, naming which."""
    matter = matters.matter_of(act.case_id, Matter.RESTORATION)
    with transaction.atomic():
        case = step(act, "ask_completion", reason)
        matters.stop_clock(case, actor=act.actor, now=act.now, today=act.today)
        body = texts.about(case, matter.record, _("材料需要补正，所缺材料见办件页面。"))
        matters.tell_applicant(case, "restoration_incomplete", _("请补正材料"), body, act.now)
    return case


def complete(act: Act, duty_text: str, performed_on: date) -> Case:
    """Hand in the missing papers."""
    if performed_on > act.today:
        raise RestorationRefused("义务履行日期不能晚于今天。", "The duty cannot have been performed after today.")
    with transaction.atomic():
        case = step(act, "complete", duty_text, duty_performed_on=performed_on.isoformat())
        matters.run_clock(case, now=act.now, today=act.today)
    return case


def accept(act: Act) -> Case:
    """Accept an application for the authority."""
    matter = matters.matter_of(act.case_id, Matter.RESTORATION)
    with transaction.atomic():
        case = step(act, "accept")
        cases.meet_deadline(case, ACCEPT, act.now)
        body = texts.about(case, matter.record, _("修复申请已受理。"))
        matters.tell_applicant(case, "restoration_accepted", _("信用修复申请已受理"), body, act.now)
    return case


def refuse(act: Act, reason: str) -> Case:
    """Refuse an application for the authority, with reason and remedy; the mark ends."""
    matter = matters.matter_of(act.case_id, Matter.RESTORATION)
    with transaction.atomic():
        case = step(act, "refuse", reason, remedy=texts.restoration_remedy("refused"))
        _issue(case, matter, _("不予受理"), reason, act, texts.restoration_remedy("refused"))
        matters.finish(matter, act.now)
    return case


def verify(act: Act) -> Case:
    """Begin to verify."""
    return step(act, "verify")


def extend(act: Act, reason: str) -> Case:
    """Prolong the time for an answer once, by what the law gives; refused where it gives nothing."""
    matter = matters.matter_of(act.case_id, Matter.RESTORATION)
    if lawbook.current().integer(EXTENSION, act.today) <= 0:
        raise RestorationRefused(
            "现行规定没有给出延长的天数，不能延长；请在原期限内办理。",
            "The law in force gives no length of extension; decide within the present time limit.",
        )
    with transaction.atomic():
        case = step(act, "extend", reason, met=("applicant_told",))
        standing = next(d for d in case_selectors.deadlines(case) if d.key == REPLY and d.superseded_at is None)
        matters.start_clock(case, EXTENSION, start=max(standing.due_on, act.today), now=act.now)
        cases.meet_deadline(case, REPLY, act.now)
        body = texts.about(case, matter.record, _("情况复杂，办理期限延长一次。"))
        matters.tell_applicant(case, "restoration_extended", _("办理期限延长"), body, act.now)
    return case


def propose(act: Act, outcome: str, reason: str) -> Case:
    """Propose to approve or to deny."""
    if outcome not in OUTCOMES:
        raise RestorationRefused("请选择准予或者不予修复。", "Choose to approve or to deny.")
    return step(act, "propose", reason, outcome=outcome)


def send_back(act: Act, reason: str) -> Case:
    """Send a proposal back for further verification."""
    return step(act, "return", reason)


def _proposed(case: Case, wanted: str) -> None:
    """Raise unless the reviewer proposed just this; a decider of another mind sends the proposal back."""
    event = case_selectors.last_event(case, "propose")
    if event is None or event.data.get("outcome") != wanted:
        raise RestorationRefused(
            "审核人拟议的结论与此不同；如不同意，请退回继续核实。",
            "The reviewer proposed otherwise; send it back if you disagree.",
        )


def approve(act: Act, reason: str) -> Case:
    """Approve and carry out in one transaction: three effects or none, decision issued, both sides told, closed."""
    matter = matters.matter_of(act.case_id, Matter.RESTORATION)
    seen = replace(act, version=act.version or matter.case.version)
    with transaction.atomic():
        case = step(seen, "approve", reason, outcome="approved", remedy=texts.restoration_remedy("approved"))
        _proposed(case, "approved")
        effects = carry_out(matter, act.now)
        entries = {effect.kind: effect.entry_id for effect in effects}
        cases.act_by_system(case.id, "execute", now=act.now, met=("receipts",), data={"entries": entries})
        _issue(case, matter, OUTCOMES["approved"][0], reason, act, texts.restoration_remedy("approved"))
        matters.finish(matter, act.now)
        return cases.act_by_system(case.id, "close", now=act.now, met=("applicant_told",))


def deny(act: Act, reason: str) -> Case:
    """Deny with reason and remedy; the mark ends and nothing else changes."""
    matter = matters.matter_of(act.case_id, Matter.RESTORATION)
    seen = replace(act, version=act.version or matter.case.version)
    with transaction.atomic():
        case = step(seen, "deny", reason, outcome="denied", remedy=texts.restoration_remedy("denied"))
        _proposed(case, "denied")
        _issue(case, matter, OUTCOMES["denied"][0], reason, act, texts.restoration_remedy("denied"))
        matters.finish(matter, act.now)
    return case


def withdraw(act: Act) -> Case:
    """Withdraw one's own application; the mark ends."""
    matter = matters.matter_of(act.case_id, Matter.RESTORATION)
    with transaction.atomic():
        case = step(act, "withdraw")
        matters.finish(matter, act.now)
        body = texts.about(case, matter.record, _("修复申请已撤回，条件具备时可再次免费申请。"))
        matters.tell_applicant(case, "restoration_withdrawn", _("修复申请已撤回"), body, act.now)
    return case


def doubt(act: Act, reason: str) -> Case:
    """Question the papers of a restoration; the applicant is told and may speak before anything is decided."""
    matter = matters.matter_of(act.case_id, Matter.RESTORATION)
    with transaction.atomic():
        case = step(act, "doubt", reason)
        sentence = _("有人对修复材料的真实性提出疑问。作出决定前，您可以在收到本通知后向信用中心陈述、申辩。")
        body = texts.about(case, matter.record, sentence)
        matters.tell_applicant(case, "restoration_doubted", _("请陈述申辩"), body, act.now)
    return case


def speak(act: Act, text: str) -> Case:
    """Speak in one's defence while the papers are in doubt; whoever decides reads it in the history of the case."""
    matter = matters.matter_of(act.case_id, Matter.RESTORATION)
    with transaction.atomic():
        case = step(act, "speak", text)
        body = texts.about(case, matter.record, _("申请人已陈述、申辩，见办件的经过。"))
        matters.tell_source(case, "restoration_spoken", _("申请人的陈述申辩"), body, act.now)
    return case


def cancel(act: Act, reason: str, heard: str) -> Case:
    """Cancel a restoration got by false papers: the record stands again. ``heard`` says how the party was heard.

    Measures that were lifted stay lifted; imposing one again needs its own decision and notice (charter C18).
    """
    matter = matters.matter_of(act.case_id, Matter.RESTORATION)
    note = _("%(reason)s（听取意见：%(heard)s）") % {"reason": reason, "heard": heard} if reason.strip() else ""
    met = ("heard",) if heard.strip() else ()
    with transaction.atomic():
        case = step(act, "cancel", note, met, remedy=texts.restoration_remedy("cancelled"))
        registry.reinstate_record(matter.record_id, ref=case.number, now=act.now)
        _issue(case, matter, _("撤销修复，恢复记录"), note, act, texts.restoration_remedy("cancelled"))
    return case


def dismiss(act: Act, reason: str) -> Case:
    """Find no fault with the papers: the restoration stands."""
    matter = matters.matter_of(act.case_id, Matter.RESTORATION)
    with transaction.atomic():
        case = step(act, "dismiss", reason)
        body = texts.about(case, matter.record, _("经核查，材料没有问题，修复继续有效。"))
        matters.tell_applicant(case, "restoration_confirmed", _("修复继续有效"), body, act.now)
    return case


def _issue(case: Case, matter: Matter, outcome: str, reason: str, act: Act, remedy: str) -> None:
    """Issue the decision and serve it on both sides: outcome, reason, the rules that decided, remedy (charter C15)."""
    conditions = eligibility(matter.record_id, act.today).conditions
    rules = [texts.item_basis(matter.record), *(str(condition.basis) for condition in conditions)]
    body = texts.decision(case, outcome, reason, rules, remedy)
    document = cases.issue_document(
        case, "restoration_decision", _("信用修复决定书"), body, actor=act.actor, now=act.now
    )
    sentence = _("决定：%(outcome)s。决定书 %(number)s 载明理由和依据。%(remedy)s") % {
        "outcome": outcome,
        "number": document.number,
        "remedy": remedy,
    }
    both = texts.about(case, matter.record, sentence)
    matters.tell_applicant(case, "restoration_decided", _("信用修复决定"), both, act.now)
    matters.tell_source(case, "restoration_decided", _("信用修复决定"), both, act.now)
