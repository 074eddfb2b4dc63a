"""信用修复: the site receives and forwards, the authority that made the record accepts, verifies and decides.

Time for verification can be prolonged once; that too is a state and not a counter.
"""

from __future__ import annotations

from chengxin.rules.workflow import State, Transition, Workflow
from chengxin.rules.workflow_words import APPLICANT, CENTRE, DECIDER, REVIEWER, SOURCE, SYSTEM

STATES = (
    State("submitted", "已提交", "submitted"),
    State("incomplete", "待补正", "to be completed"),
    State("pushed", "已推送认定单位", "sent to the authority"),
    State("accepted", "已受理", "accepted"),
    State("refused", "不予受理", "refused", final=True),
    State("verifying", "核实中", "being verified"),
    State("verifying_further", "继续核实", "being verified further"),
    State("proposed", "已拟决定", "decision proposed"),
    State("approved", "准予修复", "approved"),
    State("denied", "不予修复", "denied", final=True),
    State("executed", "已执行", "carried out"),
    State("closed", "已办结", "closed", final=True),
    State("withdrawn", "已撤回", "withdrawn", final=True),
    State("record_withdrawn", "记录已由报送单位撤回，终结", "ended: the source withdrew the record", final=True),
    State("false_material", "涉嫌虚假材料", "papers in doubt"),
    State("cancelled", "已撤销修复", "restoration cancelled", final=True),
)

_REFUSAL = ("reason", "remedy")
_DECISION = ("reason", "remedy", "other_person")
_WITHDRAWN = ("record_withdrawn", "applicant_told")

TRANSITIONS = (
    Transition("push", "submitted", "pushed", CENTRE | SYSTEM, ("materials",), "推送认定单位", "send to the authority"),
    Transition("ask_completion", "submitted", "incomplete", CENTRE, ("reason",), "要求补正", "ask for missing papers"),
    Transition("withdraw", "submitted", "withdrawn", APPLICANT, (), "撤回", "withdraw"),
    Transition("complete", "incomplete", "submitted", APPLICANT, (), "补正材料", "hand in the papers"),
    Transition("withdraw", "incomplete", "withdrawn", APPLICANT, (), "撤回", "withdraw"),
    Transition("accept", "pushed", "accepted", SOURCE, (), "受理", "accept"),
    Transition("refuse", "pushed", "refused", SOURCE, _REFUSAL, "不予受理", "refuse"),
    Transition("withdraw", "pushed", "withdrawn", APPLICANT, (), "撤回", "withdraw"),
    Transition("verify", "accepted", "verifying", SOURCE, (), "开始核实", "begin to verify"),
    Transition("withdraw", "accepted", "withdrawn", APPLICANT, (), "撤回", "withdraw"),
    Transition("extend", "verifying", "verifying_further", SOURCE, ("reason", "applicant_told"), "延长一次", "prolong"),
    Transition("propose", "verifying", "proposed", REVIEWER, ("outcome", "reason"), "拟决定", "propose a decision"),
    Transition("withdraw", "verifying", "withdrawn", APPLICANT, (), "撤回", "withdraw"),
    Transition(
        "propose", "verifying_further", "proposed", REVIEWER, ("outcome", "reason"), "拟决定", "propose a decision"
    ),
    Transition("withdraw", "verifying_further", "withdrawn", APPLICANT, (), "撤回", "withdraw"),
    Transition("approve", "proposed", "approved", DECIDER, _DECISION, "准予修复", "approve"),
    Transition("deny", "proposed", "denied", DECIDER, _DECISION, "不予修复", "deny"),
    Transition("return", "proposed", "verifying_further", DECIDER, ("reason",), "退回继续核实", "send back"),
    # What its source took back needs no restoration any more.
    *(
        Transition(
            "lose_object", state, "record_withdrawn", SYSTEM, _WITHDRAWN, "记录已撤回，终结", "end without object"
        )
        for state in ("submitted", "incomplete", "pushed", "accepted", "verifying", "verifying_further", "proposed")
    ),
    Transition("execute", "approved", "executed", CENTRE | SYSTEM, ("receipts",), "执行修复", "carry out"),
    Transition("close", "executed", "closed", CENTRE | SYSTEM, ("applicant_told",), "办结", "close"),
    Transition("doubt", "executed", "false_material", REVIEWER, ("reason",), "提出虚假材料", "question the papers"),
    Transition("doubt", "closed", "false_material", REVIEWER, ("reason",), "提出虚假材料", "question the papers"),
    Transition(
        "speak", "false_material", "false_material", APPLICANT, ("grounds",), "陈述申辩", "speak in one's defence"
    ),
    Transition(
        "cancel", "false_material", "cancelled", DECIDER, ("heard", *_DECISION), "撤销修复", "cancel the restoration"
    ),
    Transition("dismiss", "false_material", "closed", DECIDER, ("reason", "other_person"), "不成立", "find no fault"),
)

RESTORATION = Workflow("restoration", "submitted", STATES, TRANSITIONS, "信用修复", "restoration")
