"""目录变更: drafted by one person, checked by a second, open to comment, approved by a third, in force from a day.

A change that takes rights or duties along waits for the end of the comment period; what it moves is looked at first.
"""

from __future__ import annotations

from chengxin.rules.workflow import State, Transition, Workflow
from chengxin.rules.workflow_words import CENTRE, DECIDER, REVIEWER, SYSTEM

STATES = (
    State("draft", "起草", "draft"),
    State("legal_check", "合法性审核", "legal check"),
    State("comment", "征求意见", "open to comment"),
    State("approved", "已批准，待生效", "approved, not yet in force"),
    State("in_force", "生效", "in force", final=True),
    State("retired", "已停用", "retired", final=True),
    State("discarded", "已作废", "discarded", final=True),
)

TRANSITIONS = (
    Transition("revise", "draft", "draft", CENTRE, ("own_draft",), "修改", "revise"),
    Transition("submit", "draft", "legal_check", CENTRE, ("own_draft",), "送合法性审核", "send to the legal check"),
    Transition("discard", "draft", "discarded", CENTRE, ("own_draft", "reason"), "作废", "discard"),
    Transition(
        "pass", "legal_check", "comment", REVIEWER, ("not_author", "reason"), "审核通过", "pass the legal check"
    ),
    Transition("return", "legal_check", "draft", REVIEWER, ("not_author", "reason"), "退回修改", "send back"),
    # What comes in by the public form or an agency's is written by the platform, and moves nothing.
    Transition("comment", "comment", "comment", SYSTEM, (), "收到意见", "receive a comment"),
    Transition("answer", "comment", "comment", CENTRE, ("answer",), "答复意见", "answer a comment"),
    Transition("note", "comment", "comment", CENTRE, ("reason",), "登记意见", "record a comment"),
    Transition(
        "approve",
        "comment",
        "approved",
        DECIDER,
        ("not_author", "not_checker", "comment_over", "comments_answered", "impact_seen", "reason"),
        "批准",
        "approve",
    ),
    Transition("return", "comment", "draft", DECIDER, ("not_author", "not_checker", "reason"), "退回修改", "send back"),
    Transition(
        "discard", "approved", "discarded", DECIDER, ("not_author", "reason"), "撤销批准", "revoke the approval"
    ),
    Transition("start", "approved", "in_force", SYSTEM, ("day_come",), "到日生效", "come into force"),
    # A later change of the same thing, or its retirement, ends this one; what was recorded under it stays.
    Transition("retire", "in_force", "retired", SYSTEM, (), "由后一变更取代", "be replaced by a later change"),
)

CATALOGUE_ITEM = Workflow("catalogue_item", "draft", STATES, TRANSITIONS, "目录变更", "change of the catalogue")
