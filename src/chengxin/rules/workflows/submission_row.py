"""报送行: what may become of a row of a file, from its receipt to the day its source takes the record back.

Matching is no state of its own: it happens inside the admission of a batch, whole or not at all. What a source did is
undone by the source; what a person judged about a match is not undone here. A row that waits for a person can be taken
back by its source: it never was a record, so it has a state of its own and nothing is reinstated.
"""

from __future__ import annotations

from chengxin.rules.workflow import State, Transition, Workflow
from chengxin.rules.workflow_words import CENTRE, SOURCE, SYSTEM

STATES = (
    State("received", "已接收", "received"),
    State("valid", "待入库", "valid"),
    State("returned", "退回", "returned", final=True),
    State("waiting", "待人工判定", "waiting for a person"),
    State("duplicate", "已有相同记录", "known and unchanged", final=True),
    State("admitted", "已入库", "admitted", final=True),
    State("corrected", "已更正入库", "admitted as a correction", final=True),
    State("withdrawn", "已撤回", "withdrawn by the source", final=True),
    State("mended", "已重报", "filed again", final=True),
    State("retracted", "入库前撤回", "taken back before it was stored", final=True),
)

TRANSITIONS = (
    Transition("pass", "received", "valid", SYSTEM, (), "校验通过", "pass the check"),
    Transition("return", "received", "returned", SYSTEM, ("reason",), "校验不通过", "fail the check"),
    Transition("admit", "valid", "admitted", SYSTEM, (), "主体确定，入库", "admit"),
    Transition("ask", "valid", "waiting", SYSTEM, (), "主体存疑，转人工", "ask a person"),
    Transition("recognise", "valid", "duplicate", SYSTEM, (), "与已有记录相同", "recognise as known"),
    Transition("return", "valid", "returned", SYSTEM, ("reason",), "与已有记录不同或不能入库", "send back"),
    Transition("same", "waiting", "valid", CENTRE, (), "判定为同一主体", "judge the same subject"),
    Transition("other", "waiting", "returned", CENTRE, ("reason",), "判定不是同一主体", "judge another subject"),
    Transition("correct", "returned", "corrected", SOURCE, ("reason",), "确认作为更正", "confirm as a correction"),
    Transition("mend", "returned", "mended", SOURCE, (), "改正后或原样重报", "file again, mended or not"),
    Transition("retract", "waiting", "retracted", SOURCE, ("reason",), "入库前撤回", "take back before it is stored"),
    Transition("withdraw", "admitted", "withdrawn", SOURCE, ("reason",), "撤回", "withdraw"),
    Transition("withdraw", "corrected", "withdrawn", SOURCE, ("reason",), "撤回", "withdraw"),
    Transition("reinstate", "withdrawn", "admitted", SOURCE, ("reason",), "撤销撤回", "undo the withdrawal"),
)

SUBMISSION_ROW = Workflow("submission_row", "received", STATES, TRANSITIONS, "报送行", "row of a submission")
