"""A wrong confirmation has a way back: cancelled with a reason, told, counted anew, and looked at by two people."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.models import Q
from django.test import Client
from tests import factories as make
from tests.factories import NOW, TODAY
from tests.stages import LONG_AGO, Stage, at, objected, restored, stage, take

from chengxin.accounts.models import Message
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.registry import selectors as registry
from chengxin.rights import duties, duty, duty_review, outreach, unasked_endings
from chengxin.rights.duty import DutyNotConfirmed
from chengxin.rights.duty_review import NoReview
from chengxin.rights.models import DutyRevision, UnaskedEnding

pytestmark = pytest.mark.django_db
NUMBER, MINOR_DAY = "示交罚〔2026〕1号", date(2026, 11, 2)
WARNING = {**make.penalty_content(category="警告"), "CF_NR": "警告"}
PERFORMED = date(2026, 11, 10)
REASON = "系统录入时认错了当事人。"


def confirm(s: Stage, on: date = LONG_AGO, performed_on: date = PERFORMED) -> duty.Confirmed:
    return duty.confirm(NUMBER, on, performed_on, actor=s.clerk, now=NOW, today=TODAY)


def cancel(s: Stage, on: date = LONG_AGO, reason: str = REASON, **changed) -> DutyRevision:
    parts = {"actor": s.clerk, "now": NOW, "today": TODAY, **changed}
    return duty.cancel(NUMBER, on, reason, **parts)


def ended() -> Stage:
    """Return a stage whose minor record has ended unasked on a confirmation."""
    s = stage(decided=MINOR_DAY, content=WARNING)
    assert confirm(s, MINOR_DAY).ending is not None
    return s


def letters(s: Stage, kind: str) -> list[Message]:
    return list(Message.objects.filter(mailbox=s.subject.id, kind=kind))


def in_use(s: Stage) -> bool:
    return registry.in_use([s.subject.id], TODAY).exists()


def test_a_cancelled_confirmation_no_longer_fills_the_form_and_the_subject_reads_why():
    s = stage()
    confirm(s)
    assert outreach.prefilled(s.record)["duty_performed_on"] == PERFORMED
    cancel(s)
    assert outreach.prefilled(s.record) == {}
    assert duty.of(s.record) is None
    (letter,) = letters(s, "duty_cancelled")
    assert REASON in letter.body and "重新计算" in letter.body


def test_nothing_ends_unasked_on_a_cancelled_confirmation():
    s = stage(decided=MINOR_DAY, content=WARNING)
    make.record(s.subject, decided=MINOR_DAY, document_no="示交罚〔2026〕2号", content=WARNING)
    objection = objected(s)
    assert confirm(s, MINOR_DAY).ending is None, "the dispute stands before it"
    cancel(s, MINOR_DAY)
    take(objection, "withdraw", s.applicant)
    outreach.run(now=at(TODAY), today=TODAY, engine="reference")
    assert registry.present_version(s.record).ended_at is None


def test_confirming_anew_counts_from_the_new_day():
    s = stage()
    confirm(s)
    cancel(s)
    confirm(s, performed_on=date(2026, 11, 12))
    assert duty.of(s.record).performed_on == date(2026, 11, 12)
    assert [each.kind for each in DutyRevision.objects.order_by("pk")] == ["cancelled", "confirmed"]


def test_only_the_authority_that_confirmed_takes_it_back_once_and_with_a_reason():
    s = stage()
    confirm(s)
    other = make.user("other", Role.SOURCE_CLERK, of=make.agency(make.OTHER_AGENCY))
    with pytest.raises(DutyNotConfirmed):
        cancel(s, actor=other)
    with pytest.raises(NotPermitted):
        cancel(s, actor=s.reviewer)
    with pytest.raises(DutyNotConfirmed, match="理由"):
        cancel(s, reason=" ")
    cancel(s)
    with pytest.raises(DutyNotConfirmed, match="已经撤销"):
        cancel(s)


def test_the_reason_is_sealed_and_goes_with_an_erasure():
    s = stage()
    confirm(s)
    revision = cancel(s)
    assert REASON.encode() not in bytes(revision.sealed_reason)
    record = registry.record(s.record)
    assert duties.open_reason(record, revision.entry_id, revision.sealed_reason) == REASON
    assert duties.blank(Q(record_id=s.record)) == 1
    revision.refresh_from_db()
    assert duties.open_reason(record, revision.entry_id, revision.sealed_reason) == ""


def test_an_ending_stays_until_two_officers_looked_and_then_the_record_stands_again():
    s = ended()
    cancel(s, MINOR_DAY)
    assert not in_use(s)
    (task,) = duty_review.tasks(s.reviewer)
    assert (task.record.pk, task.reason, task.case) == (s.record, REASON, None)
    duty_review.propose(s.record, "reinstate", "确认有误。", "电话听取。", actor=s.reviewer, now=NOW)
    assert not in_use(s), "a proposal changes nothing"
    duty_review.decide(s.record, agree=True, actor=s.decider, now=NOW)
    assert in_use(s)
    assert duty_review.tasks(s.reviewer) == []
    (letter,) = letters(s, "unasked_reviewed")
    assert "确认有误" in letter.body and "行政复议" in letter.body and "电话听取" in letter.body
    with pytest.raises(NoReview):
        duty_review.decide(s.record, agree=True, actor=s.decider, now=NOW)


def test_one_person_cannot_do_both_and_a_proposal_can_be_sent_back():
    s = ended()
    cancel(s, MINOR_DAY)
    both = make.user("both", Role.REVIEWER, Role.DECIDER)
    duty_review.propose(s.record, "reinstate", "确认有误。", "电话听取。", actor=both, now=NOW)
    with pytest.raises(NoReview, match="两人"):
        duty_review.decide(s.record, agree=True, actor=both, now=NOW)
    duty_review.decide(s.record, agree=False, actor=s.decider, now=NOW)
    assert duty_review.tasks(s.reviewer)[0].proposal == ""
    with pytest.raises(NoReview, match="还没有拟议"):
        duty_review.decide(s.record, agree=True, actor=s.decider, now=NOW)
    duty_review.propose(s.record, "stand", "期限将满。", "书面听取。", actor=s.reviewer, now=NOW)
    duty_review.decide(s.record, agree=True, actor=s.decider, now=NOW)
    assert not in_use(s) and duty_review.tasks(s.reviewer) == []


def test_officers_of_another_region_have_nothing_to_review_here():
    s = ended()
    cancel(s, MINOR_DAY)
    far = make.user("far", Role.REVIEWER, Role.DECIDER, of=s.decider.agency, region="329900")
    assert duty_review.tasks(far) == []
    with pytest.raises(NoReview):
        duty_review.propose(s.record, "stand", "期限将满。", "书面听取。", actor=far, now=NOW)
    duty_review.propose(s.record, "stand", "期限将满。", "书面听取。", actor=s.reviewer, now=NOW)
    with pytest.raises(NoReview):
        duty_review.decide(s.record, agree=True, actor=far, now=NOW)


def test_nobody_is_judged_unheard_and_nothing_is_reviewed_that_was_not_cancelled():
    s = ended()
    with pytest.raises(NoReview):
        duty_review.propose(s.record, "reinstate", "确认有误。", "电话听取。", actor=s.reviewer, now=NOW)
    cancel(s, MINOR_DAY)
    with pytest.raises(NoReview, match="听取"):
        duty_review.propose(s.record, "reinstate", "确认有误。", " ", actor=s.reviewer, now=NOW)


def test_confirming_anew_ends_the_task_and_what_was_reinstated_is_not_ended_a_second_time():
    s = ended()
    cancel(s, MINOR_DAY)
    duty_review.propose(s.record, "reinstate", "确认有误。", "电话听取。", actor=s.reviewer, now=NOW)
    duty_review.decide(s.record, agree=True, actor=s.decider, now=NOW)
    assert confirm(s, MINOR_DAY).ending is None
    outreach.run(now=at(TODAY + timedelta(days=1)), today=TODAY + timedelta(days=1), engine="reference")
    assert in_use(s) and UnaskedEnding.objects.count() == 1


def test_a_restoration_granted_on_it_becomes_a_task_with_its_case_until_somebody_questions_the_papers():
    s = stage()
    confirm(s)
    case = restored(s)
    cancel(s)
    (task,) = duty_review.tasks(s.reviewer)
    assert task.case == case
    later = at(TODAY + timedelta(days=1))
    take(case, "doubt", s.reviewer, day=later.date(), note="履行确认已撤销。")
    assert duty_review.tasks(s.reviewer) == []


def test_the_pages_cancel_propose_and_decide(settings):
    settings.DEMO_DAY = TODAY.isoformat()
    s = ended()
    clerk, reviewer, decider = (Client() for _ in range(3))
    for browser, user in ((clerk, s.clerk), (reviewer, s.reviewer), (decider, s.decider)):
        browser.force_login(user)
    sent = {"document_no": NUMBER, "document_date": MINOR_DAY.isoformat(), "reason": REASON, "checked": "on"}
    assert reviewer.post("/console/outreach/cancel/", sent).status_code == 403
    assert clerk.post("/console/outreach/cancel/", {**sent, "reason": ""}).status_code == 422
    assert clerk.post("/console/outreach/cancel/", sent).status_code == 302
    assert REASON in reviewer.get("/console/outreach/").content.decode()
    assert REASON not in clerk.get("/console/outreach/").content.decode()
    place = f"/console/outreach/reviews/{s.record}/"
    assert clerk.get(place).status_code == 403
    given = {"outcome": "reinstate", "reason": "确认有误。", "heard": "电话听取。"}
    assert reviewer.post(place, given).status_code == 302
    assert decider.post(place, {"agree": "yes"}).status_code == 302
    assert in_use(s)


def test_the_effects_of_an_ending_are_watched_in_its_region():
    s = ended()
    far = make.user("far", Role.REVIEWER, of=s.centre.agency, region="320500")
    near = make.user("near", Role.DECIDER, of=s.centre.agency, region="320100")
    assert unasked_endings.recent(far) == [] and unasked_endings.of_record(s.record, far) is None
    assert len(unasked_endings.recent(near)) == 1 and unasked_endings.of_record(s.record, near)
