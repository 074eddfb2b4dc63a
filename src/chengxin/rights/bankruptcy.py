"""破产重整: hide an organisation's negative records while a court-approved plan is performed; then repair or show them.

Measures that rest on the records are lifted at once and stay lifted: imposing one again needs a decision and a notice
of its own (charter C18). Everything is free. Source: 国办发〔2025〕22号.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chengxin.accounts import policies as accounts
from chengxin.accounts.models import User
from chengxin.accounts.roles import Permission
from chengxin.cases import evidence as files
from chengxin.cases import selectors as case_selectors
from chengxin.cases import services as cases
from chengxin.cases.models import Case
from chengxin.catalogue import lawbook
from chengxin.registry import hiding
from chengxin.registry import selectors as records
from chengxin.registry import services as registry
from chengxin.registry.models import Cause, RecordVersion, SubjectKind
from chengxin.rights import matters, texts
from chengxin.rights.acts import Act, step
from chengxin.rights.policies import RecordNotYours
from chengxin.rules import deadlines
from chengxin.rules.errors import Refusal
from chengxin.rules.workdays import Due
from chengxin.supervision import services as supervision

KIND, REPLY, ALLOWED = "bankruptcy", "repair.reply_workdays", "repair.reorganisation_shields"
SPEAK = "repair.speak_workdays"
HIDING = ("shielded", "performed", "repair_proposed", "failing")
"""The states in which a case keeps records hidden."""


class ReorganisationRefused(Refusal):
    """A reorganisation case lacks what it needs."""

    code = "reorganisation_refused"


@dataclass(frozen=True)
class Ruling:
    """The court ruling that approved a plan: court, number, day, and the day on which the plan is to be performed."""

    court: str
    number: str
    ruled_on: date
    perform_by: date


@dataclass(frozen=True)
class Hearing:
    """How an organisation is heard about a failure: its time to speak, and whether it has spoken."""

    time: Due
    spoken: bool


def allowed(today: date) -> bool:
    """Tell whether the law in force has this track."""
    return lawbook.current().flag(ALLOWED, today)


def basis(today: date) -> str:
    """Return the rule this track rests on."""
    return str(lawbook.current().value(ALLOWED, today).basis)


def file(
    subject_id: UUID,
    ruling: Ruling,
    *,
    actor: User,
    now: datetime,
    today: date,
    text: str = "",
    evidence: Sequence[bytes] = (),
) -> Case:
    """Apply with a ruling for an organisation one represents; refused while another such case is open.

    ``text`` says in the applicant's words what shows the ruling and the plan; it is kept sealed with the case, and so
    is ``evidence``, files as :mod:`chengxin.cases.evidence` takes them.
    """
    accounts.check_may(actor, Permission.FILE_RESTORATION)
    subject = records.subject(subject_id)
    if subject is None or not records.may_act_for(actor, subject_id) or subject.kind == SubjectKind.PERSON:
        raise RecordNotYours("没有您可以代表的这家单位。", "There is no such organisation that you represent.")
    _check_ruling(ruling, today)
    with transaction.atomic():
        if Case.objects.filter(kind=KIND, subject_ref=subject_id, closed_at=None).exists():
            raise matters.AlreadyOpen(
                "已有办理中的破产重整修复，请在该办件中补充。",
                "A reorganisation case is open already; add to that one.",
            )
        facts = {
            "court": ruling.court.strip(),
            "ruling": ruling.number.strip(),
            "ruled_on": ruling.ruled_on.isoformat(),
            "perform_by": ruling.perform_by.isoformat(),
        }
        case = cases.open_case(
            KIND, subject=subject_id, applicant_mailbox=subject_id, respondent=None, actor=actor, now=now, today=today,
            facts=facts, note=text,
        )  # fmt: skip
        files.add(case, evidence, actor=actor, now=now)
        matters.start_clock(case, REPLY, start=today, now=now)
        _tell(case, "reorganisation_filed", _("破产重整修复申请已收到"), _("申请已收到，不收取任何费用。"), now)
    return case


def _check_ruling(ruling: Ruling, today: date) -> None:
    if not allowed(today):
        raise ReorganisationRefused("现行规定没有这一程序。", "The law in force has no such procedure.")
    if not ruling.court.strip() or not ruling.number.strip() or ruling.ruled_on > today:
        raise ReorganisationRefused(
            "请填写作出裁定的法院、裁定书文号和裁定日期。", "Enter the court, the number and the day of its ruling."
        )
    if ruling.perform_by < ruling.ruled_on:
        raise ReorganisationRefused(
            "计划执行期限不能早于裁定日期。", "The plan cannot be due before the ruling that approved it."
        )


def propose(act: Act, reason: str) -> Case:
    """Propose to hide, after the ruling was checked with the court."""
    return _step(act, "propose", reason, met=("materials",))


def refuse(act: Act, reason: str) -> Case:
    """Refuse an application with reason and remedy; nothing changes in the records."""
    with transaction.atomic():
        case = _step(act, "refuse", reason, remedy=texts.reorganisation_remedy("refused"))
        _issue(case, _("不予受理"), reason, act)
        return _finished(case, act)


def withdraw(act: Act) -> Case:
    """Withdraw one's own application."""
    with transaction.atomic():
        return _finished(_step(act, "withdraw"), act)


