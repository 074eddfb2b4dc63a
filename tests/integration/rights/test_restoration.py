"""信用修复: not before its day, decided by two people, three effects or none, and undone when the papers were false."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories import NOW, TODAY, penalty_content
from tests.stages import Stage, applied, objected, restored, stage, take, verified

from chengxin.accounts.models import Message
from chengxin.cases import selectors as cases
from chengxin.cases.models import Case, Document
from chengxin.registry import selectors as registry
from chengxin.registry.models import RecordVersion
from chengxin.rights import eligibility, restoration, selectors
from chengxin.rights.models import Effect
from chengxin.rules.workflow import NeedsUnmet, NotInThisState

pytestmark = pytest.mark.django_db


@pytest.fixture
def s() -> Stage:
    return stage()


def present(s: Stage) -> RecordVersion:
    version = registry.present_version(s.record)
    assert version is not None
    return version


def test_before_its_earliest_day_it_is_refused_with_date_and_derivation():
    s = stage(decided=date(2026, 11, 12))
    with pytest.raises(eligibility.NotYetRestorable) as refused:
        applied(s)
    earliest = present(s).restorable_from.isoformat()
    assert refused.value.facts["earliest"] == earliest
    assert earliest in refused.value.zh
    assert refused.value.facts["derivation"]
    assert registry.open_marks(s.record) == []


def test_on_its_earliest_day_it_is_accepted_and_the_day_before_it_is_not(s):
    earliest = present(s).restorable_from
    day_before = selectors.eligibility(s.record, earliest - timedelta(days=1))
    assert [condition.code for condition in day_before.failed] == ["date_reached"]
    assert not selectors.eligibility(s.record, earliest).failed


def test_applying_marks_the_record_and_reaches_the_authority(s):
    case = applied(s)
    assert case.state == "pushed"
    assert registry.open_marks(s.record) == ["under_repair"]
    assert Message.objects.filter(mailbox=s.source.id, kind="restoration_pushed").exists()
    assert cases.documents(case).filter(kind="commitment").count() == 1


def test_deadlines_are_three_and_ten_working_days_with_derivation(s):
    due = {deadline.key: deadline for deadline in cases.deadlines(applied(s))}
    assert due["repair.accept_workdays"].due_on == date(2026, 11, 25)
    assert due["repair.reply_workdays"].due_on == date(2026, 12, 4)
    assert all(deadline.derivation for deadline in due.values())


@pytest.mark.parametrize("papers", [{"commitment_made": False}, {"commitment_version": "2019-1"},
                                    {"duty_performed_on": TODAY + timedelta(days=1)}])  # fmt: skip
def test_commitment_and_dates_are_checked(s, papers):
    with pytest.raises(restoration.RestorationRefused):
        applied(s, **papers)
    assert not Case.objects.exists()


def test_papers_without_proof_wait_for_completion(s):
    case = applied(s, duty_text="", duty_performed_on=None)
    assert case.state == "submitted"
    take(case, "ask_completion", s.centre, note="请补缴款票据")
    take(case, "complete", s.applicant, note="票据附后", performed_on="2026-05-20")
    assert take(case, "push", s.centre).state == "pushed"


def test_an_excluded_penalty_can_not_be_restored():
    s = stage(content=penalty_content(category="吊销许可证件"))
    found = selectors.eligibility(s.record, date(2028, 1, 10))
    excluded = {condition.code for condition in found.failed} & {"not_excluded"}
    from chengxin.catalogue import lawbook

    assert bool(excluded) == any("吊销" in kind for kind in lawbook.current().names("repair.excluded_kinds", TODAY))


def test_approval_has_three_effects_each_with_time_and_receipt(s):
    case = restored(s)
    assert case.state == "closed"
    effects = {effect.kind: effect for effect in Effect.objects.filter(case=case)}
    assert set(effects) == {"publish", "share_use", "measures", "recipients"}
    assert all(effect.done_at == NOW and effect.receipt["entry"] == effect.entry_id for effect in effects.values())
    assert (present(s).cause, present(s).ended_at) == ("restored", NOW)
    assert not registry.published(TODAY).exists()
    assert not registry.in_use([s.subject.id], TODAY).exists()
    assert registry.open_marks(s.record) == []


def test_the_decision_says_which_rules_decided_and_is_downloadable(s):
    case = restored(s)
    document = Document.objects.get(case=case, kind="restoration_decision")
    text = cases.document_text(document)
    assert "准予修复" in text
    assert "修复" in text.split("依据：")[1].split("\n")[0]
    assert "不收取任何费用" in text


def test_denial_names_reason_and_remedy_and_changes_nothing(s):
    case = take(verified(s), "propose", s.reviewer, outcome="denied", note="罚款未缴清。")
    take(case, "deny", s.decider, note="罚款未缴清。")
    assert present(s).ended_at is None
    assert registry.open_marks(s.record) == []
    told = Message.objects.get(mailbox=s.subject.id, kind="restoration_decided")
    assert "行政复议" in told.body
    assert applied(s).state == "pushed"


def test_a_decider_of_another_mind_sends_back_and_cannot_turn_the_proposal_round(s):
    case = take(verified(s), "propose", s.reviewer, outcome="denied", note="未缴清。")
    with pytest.raises(restoration.RestorationRefused):
        take(case, "approve", s.decider, note="我看可以")
    assert Case.objects.get(pk=case.pk).state == "proposed"
    assert present(s).ended_at is None


def test_false_papers_bring_the_record_back_and_bar_the_next_application(s):
    case = restored(s)
    take(case, "doubt", s.reviewer, note="票据系伪造")
    with pytest.raises(NeedsUnmet):
        take(case, "cancel", s.decider, note="属实", heard="")
    last = take(case, "cancel", s.decider, note="票据系伪造", heard="已书面听取，未能说明来源")
    assert last.state == "cancelled"
    assert (present(s).cause, present(s).ended_at) == ("reinstated", None)
    assert "not_barred" in {c.code for c in selectors.eligibility(s.record, TODAY + timedelta(days=1)).failed}


def test_papers_found_in_order_leave_the_restoration_standing(s):
    case = restored(s)
    take(case, "doubt", s.reviewer, note="票据存疑")
    assert take(case, "dismiss", s.decider, note="经核实为真").state == "closed"
    assert present(s).cause == "restored"


def test_extension_is_refused_while_the_law_gives_no_length(s):
    with pytest.raises(restoration.RestorationRefused):
        take(verified(s), "extend", s.clerk, note="需鉴定")


def test_withdrawing_takes_the_mark_off(s):
    case = applied(s)
    take(case, "withdraw", s.applicant)
    assert registry.open_marks(s.record) == []


def test_restoration_and_objection_marks_do_not_take_each_other_off(s):
    case, _ = applied(s), objected(s)
    assert set(registry.open_marks(s.record)) == {"under_repair", "disputed"}
    take(case, "withdraw", s.applicant)
    assert registry.open_marks(s.record) == ["disputed"]


def test_nothing_follows_a_withdrawn_application(s):
    case = take(applied(s), "withdraw", s.applicant)
    with pytest.raises(NotInThisState):
        take(case, "accept", s.clerk)


def test_the_repair_notice_says_what_from_when_and_how(s):
    notice = selectors.repair_notice(s.record, TODAY)
    assert present(s).restorable_from.isoformat() in notice.from_when
    assert "不收取任何费用" in notice.how
    assert "解除" in notice.what
