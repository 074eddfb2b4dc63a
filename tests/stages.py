"""Small builders of cases for tests: a record, its subject, its source, two officers, and shortcuts through a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chengxin.accounts.models import Agency, User
from chengxin.accounts.roles import Role
from chengxin.cases.models import Case
from chengxin.registry.models import Subject
from chengxin.rights import handling, objections, restoration
from chengxin.supervision import services as supervision
from chengxin.supervision.models import Measure, MeasureProposal
from tests import factories
from tests.factories import NOW, TODAY

CENTRE_CODE = "113201990000000518"
LONG_AGO = date(2026, 4, 15)
"""Old enough that a general penalty decided on this day may be restored on TODAY, three months later."""


@dataclass(frozen=True)
class Stage:
    """Who is on the stage of a case."""

    subject: Subject
    record: UUID
    applicant: User
    source: Agency
    clerk: User
    centre: User
    reviewer: User
    decider: User


def stage(subject: Subject | None = None, *, decided: date = LONG_AGO, **record: Any) -> Stage:
    """Return a subject with a negative record, its source agency with a clerk, and the centre's three officers."""
    factories.law()
    subject = subject or factories.firm()
    source, centre = factories.agency(), factories.agency(CENTRE_CODE, runs_platform=True)
    return Stage(
        subject,
        factories.record(subject, decided=decided, **record),
        factories.citizen(subject, "applicant"),
        source,
        factories.user("clerk", Role.SOURCE_CLERK, of=source),
        factories.user("centre", Role.CENTRE_OPERATOR, of=centre),
        factories.user("reviewer", Role.REVIEWER, of=centre),
        factories.user("decider", Role.DECIDER, of=centre),
    )


def others(s: Stage) -> tuple[User, User]:
    """Return a reviewer and a decider who had no part in the first round of a case."""
    unit = s.centre.agency
    return factories.user("reviewer2", Role.REVIEWER, of=unit), factories.user("decider2", Role.DECIDER, of=unit)


def at(day: date) -> datetime:
    """Return half past nine in Shanghai on a day."""
    return datetime.combine(day, time(9, 30), ZoneInfo("Asia/Shanghai"))


def objected(s: Stage, grounds: str = "wrong", text: str = "罚款金额应为 3000 元。") -> Case:
    """File an objection."""
    return objections.file(s.record, actor=s.applicant, grounds=grounds, text=text, now=NOW, today=TODAY)


def application(**changed: Any) -> restoration.Application:
    """Return complete papers."""
    parts = {
        "commitment_version": restoration.COMMITMENT_VERSION,
        "commitment_made": True,
        "duty_text": "罚款已缴清，票据附后。",
        "duty_performed_on": date(2026, 5, 20),
        **changed,
    }
    return restoration.Application(**parts)


def applied(s: Stage, **changed: Any) -> Case:
    """Apply for restoration."""
    return restoration.apply(s.record, application(**changed), actor=s.applicant, now=NOW, today=TODAY)


def take(case: Case, action: str, actor: User, *, day: date = TODAY, version: int | None = None, **fields: str) -> Case:
    """Take one step the way the console does."""
    return handling.take(case.id, action, actor=actor, now=at(day), today=day, version=version, fields=fields)


def answered(s: Stage, grounds: str = "wrong") -> Case:
    """Bring an objection to the point where the source has answered."""
    case = objected(s, grounds)
    take(case, "accept", s.centre)
    take(case, "forward", s.centre)
    return take(case, "answer", s.clerk, stands="no", note="经核查，金额录入有误。")


def proposed(s: Stage, outcome: str, grounds: str = "wrong", **fields: str) -> Case:
    """Bring an objection to the point where an outcome is proposed."""
    return take(answered(s, grounds), "propose", s.reviewer, outcome=outcome, note="核查属实。", **fields)


def decided(s: Stage, outcome: str, grounds: str = "wrong", **fields: str) -> Case:
    """Bring an objection to its decision."""
    return take(proposed(s, outcome, grounds, **fields), "decide", s.decider, note="同意拟处理意见。")


def verified(s: Stage) -> Case:
    """Bring a restoration to the point where it is being verified."""
    case = applied(s)
    take(case, "accept", s.clerk)
    return take(case, "verify", s.clerk)


def restored(s: Stage) -> Case:
    """Bring a restoration to its end."""
    case = take(verified(s), "propose", s.reviewer, outcome="approved", note="条件均已满足。")
    return take(case, "approve", s.decider, note="同意。")


def listed_stage(**changed: Any) -> Stage:
    """Return a stage whose record is an entry in a list of seriously dishonest subjects, restorable by now."""
    content = {"TY_MC": "列入市场监督管理严重违法失信名单"}
    return stage(**{"item": "JS-YZ-01", "decided": date(2025, 10, 1), "content": content, **changed})


def proposal(s: Stage, code: str = "A-01", **changed: Any) -> MeasureProposal:
    """Propose a measure."""
    parts = {
        "reason": "列入严重违法失信名单，尚未移出",
        "starts_on": TODAY,
        "ends_on": date(2027, 6, 30),
        "actor": s.clerk,
        "now": NOW,
        "today": TODAY,
        **changed,
    }
    return supervision.propose(parts.pop("record", s.record), code, **parts)


def imposed(s: Stage, found: MeasureProposal | None = None, **changed: Any) -> Measure:
    """Impose a measure as decided by the decider."""
    parts = {
        "decision_no": "示监措决〔2026〕3号",
        "remedy": "可以依法申请行政复议或者提起行政诉讼。",
        "decided_by": s.decider,
    }
    parts = {**parts, "now": NOW, "today": TODAY, **changed}
    return supervision.impose((found or proposal(s)).id, **parts)