def shield(act: Act, reason: str) -> Case:
    """Hide every negative record in use and lift the measures that rest on them, all or nothing."""
    with transaction.atomic():
        case = _step(_seen(act), "shield", reason, remedy=texts.reorganisation_remedy("shielded"))
        standing = records.in_use([case.subject_ref], act.today).filter(nature="negative")
        for version in standing:
            hiding.hide(version.record_id, Cause.SHIELDED, ref=case.number, now=act.now)
            supervision.lift(version.record_id, ref=case.number, now=act.now)
        cases.meet_all_deadlines(case, act.now)
        _issue(case, _("重整计划执行期间暂时屏蔽"), reason, act)
    return case


def send_back(act: Act, reason: str) -> Case:
    """Send a proposal back."""
    return _step(act, "return", reason)


def report(act: Act, text: str) -> Case:
    """Report that the plan has been performed, naming the court's document that says so."""
    with transaction.atomic():
        case = _step(act, "report", text, met=("materials",))
        matters.start_clock(case, REPLY, start=act.today, now=act.now)
    return case


def confirm(act: Act, reason: str) -> Case:
    """Propose final repair."""
    return _step(act, "confirm", reason)


def doubt(act: Act, reason: str) -> Case:
    """Find that the plan has not been performed yet; the records stay hidden."""
    return _step(act, "doubt", reason)


def repair(act: Act, reason: str) -> Case:
    """End every hidden record for good."""
    with transaction.atomic():
        case = _step(_seen(act), "repair", reason, ("receipts",), remedy=texts.reorganisation_remedy("repaired"))
        for record in hidden_by(case):
            hiding.show_again(record, ref=case.number, now=act.now)
            registry.end_record(record, Cause.RESTORED, ref=case.number, now=act.now)
        _issue(case, _("最终修复"), reason, act)
        return _finished(case, act)


def fail(act: Act, reason: str) -> Case:
    """Say that the plan was not performed; the organisation is told and may speak before anything is decided."""
    with transaction.atomic():
        until = speaking_time(act.today).due_on
        case = _step(act, "fail", reason, said_on=act.today.isoformat())
        sentence = _(
            "有人提出重整计划未能执行。您可以在 %(day)s 前（含当日）在办件页面陈述、申辩，也可以到信用中心当面说；"
            "期满或者您陈述以前，不会作出决定。"
        ) % {"day": until.isoformat()}
        _tell(case, "reorganisation_failing", _("请陈述申辩"), sentence, act.now)
    return case


def speaking_time(said_on: date) -> Due:
    """Return until when an organisation may speak against a failure told on a day, with the derivation."""
    return deadlines.due(SPEAK, said_on, lawbook.current(), lawbook.calendar())


