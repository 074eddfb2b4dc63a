"""What happens next in a case and who must act, in words for somebody who may be worried; nothing personal in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chengxin.cases import selectors as cases
from chengxin.cases.models import Case
from chengxin.cases.workflows import workflow_of
from chengxin.rights.time_limits import next_due
from chengxin.rules.workflow import State

WORDS: dict[tuple[str, str], tuple[str, str]] = {
    ("bankruptcy", "submitted"): (
        "信用中心向法院核对裁定。您不需要做什么。",
        "The credit centre checks the ruling with the court. You need not do anything.",
    ),
    ("bankruptcy", "proposed"): (
        "由另一个人决定是否暂停展示，然后把决定书送达给您。",
        "Another person decides whether to hide the records; then the decision is served on you.",
    ),
    ("bankruptcy", "shielded"): (
        "失信信息已暂停展示。计划执行完毕后，请在这里报告。",
        "The negative records are hidden. Once the plan has been performed, please report it here.",
    ),
    ("bankruptcy", "performed"): (
        "信用中心核实计划是否执行完毕。您不需要做什么。",
        "The credit centre verifies that the plan was performed. You need not do anything.",
    ),
    ("bankruptcy", "repair_proposed"): (
        "由另一个人决定是否最终修复，然后把决定书送达给您。",
        "Another person decides on the final repair; then the decision is served on you.",
    ),
    ("bankruptcy", "repaired"): (
        "已最终修复：这些失信信息不再公示、共享和使用。",
        "Repaired for good: these negative records are no longer published, shared or used.",
    ),
    ("bankruptcy", "failing"): (
        "有人提出计划未能执行。请在下面写明的日期前陈述、申辩；期满或者您陈述以前，不会作出决定。",
        "The plan is said to have failed. Please speak by the day named below; nothing is decided before that.",
    ),
    ("bankruptcy", "resumed"): (
        "失信信息已恢复展示，理由和救济途径已送达。已解除的措施不会自动恢复。",
        "The records are shown again; reason and remedy are served. Lifted measures do not come back by themselves.",
    ),
    ("bankruptcy", "refused"): (
        "未予受理，理由和救济途径已送达。条件具备后可再次免费申请。",
        "Not accepted; reason and remedy are served. You may apply again, free, once the conditions are met.",
    ),
    ("erasure", "filed"): (
        "信用中心逐条核对法律怎么规定，然后拟定意见。您不需要做什么。",
        "The credit centre looks up what the law says of each record and proposes an answer. You need not do anything.",
    ),
    ("erasure", "proposed"): (
        "由另一个人作出决定，然后把决定书送达给您。",
        "Another person decides; then the decision is served on you.",
    ),
    ("erasure", "approved"): ("准予删除，正在销毁密钥。", "Approved; the key is being destroyed."),
    ("erasure", "erased"): (
        "已删除，谁也读不出来了。请下载删除证明留存。",
        "Erased: nobody can read it any more. Please keep the proof.",
    ),
    ("erasure", "frozen"): (
        "已封存：除保存和安全措施外不再使用，期满自动删除。您不需要做什么。",
        "Frozen: only stored and kept safe, and erased by itself when the time is over. You need not do anything.",
    ),
    ("erasure", "refused"): (
        "未予删除，理由和依据已送达。不服的，可以免费申请复核一次。",
        "Not erased; reason and articles are served. You may ask for one review, free of charge.",
    ),
    ("erasure", "contested"): (
        "正在复核，由没有参加过初次办理的人办理。您不需要做什么。",
        "It is being reviewed by people who had no part in the first answer. You need not do anything.",
    ),
    ("erasure", "contest_proposed"): ("由另一个人作出复核决定。", "Another person makes the second decision."),
    ("erasure", "kept"): (
        "复核维持不予删除。还可以依法申请行政复议或者提起行政诉讼。",
        "The review upheld the refusal. Administrative reconsideration and the courts remain open.",
    ),
    ("objection", "filed"): (
        "等信用中心决定是否受理。您不需要做什么。",
        "The credit centre decides whether to accept it. You need not do anything.",
    ),
    ("objection", "accepted"): (
        "信用中心将转给作出记录的单位核查。您不需要做什么。",
        "The credit centre sends it to the unit that made the record. You need not do anything.",
    ),
    ("objection", "with_provider"): (
        "作出记录的单位正在核查。它不按时答复，程序照样往下走。",
        "The unit that made the record is checking. If it stays silent, the case goes on without it.",
    ),
    ("objection", "answered"): (
        "审核人正在拟处理意见。您不需要做什么。",
        "A reviewer is drafting the outcome. You need not do anything.",
    ),
    ("objection", "proposed"): (
        "由另一个人作出决定，然后把决定书送达给您。",
        "Another person decides; then the decision is served on you.",
    ),
    ("objection", "decided"): ("正在落实决定，随即办结。", "The decision is being carried out."),
    ("objection", "contested"): (
        "正在复核，由没有参加过初次办理的人办理。您不需要做什么。",
        "It is being reviewed by people who had no part in the first decision. You need not do anything.",
    ),
    ("objection", "contest_proposed"): ("由另一个人作出复核决定。", "Another person makes the second decision."),
    ("objection", "contest_decided"): ("正在落实复核决定。", "The second decision is being carried out."),
    ("objection", "closed"): (
        "已办结，决定书已送达。不服的，可以免费申请复核一次。",
        "It is closed and the decision is served. You may ask for one review, free of charge.",
    ),
    ("objection", "refused"): (
        "未予受理，理由已送达。不服的，可以免费申请复核一次。",
        "It was not accepted; the reason is served. You may ask for one review, free of charge.",
    ),
    ("objection", "record_withdrawn"): (
        "报送单位已撤回这条记录，异议就此终结。您不需要做什么；仍有不服的，可以免费申请复核一次。",
        "The source took the record back, so the objection ended. You need not do anything; one review is free.",
    ),
    ("objection", "ended"): (
        "复核已办结。还可以依法申请行政复议或者提起行政诉讼。",
        "The review is closed. Administrative reconsideration and the courts remain open.",
    ),
    ("restoration", "submitted"): (
        "信用中心正在查看材料。您不需要做什么。",
        "The credit centre is looking at the papers. You need not do anything.",
    ),
    ("restoration", "incomplete"): (
        "请补正材料：登录“我的档案”补充，或者到窗口补充。补正期间期限暂停。",
        "Please hand in the missing papers under “My file” or at a counter. The clock stands still until then.",
    ),
    ("restoration", "pushed"): (
        "作出记录的单位将决定是否受理。您不需要做什么。",
        "The unit that made the record decides whether to accept it. You need not do anything.",
    ),
    ("restoration", "accepted"): ("已受理，即将核实。您不需要做什么。", "Accepted; it will be verified next."),
    ("restoration", "verifying"): ("正在核实。您不需要做什么。", "It is being verified. You need not do anything."),
    ("restoration", "verifying_further"): (
        "正在进一步核实。您不需要做什么。",
        "It is being verified further. You need not do anything.",
    ),
    ("restoration", "proposed"): (
        "由另一个人作出决定，然后把决定书送达给您。",
        "Another person decides; then the decision is served on you.",
    ),
    ("restoration", "approved"): ("准予修复，正在执行。", "Approved; it is being carried out."),
    ("restoration", "executed"): ("修复已执行，随即办结。", "The restoration was carried out."),
    ("restoration", "closed"): (
        "修复已完成：停止公示、停止共享和使用、解除措施。",
        "Restored: publication, sharing and use have ended and measures are lifted.",
    ),
    ("restoration", "denied"): (
        "不予修复，理由和救济途径已送达。条件具备后可再次免费申请。",
        "Not restored; reason and remedy are served. You may apply again, free, once the conditions are met.",
    ),
    ("restoration", "refused"): (
        "未予受理，理由和救济途径已送达。条件具备后可再次免费申请。",
        "Not accepted; reason and remedy are served. You may apply again, free, once the conditions are met.",
    ),
    ("restoration", "false_material"): (
        "材料的真实性有疑问。决定之前，您可以在这里陈述、申辩。",
        "The papers are in doubt. Before anything is decided you may speak, here on this page.",
    ),
    ("restoration", "record_withdrawn"): (
        "报送单位已撤回这条记录，不需要再修复，申请就此终结。您不需要做什么。",
        "The source took the record back; nothing is left to restore and the application ended. You need do nothing.",
    ),
    ("restoration", "cancelled"): (
        "修复已撤销，决定书已送达。",
        "The restoration was cancelled; the decision is served.",
    ),
}
WITHDRAWN = ("申请人已撤回。以后仍可以再次提出。", "Withdrawn by the applicant. It can be filed again later.")
IN_HAND = ("正在办理。有进展会通知您。", "It is being handled. You will be told of every step.")
PAUSED = ("计时暂停中，恢复后重新推算到期日。", "The clock is paused; the due date is counted anew when it resumes.")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a case stands, without anything about a person: kind, state, due date, what comes next."""

    kind: str
    state: State
    due_on: date | None
    overdue: bool
    paused: bool
    closed: bool
    zh: str
    en: str


def progress(case: Case, today: date) -> Progress:
    """Return where a case stands on a day."""
    paused = any(each.until is None for each in cases.pauses(case))
    overdue = cases.overdue(today).filter(case=case).exists()
    due = None if case.closed_at else next_due(case)
    state = workflow_of(case.kind).state(case.state)
    zh, en = WORDS.get((case.kind, case.state), WITHDRAWN if case.state == "withdrawn" else IN_HAND)
    return Progress(case.kind, state, due, overdue, paused, case.closed_at is not None, zh, en)
