"""Reorganisation: hidden while the plan is performed, repaired when it is executed, shown again when it fails."""

from __future__ import annotations

from datetime import date

import pytest
from tests import factories, stages
from tests.factories import NOW, TODAY
from tests.stages import Stage

from chengxin.cases import selectors as cases
from chengxin.cases.models import Case
from chengxin.cases.policies import RoleMissing
from chengxin.disclosure import feed, publication
from chengxin.registry import selectors
from chengxin.registry.models import Cause
from chengxin.rights import bankruptcy, matters
from chengxin.rights.objections import Act
from chengxin.rights.policies import RecordNotYours
from chengxin.rules.workflow import NeedsUnmet
from chengxin.supervision import selectors as supervision

pytestmark = pytest.mark.django_db
RULING = bankruptcy.Ruling("示例市中级人民法院", "（2026）示破1号", date(2026, 11, 2), date(2028, 11, 2))


@pytest.fixture
def s() -> Stage:
    return stages.listed_stage()


def filed(s: Stage, **changed) -> Case:
    ruling = bankruptcy.Ruling(**{**RULING.__dict__, **changed})
    return bankruptcy.file(s.subject.id, ruling, actor=s.applicant, now=NOW, today=TODAY)


def by(actor, case: Case) -> Act:
    return Act(case.pk, actor, NOW, TODAY)


def shielded(s: Stage) -> Case:
    case = filed(s)
    bankruptcy.propose(by(s.reviewer, case), "裁定属实。")
    return bankruptcy.shield(by(s.decider, case), "同意。")


def shown(s: Stage) -> int:
    public = selectors.published(TODAY).count()
    assert public == len(publication.latest("all", TODAY).rows)
    return public


def test_while_the_plan_is_performed_every_negative_record_is_hidden_and_measures_are_lifted(s):
    factories.record(s.subject, document_no="示交罚〔2026〕8号")
    factories.record(s.subject, item=factories.LICENCE, document_no="示许〔2026〕1号", content={"XK_NR": "许可"})
    stages.imposed(s)
    assert shown(s) == 3
    case = shielded(s)
    assert shown(s) == 1  # The licence is nothing to hide.
    assert len(bankruptcy.hidden_by(case)) == 2
    assert not supervision.measures_in_force([s.subject.id], TODAY).exists()


def test_after_the_plan_is_executed_the_records_end_for_good(s):
    case = shielded(s)
    bankruptcy.report(by(s.applicant, case), "（2026）示破1号之二，终结重整程序。")
    bankruptcy.confirm(by(s.reviewer, case), "核实。")
    case = bankruptcy.repair(by(s.decider, case), "同意。")
    assert (case.state, shown(s), bankruptcy.hidden_by(case)) == ("repaired", 0, [])
    assert selectors.present_version(s.record).cause == Cause.RESTORED


def test_when_the_plan_fails_the_records_stand_again_after_a_hearing_and_measures_do_not(s):
    stages.imposed(s)
    case = shielded(s)
    bankruptcy.fail(by(s.reviewer, case), "法院裁定终止执行。")
    bankruptcy.speak(by(s.applicant, case), "计划仍可执行，管理人已申请延长。")
    with pytest.raises(NeedsUnmet):
        bankruptcy.resume(by(s.decider, case), "同意。", "")
    case = bankruptcy.resume(by(s.decider, case), "同意。", "2026年11月20日书面陈述，意见不成立。")
    assert (case.state, shown(s)) == ("resumed", 1)
    assert selectors.present_version(s.record).cause == Cause.RESUMED
    assert not supervision.measures_in_force([s.subject.id], TODAY).exists()


def test_no_failure_found_keeps_the_records_hidden(s):
    case = shielded(s)
    bankruptcy.fail(by(s.reviewer, case), "疑未执行。")
    assert bankruptcy.dismiss(by(s.decider, case), "计划仍在执行。").state == "shielded"
    assert shown(s) == 0


def test_recipients_get_the_withdrawal_and_the_return(s):
    feed.collect(NOW, TODAY)
    case = shielded(s)
    feed.collect(NOW, TODAY)
    bankruptcy.fail(by(s.reviewer, case), "法院裁定终止执行。")
    bankruptcy.speak(by(s.applicant, case), "没有意见。")
    bankruptcy.resume(by(s.decider, case), "同意。", "已听取。")
    feed.collect(NOW, TODAY)
    assert [delta.kind for delta in feed.Delta.objects.order_by("number")] == ["publish", "withdraw", "change"]


