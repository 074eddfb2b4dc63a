"""删除与封存: asked for by the person, proposed by one officer, decided by another, never beyond what the law says.

Free of charge. A refusal names its article and the remedy; a freeze names its last day; an erasure ends with a proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from chengxin.accounts.models import User
from chengxin.accounts.policies import check_may
from chengxin.accounts.roles import Permission
from chengxin.cases import selectors as case_selectors
from chengxin.cases import services as cases
from chengxin.cases.models import Case
from chengxin.registry import forwarding
from chengxin.registry import selectors as records
from chengxin.registry.models import SubjectKind
from chengxin.rights import destruction, fates, matters
from chengxin.rights.acts import Act
from chengxin.rights.fates import Finding
from chengxin.rights.matters import AlreadyOpen, NoMatter
from chengxin.rights.models import Erasure, Matter
from chengxin.rights.policies import RecordNotYours
from chengxin.rights.selectors import own_files
from chengxin.rules.errors import Refusal
from chengxin.rules.retention import FATE_NAMES, Fate, frozen_until
from chengxin.rules.workflow import reachable
from chengxin.rules.workflows.erasure import ERASURE

KIND, REPLY = "erasure", "erasure.reply_workdays"
REVIEWED = reachable(ERASURE, ["contested"])
"""The states from the one review of a refusal on."""
LINK = "/mine/erasure/"


class ErasureRefused(Refusal):
    """A request, proposal or decision that the law or the facts do not carry."""

    code = "erasure_refused"


def remedy(fate: Fate = Fate.KEEP, state: str = "") -> str:
    """Return what is open after an answer; the one review is offered where the table has it, and only there.

    ``state`` is the state of the case as the decision is proposed or taken.
    """
    if fate is Fate.ERASE:
        return _(
            "本决定支持了您的请求。删除证明可以自行核验；以后发现任何单位仍能查到这些内容的，可以凭本决定书要求其停止，"
            "或者告诉信用中心。"
        )
    if fate is Fate.FREEZE or state in REVIEWED:
        return _(
            "如不服，可以依法申请行政复议，或者向人民法院提起行政诉讼（《个人信息保护法》第五十条）；"
            "记录有错误的，可免费提出异议。"
        )
    return _(
        "如不服，可在“删除与封存”页免费申请复核一次；记录有错误的，可免费提出异议；"
        "也可以依法申请行政复议，或者向人民法院提起行政诉讼（《个人信息保护法》第五十条）。"
    )


def request(
    subject_id: UUID, *, actor: User, record_id: UUID | None = None, text: str = "", now: datetime, today: date
) -> Case:
    """Ask that a person's whole file, or one record of it, be erased; the file's person or somebody with a mandate.

    Of a file that was merged into another, the one that stands for both is meant.
    """
    if record_id is None:
        subject_id = forwarding.standing_ids([subject_id])[subject_id]
    _check_own(subject_id, record_id, actor)
    _check_nothing_open(subject_id, record_id)
    with transaction.atomic():
        case = cases.open_case(
            KIND,
            subject=subject_id,
            applicant_mailbox=actor.pk,
            respondent=None,
            actor=actor,
            now=now,
            today=today,
            facts={"scope": Erasure.RECORD if record_id else Erasure.FILE, "record": str(record_id or "")},
            note=text.strip(),
        )
        scope = Erasure.RECORD if record_id else Erasure.FILE
        Erasure.objects.create(
            case=case, subject_id=subject_id, record_id=record_id, target=record_id or subject_id, scope=scope
        )
        matters.start_clock(case, REPLY, start=today, now=now)
        _tell(case, "erasure_filed", _("删除请求已收到"), _("删除请求已收到，将在期限内书面答复。办理免费。"), now)
    return case


def _check_own(subject_id: UUID, record_id: UUID | None, actor: User) -> None:
    check_may(actor, Permission.REQUEST_ERASURE)
    subject, record = records.subject(subject_id), records.record(record_id) if record_id else None
    mine = subject is not None and records.may_act_for(actor, subject_id)
    if not mine or (record_id and (record is None or record.subject_id != subject_id)):
        raise RecordNotYours("没有找到您可以请求删除的档案或记录。", "No file or record of yours was found.")
    if subject is not None and subject.kind != SubjectKind.PERSON:
        raise ErasureRefused(
            "单位的信用信息不是个人信息，不适用删除（《个人信息保护法》第四条）；有错误的请免费提出异议，"
            "条件具备的请免费申请信用修复。",
            "What is held of an organisation is not personal information, so it cannot be erased on request "
            "(Personal Information Protection Law, article 4); object if it is wrong, or apply for restoration. Free.",
        )


def _check_nothing_open(subject_id: UUID, record_id: UUID | None) -> None:
    target = record_id or subject_id
    standing = Q(open=True) | Q(case__state="frozen", erased_at=None)
    about = Erasure.objects.select_related("case").filter(standing, subject_id=subject_id)
    found = about.filter(target__in=[target, subject_id]).first()
    if found:
        raise AlreadyOpen(
            f"同一请求正在办理或者已经封存（{found.case.number}），请查看该办件。",
            f"The same request is being handled or has ended in a freeze ({found.case.number}); see that case.",
            number=found.case.number,
        )


def erasure_of(case_id: UUID) -> Erasure:
    """Return the request behind a case."""
    found = Erasure.objects.select_related("case__key", "subject__key", "record__item__item").filter(case_id=case_id)
    erasure = found.first()
    if erasure is None:
        raise NoMatter("没有这个办件。", "There is no such case.")
    return erasure


def findings(erasure: Erasure, today: date) -> list[Finding]:
    """Return what the law of the day does with each record asked about."""
    if erasure.record_id:
        return fates.of_record(erasure.record_id, today)
    return fates.of_file(erasure.subject_id, today)


def _step(act: Act, action: str, note: str = "", **data: object) -> Case:
    return cases.act(
        act.case_id,
        action,
        actor=act.actor,
        own_files=own_files(act.actor),
        now=act.now,
        note=note,
        expected_version=act.version,
        data=data,
    )


def propose(act: Act, outcome: str, reason: str) -> Case:
    """Propose what the law of the day leaves: to refuse, to freeze or to erase."""
    erasure = erasure_of(act.case_id)
    _check_fate(erasure, outcome, act.today)
    return _step(act, "propose", reason, outcome=outcome)


def _check_fate(erasure: Erasure, outcome: str, today: date) -> list[Finding]:
    """Raise unless an outcome is the one the law of the day leaves: nobody may keep or destroy more than it says."""
    found = findings(erasure, today)
    lawful = fates.fate(found)
    if outcome != lawful.value:
        zh, en = FATE_NAMES[lawful]
        why_zh = "；".join(each.ruling.zh for each in found if each.ruling.fate is lawful) or "没有仍需保存的记录"
        why_en = "; ".join(each.ruling.en for each in found if each.ruling.fate is lawful) or "nothing must be kept"
        raise ErasureRefused(
            f"依现行规定，本请求的结论应为“{zh}”：{why_zh}。",
            f"Under the law in force this request can only end as “{en}”: {why_en}.",
            lawful=lawful.value,
        )
    if lawful is not Fate.KEEP:
        _check_no_case(erasure)
    return found


def _check_no_case(erasure: Erasure) -> None:
    """An objection or restoration that is still open needs the content; it must end first."""
    concerned = Matter.objects.filter(record__subject_id=erasure.subject_id, open=True).select_related("case")
    found = (concerned.filter(record_id=erasure.record_id) if erasure.record_id else concerned).first()
    if found:
        raise ErasureRefused(
            f"有办理中的办件 {found.case.number}，办结或者撤回后才能删除或封存。",
            f"Case {found.case.number} is still open; it must end or be withdrawn before anything is erased or frozen.",
            number=found.case.number,
        )


def _decide(act: Act, action: str, fate: Fate, reason: str) -> tuple[Case, Erasure, list[Finding]]:
    """Take a deciding step, as proposed and as the law of the very day has it."""
    erasure = erasure_of(act.case_id)
    seen = replace(act, version=act.version or erasure.case.version)
    case = _step(seen, action, reason, outcome=fate.value, remedy=remedy(fate, erasure.case.state))
    event = case_selectors.last_event(case, "propose")
    if event is None or event.data.get("outcome") != fate.value:
        raise ErasureRefused(
            "审核人拟议的结论与此不同；如不同意，请退回重拟。", "The reviewer proposed otherwise; send it back."
        )
    found = _check_fate(erasure, fate.value, act.today)
    cases.meet_all_deadlines(case, act.now)
    Erasure.objects.filter(pk=erasure.pk).update(open=False, findings=[each.stored() for each in found])
    return case, erasure, found


def refuse(act: Act, reason: str) -> Case:
    """Refuse, with the articles of every record that must be kept, and the remedy."""
    with transaction.atomic():
        case, _erasure, found = _decide(act, "refuse", Fate.KEEP, reason)
        _issue(case, Fate.KEEP, reason, found, act)
    return case


def freeze(act: Act, reason: str) -> Case:
    """Freeze until the law's last day: only storage and security from now on, and in no answer of any kind."""
    with transaction.atomic():
        case, erasure, found = _decide(act, "freeze", Fate.FREEZE, reason)
        until = frozen_until(each.ruling for each in found)
        destruction.freeze(erasure, found, until, act.now)
        _issue(case, Fate.FREEZE, reason, found, act)
    return case


