"""At the counter a person also completes, withdraws and contests: present, asked, with a new paper in hand."""

from __future__ import annotations

from random import Random

import pytest
from tests.factories import NOW, TODAY
from tests.integration.rights.test_counter import Hall, code_on, entered, filed, hall
from tests.stages import take

from chengxin.cases.models import Case, CaseEvent, CounterVisit
from chengxin.rights import counter
from chengxin.rights.counter import PersonNotThere
from chengxin.rights.matters import NoMatter

pytestmark = pytest.mark.django_db
__all__ = ["hall"]


def place(case: Case, act: str) -> str:
    return f"/console/counter/{CounterVisit.objects.latest('started_at').pk}/cases/{case.pk}/{act}/do/"


def test_withdrawing_needs_the_person_there_and_gives_a_paper_with_a_new_code(hall: Hall):
    old = code_on(filed(hall))
    case = Case.objects.get()
    page = hall.client.get(f"/console/counter/{CounterVisit.objects.get().pk}/").content.decode()
    assert place(case, "withdraw") in page and place(case, "contest") not in page
    assert hall.client.post(place(case, "withdraw"), {}).status_code == 422
    assert Case.objects.get().state == "filed"
    answer = hall.client.post(place(case, "withdraw"), {"present": "on"})
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    assert Case.objects.get().state == "withdrawn"
    assert code_on(answer) != old
    events = list(CaseEvent.objects.filter(case=case).order_by("seq").values_list("action", "actor__username"))
    assert events[-2][0] == "withdraw" and events[-1] == ("assisted", hall.officer.username)
    assert CaseEvent.objects.filter(case=case).latest("seq").data["present"] is True


def test_missing_papers_are_handed_in(hall: Hall):
    there = entered(hall)
    sent = {"duty_performed_on": "", "duty_text": "", "truthful": "on", "commitment": "on"}
    hall.client.post(f"/console/counter/{there.pk}/records/{hall.record}/restoration/", sent)
    case = Case.objects.get()
    take(case, "ask_completion", hall.s.centre, note="缺缴款凭证。")
    assert hall.client.post(place(case, "complete"), {"note": "凭证在此。", "present": "on"}).status_code == 422
    given = {"note": "凭证在此。", "performed_on": "2026-05-20", "present": "on"}
    assert hall.client.post(place(case, "complete"), given).status_code == 200
    assert Case.objects.get().state == "submitted"


def test_a_closed_objection_is_contested_once(hall: Hall):
    filed(hall)
    case = Case.objects.get()
    take(case, "accept", hall.s.centre)
    take(case, "forward", hall.s.centre)
    take(case, "answer", hall.s.clerk, stands="yes", note="记录无误。")
    take(case, "propose", hall.s.reviewer, outcome="upheld", note="属实。")
    take(case, "decide", hall.s.decider, note="同意。")
    page = hall.client.get(f"/console/counter/{CounterVisit.objects.get().pk}/").content.decode()
    assert place(case, "contest") in page
    assert hall.client.post(place(case, "contest"), {"note": "金额仍不对。", "present": "on"}).status_code == 200
    assert Case.objects.get().closed_at is None
    page = hall.client.get(f"/console/counter/{CounterVisit.objects.get().pk}/").content.decode()
    assert place(case, "contest") not in page


def test_nothing_is_done_without_presence_nor_on_another_persons_case(hall: Hall):
    filed(hall)
    case, there = Case.objects.get(), CounterVisit.objects.get()
    parts = {"now": NOW, "today": TODAY, "rng": Random(1)}
    with pytest.raises(PersonNotThere):
        counter.act_for(there, case.pk, "withdraw", {}, present=False, **parts)
    with pytest.raises(NoMatter):
        counter.act_for(there, case.pk, "accept", {}, present=True, **parts)
    there.subject_ref = hall.s.subject.id
    with pytest.raises(NoMatter):
        counter.act_for(there, case.pk, "withdraw", {}, present=True, **parts)
    assert Case.objects.get().state == "filed"
