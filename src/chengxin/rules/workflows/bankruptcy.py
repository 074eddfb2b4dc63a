"""破产重整（和解）的信用修复: hidden while a court-approved plan is performed, repaired for good once it is executed.

When the plan fails the records stand again, but only after the subject has been heard and another person has decided.
"""

from __future__ import annotations

from chengxin.rules.workflow import State, Transition, Workflow
from chengxin.rules.workflow_words import APPLICANT, CENTRE, DECIDER, REVIEWER

STATES = (
    State("submitted", "已提交", "submitted"),
    State("refused", "不予受理", "refused", final=True),
    State("withdrawn", "已撤回", "withdrawn", final=True),
    State("proposed", "已拟屏蔽", "hiding proposed"),
    State("shielded", "暂时屏蔽中", "hidden while the plan is performed", rests=True),
    State("performed", "已报告执行完毕", "reported as performed"),
    State("repair_proposed", "已拟最终修复", "final repair proposed"),
    State("repaired", "已最终修复", "repaired for good", final=True),
    State("failing", "已提出计划未能执行", "said to have failed"),
    State("resumed", "已恢复展示", "shown again", final=True),
)

_DECISION = ("reason", "remedy", "other_person")

TRANSITIONS = (
    Transition("propose", "submitted", "proposed", REVIEWER, ("materials", "reason"), "拟暂时屏蔽", "propose hiding"),
    Transition("refuse", "submitted", "refused", CENTRE, ("reason", "remedy"), "不予受理", "refuse"),
    Transition("withdraw", "submitted", "withdrawn", APPLICANT, (), "撤回", "withdraw"),
    Transition("shield", "proposed", "shielded", DECIDER, _DECISION, "暂时屏蔽", "hide for a time"),
    Transition("return", "proposed", "submitted", DECIDER, ("reason",), "退回重拟", "send back"),
    Transition(
        "report", "shielded", "performed", APPLICANT, ("materials", "reason"), "报告执行完毕", "report performance"
    ),
    Transition("confirm", "performed", "repair_proposed", REVIEWER, ("reason",), "拟最终修复", "propose final repair"),
    Transition("doubt", "performed", "shielded", REVIEWER, ("reason",), "尚未执行完毕", "not performed yet"),
    Transition("repair", "repair_proposed", "repaired", DECIDER, ("receipts", *_DECISION), "最终修复", "repair"),
    Transition("return", "repair_proposed", "performed", DECIDER, ("reason",), "退回核实", "send back"),
    Transition("fail", "shielded", "failing", REVIEWER, ("reason",), "提出计划未能执行", "say that the plan failed"),
    Transition("fail", "performed", "failing", REVIEWER, ("reason",), "提出计划未能执行", "say that the plan failed"),
    Transition("speak", "failing", "failing", APPLICANT, ("grounds",), "陈述申辩", "speak in one's defence"),
    Transition("resume", "failing", "resumed", DECIDER, ("heard", *_DECISION), "恢复展示", "show the records again"),
    Transition("dismiss", "failing", "shielded", DECIDER, ("reason", "other_person"), "不成立", "find no failure"),
)

BANKRUPTCY = Workflow("bankruptcy", "submitted", STATES, TRANSITIONS, "破产重整信用修复", "reorganisation")