def hearing(case: Case) -> Hearing | None:
    """Return how the organisation is heard about the failure that is open now; None when none is."""
    event = case_selectors.last_event(case, "fail")
    if event is None or case.state != "failing":
        return None
    spoken = case_selectors.last_event(case, "speak")
    time = speaking_time(date.fromisoformat(event.data["said_on"]))
    return Hearing(time, spoken is not None and spoken.seq > event.seq)


def speak(act: Act, text: str) -> Case:
    """Speak in one's defence before a failure is decided; whoever decides reads it in the history of the case."""
    return _step(act, "speak", text)


def _check_heard(act: Act) -> None:
    """Raise while the organisation has not spoken and its time to speak has not passed."""
    case = case_selectors.case(act.case_id)
    found = hearing(case) if case else None
    if found is not None and not found.spoken and act.today <= found.time.due_on:
        last = found.time.due_on.isoformat()
        raise ReorganisationRefused(
            f"当事人的陈述申辩期到 {last} 为止（含当日），现在还没有陈述；期满或者陈述以后才能决定。",
            f"The organisation may speak until {last} and has not spoken yet; decide after that day or once it has.",
        )


def resume(act: Act, reason: str, heard: str) -> Case:
    """Show the hidden records again because the plan failed; ``heard`` says how the organisation was heard.

    Refused until the organisation has spoken or its time to speak has passed.
    """
    _check_heard(act)
    met = ("heard",) if heard.strip() else ()
    note = _("%(reason)s（听取意见：%(heard)s）") % {"reason": reason, "heard": heard} if reason.strip() else ""
    with transaction.atomic():
        case = _step(_seen(act), "resume", note, met, remedy=texts.reorganisation_remedy("resumed"))
        for record in hidden_by(case):
            hiding.show_again(record, ref=case.number, now=act.now)
        _issue(case, _("恢复展示"), note, act)
        return _finished(case, act)


def dismiss(act: Act, reason: str) -> Case:
    """Find that the plan has not failed: the records stay hidden."""
    return _step(act, "dismiss", reason)


def hidden_by(case: Case) -> list[UUID]:
    """Return the records that this case keeps hidden."""
    found = RecordVersion.objects.filter(known_until=None, cause=Cause.SHIELDED, cause_ref=case.number)
    return list(found.order_by("pk").values_list("record_id", flat=True))


def _seen(act: Act) -> Act:
    """Bind a decision to the version of the case that is there now, unless the actor named the one they saw."""
    case = case_selectors.case(act.case_id)
    return replace(act, version=act.version or (case.version if case else None))


def _step(act: Act, action: str, note: str = "", met: tuple[str, ...] = (), **data: Any) -> Case:
    case = case_selectors.case(act.case_id)
    if case is None or case.kind != KIND:
        raise matters.NoMatter("没有这个办件。", "There is no such case.")
    return step(act, action, note, met, **data)


def _finished(case: Case, act: Act) -> Case:
    cases.meet_all_deadlines(case, act.now)
    return case


def _issue(case: Case, outcome: str, reason: str, act: Act) -> None:
    """Issue the decision and serve it: outcome, reason, the rule that decided, remedy (charter C15)."""
    body = texts.decision(case, outcome, reason, [basis(act.today)], texts.reorganisation_remedy(case.state))
    title = _("破产重整信用修复决定书")
    document = cases.issue_document(case, "reorganisation_decision", title, body, actor=act.actor, now=act.now)
    sentence = _("决定：%(outcome)s。决定书 %(number)s 载明理由和依据。%(remedy)s") % {
        "outcome": outcome,
        "number": document.number,
        "remedy": texts.reorganisation_remedy(case.state),
    }
    _tell(case, "reorganisation_decided", title, sentence, act.now)


def _tell(case: Case, kind: str, title: str, sentence: str, now: datetime) -> None:
    body = _("办件 %(number)s：%(sentence)s") % {"number": case.number, "sentence": sentence}
    matters.tell_applicant(case, kind, title, body, now)
