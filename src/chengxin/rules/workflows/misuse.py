"""违规查询核查: a finding of a rule is asked about, explained, judged by one person and confirmed by another.

The platform only opens it (charter C23). A unit that says nothing in time is judged on what there is.
"""

from __future__ import annotations

from chengxin.rules.workflow import State, Transition, Workflow

STATES = (
    State("open", "待请单位说明", "to be put to the unit"),
    State("asked", "等待单位说明", "waiting for the unit"),
    State("explained", "待判断", "to be judged"),
    State("judged", "待第二人复核", "waiting for the second person"),
    State("justified", "有正当理由", "justified", final=True),
    State("misuse", "属于违规查询", "misuse", final=True),
    State("rule_wrong", "规则误报", "the rule was wrong", final=True),
)

VERDICTS = ("justified", "misuse", "rule_wrong")
AUDITOR, UNIT = frozenset({"auditor"}), frozenset({"enquirer"})
_SECOND = ("reason", "other_person")

TRANSITIONS = (
    Transition("ask", "open", "asked", AUDITOR, (), "请单位说明", "ask the unit"),
    Transition("explain", "asked", "explained", UNIT, ("answer",), "说明情况", "explain"),
    Transition("silent", "asked", "explained", AUDITOR, ("deadline_passed",), "逾期未说明", "note the silence"),
    Transition("judge", "explained", "judged", AUDITOR, ("outcome", "reason"), "提出判断", "judge"),
    Transition("return", "judged", "explained", AUDITOR, _SECOND, "不同意，退回", "disagree and send back"),
    Transition("confirm_justified", "judged", "justified", AUDITOR, _SECOND, "复核：有正当理由", "confirm: justified"),
    Transition("confirm_misuse", "judged", "misuse", AUDITOR, _SECOND, "复核：属于违规", "confirm: misuse"),
    Transition("confirm_rule_wrong", "judged", "rule_wrong", AUDITOR, _SECOND, "复核：规则误报", "confirm: rule wrong"),
)

MISUSE = Workflow("misuse", "open", STATES, TRANSITIONS, "违规查询核查", "review of a suspicious read")
