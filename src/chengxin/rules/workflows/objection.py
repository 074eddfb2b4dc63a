"""异议: an applicant says a record is wrong; the source answers, a reviewer proposes, another person decides.

A closed or refused case can be contested once. That is built into the states, not left to a counter.
"""

from __future__ import annotations

from chengxin.rules.workflow import State, Transition, Workflow
from chengxin.rules.workflow_words import APPLICANT, CENTRE, DECIDER, REVIEWER, SOURCE, SYSTEM

# What a decision can say. The last one records both the check and the objection beside the record.
OUTCOMES: dict[str, tuple[str, str]] = {
    "corrected": ("更正", "corrected"),
    "deleted": ("删除", "deleted"),
    "supplemented": ("补充", "supplemented"),
    "disclosure_stopped": ("停止披露", "disclosure stopped"),
    "delisted": ("移出名单", "removed from the list"),
    "upheld": ("维持原记录", "record upheld"),
    "unclear": ("无法查清，附注双方意见", "could not be settled, both views noted"),
}

STATES = (
    State("filed", "已提交", "filed"),
    State("accepted", "已受理", "accepted"),
    State("refused", "不予受理", "refused", final=True),
    State("with_provider", "信源单位核查中", "with the source"),
    State("answered", "信源单位已答复", "answered by the source"),
    State("proposed", "已拟处理意见", "outcome proposed"),
    State("decided", "已决定", "decided"),
    State("closed", "已办结", "closed", final=True),
    State("withdrawn", "已撤回", "withdrawn", final=True),
    State("record_withdrawn", "记录已由报送单位撤回，终结", "ended: the source withdrew the record", final=True),
    State("contested", "申请复核", "contested"),
    State("contest_proposed", "已拟复核意见", "second outcome proposed"),
    State("contest_decided", "已作复核决定", "second decision"),
    State("ended", "复核办结", "ended", final=True),
)

_DECISION = ("outcome", "reason", "remedy", "other_person")
_CLOSING = ("effects_done", "applicant_told")
_WITHDRAWN = ("record_withdrawn", "applicant_told")

TRANSITIONS = (
    Transition("accept", "filed", "accepted", CENTRE, (), "受理", "accept"),
    Transition("refuse", "filed", "refused", CENTRE, ("reason", "remedy"), "不予受理", "refuse"),
    Transition("withdraw", "filed", "withdrawn", APPLICANT, (), "撤回", "withdraw"),
    Transition("forward", "accepted", "with_provider", CENTRE, (), "转信源单位核查", "forward to the source"),
    # When the mistake is the platform's own there is nobody else to ask.
    Transition("propose", "accepted", "proposed", REVIEWER, ("outcome", "reason"), "拟处理意见", "propose an outcome"),
    Transition("withdraw", "accepted", "withdrawn", APPLICANT, (), "撤回", "withdraw"),
    Transition("answer", "with_provider", "answered", SOURCE, ("answer",), "答复核查结果", "answer"),
    # A silent source must not hold up the applicant.
    Transition("lapse", "with_provider", "answered", SYSTEM, ("deadline_passed",), "逾期未答复", "no answer in time"),
    Transition("withdraw", "with_provider", "withdrawn", APPLICANT, (), "撤回", "withdraw"),
    Transition("forward", "answered", "with_provider", CENTRE, ("reason",), "退回再核查", "ask the source again"),
    Transition("propose", "answered", "proposed", REVIEWER, ("outcome", "reason"), "拟处理意见", "propose an outcome"),
    Transition("withdraw", "answered", "withdrawn", APPLICANT, (), "撤回", "withdraw"),
    Transition("decide", "proposed", "decided", DECIDER, _DECISION, "作出决定", "decide"),
    Transition("return", "proposed", "answered", DECIDER, ("reason",), "退回重拟", "send back"),
    Transition("close", "decided", "closed", CENTRE | SYSTEM, _CLOSING, "办结", "close"),
    # A record its source took back is out of every answer: a question about its content has lost its object.
    *(
        Transition(
            "lose_object", state, "record_withdrawn", SYSTEM, _WITHDRAWN, "记录已撤回，终结", "end without object"
        )
        for state in ("filed", "accepted", "with_provider", "answered", "proposed")
    ),
    Transition("contest", "record_withdrawn", "contested", APPLICANT, ("grounds",), "申请复核", "contest"),
    Transition("contest", "closed", "contested", APPLICANT, ("grounds",), "申请复核", "contest"),
    Transition("contest", "refused", "contested", APPLICANT, ("grounds",), "申请复核", "contest"),
    Transition(
        "propose", "contested", "contest_proposed", REVIEWER, ("outcome", "reason"), "拟复核意见", "propose an outcome"
    ),
    Transition("withdraw", "contested", "ended", APPLICANT, (), "撤回复核", "withdraw the contest"),
    Transition("decide", "contest_proposed", "contest_decided", DECIDER, _DECISION, "作出复核决定", "decide again"),
    Transition("return", "contest_proposed", "contested", DECIDER, ("reason",), "退回重拟", "send back"),
    Transition("close", "contest_decided", "ended", CENTRE | SYSTEM, _CLOSING, "复核办结", "close for good"),
)

OBJECTION = Workflow("objection", "filed", STATES, TRANSITIONS, "异议处理", "objection")
