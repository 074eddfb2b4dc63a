"""The words the procedure tables may use: roles and needs, each with a name in both languages."""

from __future__ import annotations

ROLES: dict[str, tuple[str, str]] = {
    "auditor": ("审计员", "auditor"),
    "centre_operator": ("信用中心经办员", "centre operator"),
    "citizen": ("公民本人", "citizen"),
    "decider": ("决定人", "decider"),
    "enquirer": ("查询员", "enquirer"),
    "organisation_representative": ("单位代表", "organisation representative"),
    "reviewer": ("审核人", "reviewer"),
    "source_clerk": ("信源单位经办员", "source clerk"),
    "system": ("系统", "system"),
}

NEEDS: dict[str, tuple[str, str]] = {
    "answer": ("书面答复", "a written answer"),
    "applicant_told": ("已告知申请人", "the applicant has been told"),
    "comment_over": ("征求意见期届满", "the end of the comment period"),
    "comments_answered": ("逐条答复收到的意见", "an answer to every comment that came in"),
    "day_come": ("生效日已到", "the day it comes into force"),
    "deadline_passed": ("期限已过", "the time limit has passed"),
    "effects_done": ("处理结果已落实", "the outcome has been carried out"),
    "grounds": ("理由", "grounds"),
    "impact_seen": ("核对当前的影响", "a look at what it moves today"),
    "heard": ("已听取当事人意见", "the party has been heard"),
    "key_destroyed": ("密钥销毁和删除的存证", "proof that the key and the openings are gone"),
    "not_author": ("由起草人以外的人办理", "somebody other than the author"),
    "not_checker": ("由审核人以外的人办理", "somebody other than the legal checker"),
    "own_draft": ("由起草人本人办理", "the author"),
    "outcome": ("处理结论", "an outcome"),
    "materials": ("申请材料", "the application papers"),
    "other_person": ("决定人与审核人不是同一人", "the decider is not the reviewer"),
    "reason": ("说明理由", "a stated reason"),
    "record_withdrawn": ("记录已由报送单位撤回", "the source has withdrawn the record"),
    "receipts": ("停止公示、停止共享使用、解除措施三项回执", "three receipts: unpublished, unshared, measures lifted"),
    "remedy": ("救济途径", "the way to appeal"),
}


def role_names() -> dict[str, str]:
    """Return the Chinese name of every role, for diagrams."""
    return {code: zh for code, (zh, _) in ROLES.items()}


APPLICANT = frozenset({"citizen", "organisation_representative"})
SOURCE = frozenset({"source_clerk"})
CENTRE = frozenset({"centre_operator"})
REVIEWER = frozenset({"reviewer"})
DECIDER = frozenset({"decider"})
SYSTEM = frozenset({"system"})
