"""删除与封存: a person asks that what is held about them goes; one person proposes, another decides, the key goes last.

A refusal can be contested once; that is built into the states. What is frozen ends by itself when its time is over.
"""

from __future__ import annotations

from chengxin.rules.workflow import State, Transition, Workflow
from chengxin.rules.workflow_words import APPLICANT, DECIDER, REVIEWER, SYSTEM

STATES = (
    State("filed", "已提交", "filed"),
    State("proposed", "已拟意见", "outcome proposed"),
    State("refused", "不予删除", "refused", final=True),
    State("frozen", "已封存", "frozen", final=True),
    State("approved", "准予删除", "erasure approved"),
    State("erased", "已删除", "erased", final=True),
    State("withdrawn", "已撤回", "withdrawn", final=True),
    State("contested", "申请复核", "contested"),
    State("contest_proposed", "已拟复核意见", "second outcome proposed"),
    State("kept", "复核维持", "refusal upheld", final=True),
)

_PROPOSAL = ("outcome", "reason")
_DECISION = ("reason", "remedy", "other_person")

TRANSITIONS = (
    Transition("propose", "filed", "proposed", REVIEWER, _PROPOSAL, "拟处理意见", "propose an outcome"),
    Transition("withdraw", "filed", "withdrawn", APPLICANT, (), "撤回", "withdraw"),
    Transition("approve", "proposed", "approved", DECIDER, _DECISION, "准予删除", "approve the erasure"),
    Transition("freeze", "proposed", "frozen", DECIDER, _DECISION, "封存", "freeze"),
    Transition("refuse", "proposed", "refused", DECIDER, _DECISION, "不予删除", "refuse"),
    Transition("return", "proposed", "filed", DECIDER, ("reason",), "退回重拟", "send back"),
    Transition("execute", "approved", "erased", SYSTEM, ("key_destroyed",), "销毁密钥", "destroy the key"),
    # What the law keeps for a time goes when the time is over; nobody has to ask again.
    Transition(
        "expire", "frozen", "erased", SYSTEM, ("deadline_passed", "key_destroyed"), "封存期满删除", "erase when due"
    ),
    Transition("contest", "refused", "contested", APPLICANT, ("grounds",), "申请复核", "contest"),
    Transition("propose", "contested", "contest_proposed", REVIEWER, _PROPOSAL, "拟复核意见", "propose an outcome"),
    Transition("withdraw", "contested", "kept", APPLICANT, (), "撤回复核", "withdraw the contest"),
    Transition("approve", "contest_proposed", "approved", DECIDER, _DECISION, "准予删除", "approve the erasure"),
    Transition("freeze", "contest_proposed", "frozen", DECIDER, _DECISION, "封存", "freeze"),
    Transition("refuse", "contest_proposed", "kept", DECIDER, _DECISION, "维持不予删除", "uphold the refusal"),
    Transition("return", "contest_proposed", "contested", DECIDER, ("reason",), "退回重拟", "send back"),
)

ERASURE = Workflow("erasure", "filed", STATES, TRANSITIONS, "删除与封存", "erasure and freezing")