def test_an_objection_decided_meanwhile_does_not_bring_the_record_back(s):
    case = stages.proposed(s, "upheld")
    bank = shielded(s)
    stages.take(case, "decide", s.decider, note="维持。")
    assert shown(s) == 0
    assert bankruptcy.hidden_by(bank) == [s.record]


def test_reviewer_and_decider_are_two_people_and_one_case_is_open_at_a_time(s):
    case = filed(s)
    with pytest.raises(matters.AlreadyOpen):
        filed(s)
    bankruptcy.propose(by(s.reviewer, case), "裁定属实。")
    with pytest.raises(RoleMissing):
        bankruptcy.shield(by(s.reviewer, case), "同意。")


@pytest.mark.parametrize(
    "changed", [{"court": " "}, {"number": ""}, {"ruled_on": date(2027, 1, 1)}, {"perform_by": date(2026, 1, 1)}]
)
def test_without_a_ruling_nothing_begins(s, changed):
    with pytest.raises(bankruptcy.ReorganisationRefused):
        filed(s, **changed)
    assert not Case.objects.exists()


def test_only_an_organisations_own_representative_may_apply(s):
    stranger = factories.citizen(factories.person(), "stranger")
    with pytest.raises(RecordNotYours):
        bankruptcy.file(s.subject.id, RULING, actor=stranger, now=NOW, today=TODAY)


def test_refusing_and_withdrawing_change_no_record(s):
    bankruptcy.refuse(by(s.centre, filed(s)), "裁定与本单位无关。")
    assert bankruptcy.withdraw(by(s.applicant, filed(s))).state == "withdrawn"
    assert shown(s) == 1


def test_the_papers_of_a_restoration_are_of_another_kind(s):
    case = stages.applied(s)
    with pytest.raises(matters.NoMatter):
        bankruptcy.propose(by(s.reviewer, case), "理由。")


def test_nothing_is_decided_while_the_time_to_speak_runs(s):
    case = shielded(s)
    bankruptcy.fail(by(s.reviewer, case), "法院裁定终止执行。")
    found = bankruptcy.hearing(Case.objects.get(pk=case.pk))
    assert found is not None
    assert (found.spoken, found.time.due_on) == (False, date(2026, 11, 27))
    last, after = date(2026, 11, 27), date(2026, 11, 28)
    with pytest.raises(bankruptcy.ReorganisationRefused) as refused:
        bankruptcy.resume(Act(case.pk, s.decider, stages.at(last), last), "同意。", "电话听取。")
    assert "2026-11-27" in refused.value.in_language("zh-hans")
    case = bankruptcy.resume(Act(case.pk, s.decider, stages.at(after), after), "同意。", "期满未陈述。")
    assert case.state == "resumed"


def test_what_was_said_against_an_earlier_failure_does_not_count_for_a_new_one(s):
    case = shielded(s)
    bankruptcy.fail(by(s.reviewer, case), "疑未执行。")
    bankruptcy.speak(by(s.applicant, case), "仍在执行。")
    bankruptcy.dismiss(by(s.decider, case), "计划仍在执行。")
    bankruptcy.fail(by(s.reviewer, case), "法院裁定终止执行。")
    with pytest.raises(bankruptcy.ReorganisationRefused):
        bankruptcy.resume(by(s.decider, case), "同意。", "上次已听取。")


def test_only_the_organisation_speaks_for_itself_and_must_say_something(s):
    case = shielded(s)
    bankruptcy.fail(by(s.reviewer, case), "疑未执行。")
    with pytest.raises(RoleMissing):
        bankruptcy.speak(by(s.reviewer, case), "代为陈述。")
    with pytest.raises(NeedsUnmet):
        bankruptcy.speak(by(s.applicant, case), " ")


def letter(case: Case) -> str:
    """Return the decision issued last."""
    found = cases.documents(case).filter(kind="reorganisation_decision").last()
    assert found is not None
    return cases.document_text(found)


def test_every_outcome_names_its_own_remedy(s):
    case = shielded(s)
    assert "本决定支持了您的申请" in letter(case)
    assert "不服" not in letter(case)
    bankruptcy.fail(by(s.reviewer, case), "法院裁定终止执行。")
    bankruptcy.speak(by(s.applicant, case), "没有意见。")
    bankruptcy.resume(by(s.decider, case), "同意。", "已听取。")
    assert "如不服恢复展示" in letter(case)
    other = filed(s)
    bankruptcy.refuse(by(s.centre, other), "裁定与本单位无关。")
    assert "再次免费申请" in letter(other)
