"""异议: marked at once, answered in time, decided by two people, and the record ends up as decided."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import factories
from tests.factories import NOW, TODAY
from tests.stages import Stage, answered, decided, objected, others, proposed, stage, take

from chengxin.accounts.models import Message
from chengxin.cases import selectors as cases
from chengxin.cases.models import Case, Deadline, Document
from chengxin.registry import selectors as registry
from chengxin.registry.models import Annotation, RecordVersion
from chengxin.rights import handling, matters, objections, outcomes, policies
from chengxin.rules.errors import Refusal
from chengxin.rules.workflow import NeedsUnmet, NotInThisState

pytestmark = pytest.mark.django_db


@pytest.fixture
def s() -> Stage:
    return stage()


def present(s: Stage) -> RecordVersion:
    version = registry.present_version(s.record)
    assert version is not None
    return version


def marks(s: Stage) -> list[str]:
    return registry.open_marks(s.record)


def test_filing_marks_the_record_at_once_and_tells_both_sides(s):
    case = objected(s)
    assert marks(s) == ["disputed"]
    assert case.respondent == s.source
    assert Message.objects.filter(mailbox=s.subject.id, kind="objection_filed").count() == 1
    assert Message.objects.filter(mailbox=s.source.id, kind="objection_filed").count() == 1


def test_deadlines_come_from_the_law_with_their_derivation(s):
    case = objected(s)
    due = {deadline.key: deadline for deadline in cases.deadlines(case)}
    # Friday 20 November: three working days are the 23rd to the 25th; seven end on Tuesday 1 December.
    assert due["objection.centre_workdays"].due_on == date(2026, 11, 25)
    assert due["objection.total_workdays"].due_on == date(2026, 12, 1)
    assert any("周末" in step["zh"] for step in due["objection.centre_workdays"].derivation)
    assert "《" in due["objection.centre_workdays"].derivation[0]["basis"]


def test_only_the_subject_may_object_and_a_stranger_learns_nothing(s):
    stranger = factories.citizen(factories.firm(factories.OTHER_FIRM, "远岫纸业有限公司"), "stranger")
    answers = set()
    for record in (s.record, factories.firm().id):
        with pytest.raises(policies.RecordNotYours) as refused:
            objections.file(record, actor=stranger, grounds="wrong", text="错", now=NOW, today=TODAY)
        answers.add(str(refused.value))
    assert len(answers) == 1


@pytest.mark.parametrize(("grounds", "text"), [("", "错"), ("unheard of", "错"), ("wrong", "  ")])
def test_an_objection_needs_a_ground_and_a_text(s, grounds, text):
    with pytest.raises(objections.ObjectionRefused):
        objected(s, grounds, text)
    assert marks(s) == []


def test_one_open_objection_for_a_record(s):
    objected(s)
    with pytest.raises(matters.AlreadyOpen):
        objected(s)
    assert Case.objects.count() == 1


def test_not_me_suspends_the_link_at_once(s):
    objected(s, "not_me", "我没有做过这件事。")
    assert present(s).link_suspended
    assert not registry.in_use([s.subject.id], TODAY).exists()


@pytest.mark.parametrize(("outcome", "suspended", "ended"), [
    ("upheld", False, False), ("deleted", True, True), ("unclear", True, False),
])  # fmt: skip
def test_what_becomes_of_a_contested_link(s, outcome, suspended, ended):
    decided(s, outcome, "not_me")
    version = present(s)
    assert (version.link_suspended, version.ended_at is not None) == (suspended, ended)


def test_a_contested_link_cannot_be_answered_by_a_correction(s):
    case = answered(s, "not_me")
    with pytest.raises(outcomes.OutcomeNotAllowed):
        take(case, "propose", s.reviewer, outcome="corrected", note="x", **{"change:CF_NR": "警告"})


def test_corrected_writes_a_successor_and_keeps_the_former_version(s):
    fine = "0.3"
    decided(s, "corrected", **{"change:CF_NR_FK": fine})
    first, *_, last = registry.history(s.record)
    assert first.content["CF_NR_FK"]["fen"] == 500_000
    assert (last.content["CF_NR_FK"]["fen"], last.cause) == (300_000, "corrected")
    assert last.cause_ref == Case.objects.get().number


def test_a_correction_must_name_fields_the_record_has(s):
    case = answered(s)
    for changes in ({}, {"change:NOT_A_FIELD": "x"}):
        with pytest.raises(outcomes.OutcomeNotAllowed):
            take(case, "propose", s.reviewer, outcome="corrected", note="属实", **changes)


@pytest.mark.parametrize(("outcome", "cause"), [("deleted", "deleted"), ("disclosure_stopped", "stopped")])
def test_deleted_and_stopped_records_leave_every_answer(s, outcome, cause):
    decided(s, outcome)
    assert (present(s).cause, present(s).ended_at) == (cause, NOW)
    assert not registry.in_use([s.subject.id], TODAY).exists()


def test_supplemented_adds_the_statement_and_ends_the_mark(s):
    decided(s, "supplemented", statement="罚款已于 2026-05-20 缴清。")
    note = Annotation.objects.get(record_id=s.record, kind="statement", until=None)
    assert note.text == "罚款已于 2026-05-20 缴清。"
    assert marks(s) == ["statement"]


def test_upheld_changes_nothing_but_the_mark(s):
    before = present(s).number
    decided(s, "upheld")
    assert (present(s).number, marks(s)) == (before, [])


def test_unclear_keeps_both_versions_beside_the_record(s):
    case = decided(s, "unclear", statement="信源单位：5000 元；主体：3000 元。")
    assert "3000" in Annotation.objects.get(record_id=s.record, kind="statement").text
    notes = [line.note for line in cases.timeline(case)]
    assert "罚款金额应为 3000 元。" in notes
    assert "经核查，金额录入有误。" in notes


def test_unclear_about_a_person_writes_no_personal_word_outside_the_seal():
    s = stage(factories.person())
    decided(s, "unclear", statement="沈清和说他没有收到。")
    text = Annotation.objects.get(record_id=s.record, kind="statement").text
    assert "沈清和" not in text
    assert Case.objects.get().number in text


def test_the_decision_names_outcome_reason_rule_and_remedy(s):
    case = decided(s, "upheld")
    document = Document.objects.get(case=case, kind="objection_decision")
    text = cases.document_text(document)
    for part in ("维持原记录", "同意拟处理意见", "《", "行政复议", "不收取任何费用"):
        assert part in text
    assert cases.notices(case).filter(kind="objection_decided", mailbox=s.subject.id).exists()


def test_a_decision_needs_a_reason(s):
    case = proposed(s, "upheld")
    with pytest.raises(NeedsUnmet):
        take(case, "decide", s.decider, note=" ")


def test_reviewer_and_decider_are_two_people(s):
    from chengxin.accounts.models import RoleAssignment
    from chengxin.cases.policies import SamePerson

    case = proposed(s, "upheld")
    RoleAssignment.objects.create(user=s.reviewer, role="decider")
    with pytest.raises(SamePerson):
        take(case, "decide", s.reviewer, note="同意")


def test_a_proposal_sent_back_and_replaced_is_the_one_decided(s):
    case = proposed(s, "deleted")
    take(case, "return", s.decider, note="理由不足")
    take(case, "propose", s.reviewer, outcome="upheld", note="重新核查")
    take(case, "decide", s.decider, note="同意")
    assert present(s).ended_at is None


def test_closing_stops_the_clock(s):
    case = decided(s, "upheld")
    assert case.state == "closed"
    assert not Deadline.objects.filter(case=case, met_at=None).exists()
    assert not cases.overdue(TODAY + timedelta(days=90)).exists()


def test_it_can_be_contested_once(s):
    case = decided(s, "upheld")
    take(case, "contest", s.applicant, note="仍然有误")
    assert marks(s) == ["disputed"]
    reviewer, decider = others(s)
    take(case, "propose", reviewer, outcome="deleted", note="复核属实")
    last = take(case, "decide", decider, note="同意")
    assert (last.state, present(s).cause) == ("ended", "deleted")
    with pytest.raises(NotInThisState):
        take(case, "contest", s.applicant, note="再来一次")


def test_withdrawing_takes_the_mark_off_and_restores_the_link(s):
    case = objected(s, "not_me")
    take(case, "withdraw", s.applicant)
    assert (marks(s), present(s).link_suspended) == ([], False)
    assert objected(s).state == "filed"


def test_a_refusal_names_the_remedy_and_ends_the_mark(s):
    case = objected(s)
    take(case, "refuse", s.centre, note="不属于受理范围")
    assert marks(s) == []
    told = Message.objects.filter(mailbox=s.subject.id, kind="objection_decided").latest("delivered_at")
    assert "行政复议" in told.body


def test_a_silent_source_does_not_hold_up_the_applicant(s):
    case = objected(s)
    take(case, "accept", s.centre)
    take(case, "forward", s.centre)
    due = Deadline.objects.get(case=case, key="objection.provider_workdays").due_on
    assert handling.lapse_overdue(now=NOW, today=due) == 0
    with pytest.raises(NeedsUnmet):
        objections.lapse(case.id, now=NOW, today=due)
    assert handling.lapse_overdue(now=NOW, today=due + timedelta(days=1)) == 1
    assert Case.objects.get(pk=case.pk).state == "answered"


def test_a_decision_whose_effect_fails_leaves_no_trace(s):
    """The record was restored meanwhile: nothing is left to delete, so the decision does not stand."""
    from chengxin.registry.models import Cause
    from chengxin.registry.services import end_record

    case = proposed(s, "deleted")
    end_record(s.record, Cause.RESTORED, ref="test", now=NOW)
    with pytest.raises(Refusal):
        take(case, "decide", s.decider, note="同意")
    assert Case.objects.get(pk=case.pk).state == "proposed"
    assert not Document.objects.filter(kind="objection_decision").exists()


def test_without_the_source_on_the_platform_the_centre_checks_itself():
    s = stage(authority_code="11320199000000111X")
    case = take(objected(s), "accept", s.centre)
    with pytest.raises(objections.ObjectionRefused):
        take(case, "forward", s.centre)
    assert take(case, "propose", s.reviewer, outcome="upheld", note="核查").state == "proposed"
