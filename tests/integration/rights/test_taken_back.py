"""A source takes back a record that a case is about: the case ends, told; whose record it is stays open."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from tests.factories import NOW, TODAY
from tests.stages import Stage, answered, applied, objected, others, proposed, stage, take

from chengxin.accounts.models import Message
from chengxin.cases.models import Case
from chengxin.cases.selectors import case as case_of
from chengxin.registry import hiding, selectors, sourced
from chengxin.registry.models import Cause
from chengxin.registry.services import RecordNotOpen
from chengxin.rights import bankruptcy, outcomes, taken_back
from chengxin.rights.models import Matter
from chengxin.rules.errors import Refusal

pytestmark = pytest.mark.django_db
REF = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
def s() -> Stage:
    return stage()


def to_delete(s: Stage) -> Case:
    return proposed(s, "deleted")


def take_back(record: UUID) -> None:
    sourced.withdraw(record, ref=REF, now=NOW)


def state(case: Case) -> str:
    found = case_of(case.pk)
    assert found is not None
    return found.state


@pytest.mark.parametrize("far", [objected, answered, to_delete], ids=["filed", "answered", "proposed"])
def test_an_objection_ends_without_a_decision_and_both_sides_are_told(s, far):
    case = far(s)
    take_back(s.record)
    assert taken_back.end_cases(now=NOW) == 1
    assert state(case) == "record_withdrawn"
    assert selectors.open_marks(s.record) == []
    assert not Matter.objects.get(case=case).open
    told = Message.objects.get(mailbox=s.subject.id, kind="case_record_withdrawn")
    assert "撤回" in told.body and "复核一次" in told.body
    assert Message.objects.filter(mailbox=s.source.id, kind="case_record_withdrawn").count() == 1
    assert taken_back.end_cases(now=NOW) == 0, "once is enough"


def test_a_restoration_ends_without_a_decision(s):
    case = applied(s)
    take_back(s.record)
    assert taken_back.end_cases(now=NOW) == 1
    assert state(case) == "record_withdrawn"
    told = Message.objects.get(mailbox=s.subject.id, kind="case_record_withdrawn")
    assert "再次免费申请修复" in told.body and "复核" not in told.body


def test_cases_about_records_that_stand_go_on(s):
    case = objected(s)
    assert taken_back.end_cases(now=NOW) == 0
    assert state(case) == "filed"


def test_it_can_be_contested_once_and_people_answer(s):
    case = objected(s)
    take_back(s.record)
    taken_back.end_cases(now=NOW)
    take(case, "contest", s.applicant, note="应当删除，而不只是撤回")
    assert taken_back.end_cases(now=NOW) == 0, "a review is answered by people"
    reviewer, decider = others(s)
    with pytest.raises(outcomes.OutcomeNotAllowed):
        take(case, "propose", reviewer, note="改金额", outcome="corrected", **{"change:CF_WSH": "x"})
    take(case, "propose", reviewer, note="应当删除", outcome="deleted")
    take(case, "decide", decider, note="同意")
    assert state(case) == "ended"
    version = selectors.present_version(s.record)
    assert version is not None and version.cause == Cause.DELETED and version.ended_at is not None
    with pytest.raises(RecordNotOpen):
        sourced.undo_withdrawal(s.record, ref=REF, now=NOW)
    with pytest.raises(Refusal):
        take(case, "contest", s.applicant, note="再来")


@pytest.mark.parametrize(("outcome", "comes_back"), [("deleted", False), ("upheld", True), ("unclear", True)])
def test_whose_record_it_is_is_decided_all_the_same(s, outcome, comes_back):
    case = objected(s, "not_me", "不是我的")
    answered_case(s, case)
    take_back(s.record)
    assert taken_back.end_cases(now=NOW) == 0, "the source may undo its withdrawal, so the doubt is settled"
    take(case, "propose", s.reviewer, note="已核对", outcome=outcome)
    take(case, "decide", s.decider, note="同意")
    assert state(case) == "closed"
    version = selectors.present_version(s.record)
    assert version is not None and version.ended_at is not None
    if not comes_back:
        with pytest.raises(RecordNotOpen):
            sourced.undo_withdrawal(s.record, ref=REF, now=NOW)
        return
    back = sourced.undo_withdrawal(s.record, ref=REF, now=NOW)
    assert back.ended_at is None
    assert back.link_suspended == (outcome == "unclear"), "only a confirmed link serves answers again"


def test_the_doubt_ends_with_the_objection_and_returns_with_the_contest(s):
    case = objected(s, "not_me", "不是我的")
    take_back(s.record)
    take(case, "refuse", s.centre, note="没有说明理由")
    assert not selectors.present_version(s.record).link_suspended
    take(case, "contest", s.applicant, note="确实不是我")
    assert selectors.present_version(s.record).link_suspended
    assert sourced.undo_withdrawal(s.record, ref=REF, now=NOW).link_suspended


def answered_case(s: Stage, case: Case) -> None:
    take(case, "accept", s.centre)
    take(case, "forward", s.centre)
    take(case, "answer", s.clerk, stands="yes", note="核查无误")


def test_a_reorganisation_lets_go_of_it_and_hides_it_again_should_it_come_back():
    s = stage()
    ruling = bankruptcy.Ruling("示例市中级人民法院", "（2026）示01破1号", TODAY, date(2027, 5, 1))
    case = bankruptcy.file(s.subject.id, ruling, actor=s.applicant, now=NOW, today=TODAY, text="裁定书附后")
    take(case, "propose", s.reviewer, note="已向法院核对")
    take(case, "shield", s.decider, note="同意")
    take_back(s.record)
    assert taken_back.hide_again(now=NOW) == 0
    assert bankruptcy.hidden_by(case_of(case.pk)) == []
    sourced.undo_withdrawal(s.record, ref=REF, now=NOW)
    assert taken_back.hide_again(now=NOW) == 1
    assert bankruptcy.hidden_by(case_of(case.pk)) == [s.record]
    assert taken_back.hide_again(now=NOW) == 0
    take(case, "fail", s.reviewer, note="未按计划清偿")
    take(case, "speak", s.applicant, note="无异议")
    take(case, "resume", s.decider, note="计划未执行", heard="已听取")
    assert hiding.hidden(s.record) is None and taken_back.hide_again(now=NOW) == 0