def approve(act: Act, reason: str) -> Case:
    """Erase: decided, destroyed, proved and told in one transaction, or not at all."""
    with transaction.atomic():
        case, erasure, found = _decide(act, "approve", Fate.ERASE, reason)
        case = destruction.destroy(erasure, "execute", act.now)
        _issue(case, Fate.ERASE, reason, found, act)
    return case


def send_back(act: Act, reason: str) -> Case:
    """Send a proposal back to the reviewer with a reason."""
    return _step(act, "return", reason)


def withdraw(act: Act) -> Case:
    """Withdraw one's own request, or one's own contest."""
    with transaction.atomic():
        case = _step(act, "withdraw")
        cases.meet_all_deadlines(case, act.now)
        Erasure.objects.filter(case=case).update(open=False)
        _tell(case, "erasure_withdrawn", _("删除请求已撤回"), _("删除请求已撤回，以后可以再次免费提出。"), act.now)
    return case


def contest(act: Act, grounds: str) -> Case:
    """Ask for the one review of a refusal; the clock starts again."""
    erasure = erasure_of(act.case_id)
    _check_nothing_open(erasure.subject_id, erasure.record_id)
    with transaction.atomic():
        case = _step(act, "contest", grounds)
        Erasure.objects.filter(case=case).update(open=True)
        matters.start_clock(case, REPLY, start=act.today, now=act.now)
        _tell(case, "erasure_contested", _("已申请复核"), _("已申请复核，将在期限内书面答复。"), act.now)
    return case


