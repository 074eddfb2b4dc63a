"""The daily run: what becomes a ticket, that nothing becomes two, and that it goes on where it was stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests import factories
from tests.factories import NOW, TODAY
from tests.integration.monitoring.conftest import look, yesterday

from chengxin.disclosure.models import Outcome
from chengxin.ledger.models import Entry
from chengxin.monitoring import judging
from chengxin.monitoring.models import JudgedDay, Ticket, TicketStep
from chengxin.registry.subjects import give_mandate

RULES = ("rule", "actor__username")


def run(**changed):
    return judging.run(**{"now": NOW, "today": TODAY, **changed})


def found() -> list[tuple]:
    return list(Ticket.objects.order_by("rule").values_list("rule", "actor__username"))


def test_an_ordinary_day_gives_no_ticket_and_is_marked_as_judged(desk):
    look(desk.officer, desk.person, yesterday())
    assert run() == 0
    assert list(JudgedDay.objects.values_list("day", "looks")) == [(TODAY - timedelta(days=1), 1)]
    assert judging.due(TODAY) == []


def test_reads_of_today_wait_until_the_day_is_over(desk):
    look(desk.officer, desk.person, NOW)
    assert judging.due(TODAY) == []
    assert judging.due(TODAY + timedelta(days=1)) == [TODAY]


def test_a_refused_look_at_ones_own_file_is_asked_about(desk):
    give_mandate(desk.officer, desk.person, NOW - timedelta(days=9))
    look(desk.officer, desk.person, yesterday(), outcome=Outcome.REFUSED, reason_code="own_file")
    assert run() == 1
    ticket = Ticket.objects.get()
    assert (ticket.rule, ticket.weight) == ("self", 40)
    assert "1 次被平台拒绝" in ticket.zh and ticket.weight_zh and ticket.weight_en


def test_a_ward_and_a_client_of_ones_own_agent_are_known_ties(desk):
    own, other = factories.person(factories.OTHER_CITIZEN, "林见秋"), factories.firm()
    give_mandate(desk.officer, own, NOW - timedelta(days=9))
    give_mandate(desk.officer, desk.person, NOW - timedelta(days=9), capacity="guardian")
    lawyer = factories.user("lawyer")
    for subject in (own, other):
        give_mandate(lawyer, subject, NOW - timedelta(days=9), capacity="agent")
    look(desk.officer, desk.person, yesterday())
    look(desk.officer, other, yesterday(1), matter="苏甲办〔2026〕2号")
    look(desk.colleague, other, yesterday(2), matter="苏甲办〔2026〕3号")
    run()
    assert found() == [("household", "officer"), ("household", "officer")]


def test_a_number_borrowed_from_a_colleague_is_found_over_days(desk):
    firm = factories.firm()
    look(desk.colleague, desk.person, NOW - timedelta(days=20))
    look(desk.officer, firm, yesterday())
    run()
    assert found() == [("wrong_case", "officer")]
    assert "另一人先用于别的主体" in Ticket.objects.get().zh


def test_a_subject_opened_on_four_days_is_found_and_asked_about_once_a_month(desk):
    for days in (1, 4, 7, 9):
        look(desk.officer, desk.person, NOW - timedelta(days=days), matter=f"苏甲办〔2026〕{days}号")
    run()
    assert found() == [("repeated", "officer")]
    assert len(Ticket.objects.get().accesses) == 4
    look(desk.officer, desk.person, NOW, matter="苏甲办〔2026〕30号")
    run(now=NOW + timedelta(days=1), today=TODAY + timedelta(days=1))
    assert len(found()) == 1


def test_a_spike_is_above_ones_own_usual_days(desk):
    for days in range(12, 2, -1):
        for hour in range(3):
            look(desk.officer, None, NOW - timedelta(days=days, hours=hour), matter=f"苏甲办〔2026〕{days}-{hour}号",
                 outcome=Outcome.NO_FILE)  # fmt: skip
    for minute in range(25):
        look(desk.officer, None, yesterday(minute / 60), matter=f"苏甲办〔2026〕7{minute}号", outcome=Outcome.NO_FILE)
    run()
    assert found() == [("spike", "officer")]
    assert "当日查询 25 次，本人近 10 个工作日通常为 3 ± 2 次" in Ticket.objects.get().zh


def test_running_again_and_judging_a_day_again_changes_nothing(desk):
    give_mandate(desk.officer, desk.person, NOW - timedelta(days=9))
    look(desk.officer, desk.person, yesterday())
    run()
    before = Entry.objects.count()
    assert run() == 0
    assert judging.judge(TODAY - timedelta(days=1), now=NOW) == 0
    assert (Ticket.objects.count(), Entry.objects.count()) == (1, before)


def test_a_run_that_dies_in_the_middle_leaves_no_half_day(desk, monkeypatch):
    give_mandate(desk.officer, desk.person, NOW - timedelta(days=9))
    for days in (3, 1):
        look(desk.officer, desk.person, NOW - timedelta(days=days), matter=f"苏甲办〔2026〕{days}号")
    real = judging.judge

    def dies(day, *, now):
        if day == TODAY - timedelta(days=2):
            with transaction.atomic():
                real(day, now=now)
                raise KeyboardInterrupt
        return real(day, now=now)

    monkeypatch.setattr(judging, "judge", dies)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert [each.day for each in JudgedDay.objects.all()] == [TODAY - timedelta(days=3)]
    monkeypatch.undo()
    run()
    assert JudgedDay.objects.count() == 3
    assert found() == [("self", "officer")] * 2


def test_a_ticket_names_nobody_and_its_leaf_holds_no_content(desk):
    give_mandate(desk.officer, desk.person, NOW - timedelta(days=9))
    look(desk.officer, desk.person, yesterday())
    run()
    ticket, step = Ticket.objects.get(), TicketStep.objects.get()
    text = f"{ticket.zh}{ticket.en}{ticket.facts}{ticket.weight_zh}{bytes(step.entry.body)!r}"
    assert "沈清和" not in text and factories.CITIZEN not in text
    assert step.entry.kind == "misuse"


def test_a_weight_cannot_be_kept_without_its_reason(desk):
    give_mandate(desk.officer, desk.person, NOW - timedelta(days=9))
    look(desk.officer, desk.person, yesterday())
    run()
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.update(weight_zh="")
