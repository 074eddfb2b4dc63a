"""The clock of a case: what stops it, what prolongs it, who may, and what a new holiday notice does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, transaction
from tests import factories
from tests.factories import NOW, TODAY
from tests.stages import applied, at, objected, proposed, stage, take

from chengxin.accounts import selectors as accounts
from chengxin.accounts.roles import Role
from chengxin.cases import clock, services
from chengxin.cases import selectors as cases
from chengxin.cases.models import Deadline, Extension, Pause
from chengxin.cases.policies import SamePerson
from chengxin.catalogue import lawbook
from chengxin.cli.time_limits import deadlines
from chengxin.rights import handling, time_limits
from chengxin.rights.objections import TOTAL, Act
from chengxin.rights.restoration import REPLY
from chengxin.rules.errors import Refusal
from chengxin.rules.workdays import Due

pytestmark = pytest.mark.django_db

MONDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 25)


def act(case, actor, day=TODAY) -> Act:
    return Act(case.pk, actor, at(day), day)


def standing(case, key: str) -> Deadline:
    return Deadline.objects.get(case=case, key=key, superseded_at=None)


def text_of(deadline: Deadline) -> str:
    return "\n".join(step["zh"] for step in deadline.derivation)


def test_the_time_the_applicant_needs_for_papers_is_not_the_offices_time():
    s = stage()
    case = applied(s, duty_text="", duty_performed_on=None)
    before = standing(case, REPLY).due_on
    take(case, "ask_completion", s.centre, note="缺少缴款凭证。")
    take(case, "complete", s.applicant, day=WEDNESDAY, note="罚款已缴清。", performed_on="2026-05-20")
    after = standing(case, REPLY)
    # 11 月 20 日（周五）要求补正，25 日（周三）补齐：23、24、25 三个工作日不计。
    assert (before, after.due_on) == (date(2026, 12, 4), date(2026, 12, 9))
    assert "等待当事人补正材料，不计入期限" in text_of(after)


def test_while_papers_are_missing_nothing_is_overdue():
    s = stage()
    case = applied(s, duty_text="", duty_performed_on=None)
    long_after = standing(case, REPLY).due_on + timedelta(days=30)
    assert cases.overdue(long_after).filter(case=case).exists()
    take(case, "ask_completion", s.centre, note="缺少缴款凭证。")
    assert not cases.overdue(long_after).filter(case=case).exists()


def test_a_pause_that_comes_after_the_last_day_does_not_hide_the_delay():
    s = stage()
    case = objected(s)
    late = standing(case, TOTAL).due_on + timedelta(days=3)
    time_limits.take(act(case, s.reviewer, late), "pause", note="送检。")
    assert cases.overdue(late).filter(case=case, key=TOTAL).exists()


def test_testing_stops_the_clock_and_the_applicant_is_told_both_times():
    s = stage()
    case = objected(s)
    time_limits.take(act(case, s.reviewer), "pause", note="送第三方检测。")
    assert [offer.code for offer in time_limits.offers(case, s.reviewer, TODAY)] == ["resume", "extend"]
    time_limits.take(act(case, s.reviewer, WEDNESDAY), "resume", note="检测报告已出。")
    assert standing(case, TOTAL).due_on == date(2026, 12, 4)
    assert [m.kind for m in accounts.inbox([s.subject.id])].count("time_limit") == 2


def test_the_old_due_date_stays_with_its_derivation():
    s = stage()
    case = objected(s)
    old = standing(case, TOTAL)
    time_limits.take(act(case, s.reviewer), "pause", note="送检。")
    time_limits.take(act(case, s.reviewer, WEDNESDAY), "resume", note="已出。")
    kept = Deadline.objects.get(pk=old.pk)
    assert kept.superseded_at is not None
    assert (kept.due_on, kept.derivation) == (old.due_on, old.derivation)


def test_a_pause_cannot_be_rewritten_in_the_database():
    s = stage()
    case = objected(s)
    time_limits.take(act(case, s.reviewer), "pause", note="送检。")
    with pytest.raises(DatabaseError), transaction.atomic():
        Pause.objects.filter(case=case).update(since=TODAY - timedelta(days=9))


def test_an_extension_is_asked_for_by_one_and_granted_by_another():
    s = stage()
    case = objected(s)
    time_limits.take(act(case, s.reviewer), "extend", note="需调取原始卷宗。", reason="other_body")
    assert standing(case, TOTAL).due_on == date(2026, 12, 1)
    time_limits.take(act(case, s.decider), "grant", note="同意。")
    after = standing(case, TOTAL)
    assert after.due_on == date(2026, 12, 4)
    line = next(step for step in after.derivation if step["zh"].startswith("延长"))
    assert "需向第三方核实" in line["zh"]
    assert "批准人与申请人不是同一人" in line["zh"]
    assert line["basis"]


def test_a_decider_who_asked_for_it_as_reviewer_cannot_grant_it():
    s = stage()
    both = factories.user("both", Role.REVIEWER, Role.DECIDER, of=s.centre.agency)
    case = objected(s)
    time_limits.take(act(case, both), "extend", note="案情复杂。", reason="complex")
    with pytest.raises(SamePerson):
        time_limits.take(act(case, both), "grant", note="同意。")


def test_even_the_database_refuses_an_extension_granted_by_who_asked():
    s = stage()
    case = objected(s)
    time_limits.take(act(case, s.reviewer), "extend", note="案情复杂。", reason="complex")
    with pytest.raises(DatabaseError), transaction.atomic():
        Extension.objects.filter(case=case).update(answered_by=s.reviewer, answered_at=NOW, approved=True)


def test_a_deadline_is_prolonged_once():
    s = stage()
    case = objected(s)
    time_limits.take(act(case, s.reviewer), "extend", note="案情复杂。", reason="complex")
    time_limits.take(act(case, s.decider), "grant", note="同意。")
    assert "extend" not in [offer.code for offer in time_limits.offers(case, s.reviewer, TODAY)]
    with pytest.raises(clock.ClockRefused):
        time_limits.take(act(case, s.reviewer), "extend", note="再延长。", reason="complex")


def test_a_refused_extension_changes_nothing_and_may_be_asked_for_again():
    s = stage()
    case = objected(s)
    time_limits.take(act(case, s.reviewer), "extend", note="案情复杂。", reason="complex")
    time_limits.take(act(case, s.decider), "refuse", note="并不复杂。")
    assert standing(case, TOTAL).due_on == date(2026, 12, 1)
    time_limits.take(act(case, s.reviewer), "extend", note="须听取意见。", reason="hearing")


def test_where_the_law_gives_no_length_nothing_is_prolonged():
    s = stage()
    case = applied(s)
    assert "extend" not in [offer.code for offer in time_limits.offers(case, s.reviewer, TODAY)]
    with pytest.raises(clock.ClockRefused):
        time_limits.take(act(case, s.reviewer), "extend", note="案情复杂。", reason="complex")


def test_what_has_passed_is_not_prolonged_but_explained():
    s = stage()
    case = objected(s)
    late = standing(case, TOTAL).due_on + timedelta(days=1)
    assert [o.code for o in time_limits.offers(case, s.reviewer, late)] == ["pause", "explain"]
    time_limits.take(act(case, s.reviewer, late), "explain", note="", reason="papers_late")
    event = cases.last_event(case, "explain_delay")
    assert event is not None
    assert event.data == {"reason": "papers_late"}


def test_what_is_not_late_needs_no_excuse():
    s = stage()
    with pytest.raises(clock.ClockRefused):
        time_limits.take(act(objected(s), s.reviewer), "explain", note="", reason="staff")


@pytest.mark.parametrize("who", ["applicant", "clerk"])
def test_neither_the_applicant_nor_a_stranger_prolongs(who):
    s = stage()
    case = objected(s)
    time_limits.take(act(case, s.reviewer), "extend", note="案情复杂。", reason="complex")
    with pytest.raises(Refusal):
        time_limits.take(act(case, getattr(s, who)), "grant", note="同意。")


def test_a_new_holiday_notice_moves_open_deadlines_and_tells_the_applicant(monkeypatch):
    s = stage()
    case = objected(s)
    old = standing(case, TOTAL)
    plain = lawbook.calendar()
    notice = replace(plain, holidays={**plain.holidays, MONDAY: ("临时放假", "special holiday")})
    found = clock.recompute_all(lawbook.current(), notice, NOW)
    assert {(m.before.key, (m.after.due_on - m.before.due_on).days) for m in found.moved if m.before.key == TOTAL}
    new = standing(case, TOTAL)
    assert new.due_on == old.due_on + timedelta(days=1)
    assert "临时放假，不计" in text_of(new)
    assert Deadline.objects.get(pk=old.pk).derivation == old.derivation


def test_recomputing_with_nothing_new_writes_nothing():
    s = stage()
    objected(s)
    before = Deadline.objects.count()
    assert time_limits.recompute_all(now=NOW).moved == ()
    assert Deadline.objects.count() == before


def test_a_case_beyond_the_published_calendar_is_named_and_holds_up_no_other():
    s = stage()
    case = objected(s)
    short = replace(lawbook.calendar(), years=frozenset({2025}))
    found = clock.recompute_all(lawbook.current(), short, NOW)
    assert found.beyond_calendar == (case.number,)
    assert standing(case, TOTAL).due_on == date(2026, 12, 1)


def test_a_closed_case_leaves_no_paused_clock_behind():
    s = stage()
    case = proposed(s, "upheld")
    time_limits.take(act(case, s.reviewer), "pause", note="送检。")
    handling.take(case.pk, "decide", actor=s.decider, now=NOW, today=TODAY, fields={"note": "维持。"})
    assert not Pause.objects.filter(case=case, until=None).exists()


def test_the_command_says_what_it_counted_anew():
    s = stage()
    case = objected(s)
    old = standing(case, TOTAL)
    off_by_one = Due(old.due_on - timedelta(days=1), ())
    services.set_deadline(case, TOTAL, off_by_one, started_on=old.started_on, now=NOW)
    said = CliRunner().invoke(deadlines, [], catch_exceptions=False)
    assert said.exit_code == 0
    assert f"{case.number} {TOTAL}: 2026-11-30 → 2026-12-01" in said.output