def finish_frozen(*, now: datetime, today: date) -> int:
    """Erase what was frozen and whose last day has passed; return how many files and records."""
    due = Erasure.objects.filter(case__state="frozen", frozen_until__lt=today, erased_at=None)
    waiting = list(due.order_by("frozen_until", "pk").values_list("case_id", flat=True))
    for case_id in waiting:
        with transaction.atomic():
            case = destruction.destroy(erasure_of(case_id), "expire", now)
            sentence = _("法定保存期限已满，封存的内容已删除，密钥已销毁。存证可在办件页下载。")
            _tell(case, "erasure_done", _("封存期满，已删除"), sentence, now)
    return len(waiting)


def _issue(case: Case, fate: Fate, reason: str, found: list[Finding], act: Act) -> None:
    """Issue the decision and serve it: outcome, reason, what the law says of each record, articles, remedy."""
    with override("zh-hans"):  # An official document is in the language of the act, whatever the officer reads in.
        _issue_in_chinese(case, fate, reason, found, act)


def _issue_in_chinese(case: Case, fate: Fate, reason: str, found: list[Finding], act: Act) -> None:
    said = [_("“%(item)s”：%(why)s。") % {"item": each.record.item.name_zh, "why": each.ruling.zh} for each in found]
    body = "\n".join(
        (
            _("办件编号：%(number)s") % {"number": case.number},
            _("决定：%(outcome)s") % {"outcome": FATE_NAMES[fate][0]},
            _("理由：%(reason)s") % {"reason": reason},
            *said,
            _("依据：%(rules)s") % {"rules": "；".join(dict.fromkeys(_rules(fate, found, act.today)))},
            _("救济途径：%(remedy)s") % {"remedy": remedy(fate, case.state)},
            _("办理本事项不收取任何费用。"),
        )
    )
    document = cases.issue_document(case, "erasure_decision", _("删除请求决定书"), body, actor=act.actor, now=act.now)
    sentence = _("决定：%(outcome)s。决定书 %(number)s 载明理由和依据。%(remedy)s") % {
        "outcome": FATE_NAMES[fate][0],
        "number": document.number,
        "remedy": remedy(fate, case.state),
    }
    _tell(case, "erasure_decided", _("删除请求决定"), sentence, act.now)


def _rules(fate: Fate, found: list[Finding], today: date) -> list[str]:
    return [*fates.articles(found, fate, today), "《个人信息保护法》第五十条"]


def _tell(case: Case, kind: str, title: str, sentence: str, now: datetime) -> None:
    """Serve a notice on whoever asked, and on the file's own mailbox while there is a file."""
    body = _("办件 %(number)s：%(sentence)s") % {"number": case.number, "sentence": sentence}
    link = f"{LINK}{case.pk}/"
    cases.serve_notice(case.applicant_mailbox, kind, title, body, now=now, case=case, link=link)
    if not Erasure.objects.filter(case=case, scope=Erasure.FILE, erased_at__isnull=False).exists():
        cases.serve_notice(case.subject_ref, kind, title, body, now=now, case=case, link=link)


STEPS: dict[str, Callable[[Act, str, str], Case]] = {
    "approve": lambda act, note, outcome: approve(act, note),
    "contest": lambda act, note, outcome: contest(act, note),
    "freeze": lambda act, note, outcome: freeze(act, note),
    "propose": lambda act, note, outcome: propose(act, outcome, note),
    "refuse": lambda act, note, outcome: refuse(act, note),
    "return": lambda act, note, outcome: send_back(act, note),
    "withdraw": lambda act, note, outcome: withdraw(act),
}
"""Every step people take on such a case, by its action; ``outcome`` is what a proposal proposes."""
