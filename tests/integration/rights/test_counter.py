"""The counter: who is found, what the officer sees, what is written down, what the paper opens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import factories
from tests.factories import CITIZEN, FIRM, NOW, TODAY
from tests.stages import LONG_AGO, Stage, stage, take

from chengxin.accounts.roles import Role
from chengxin.cases import query_codes
from chengxin.cases import selectors as cases
from chengxin.cases.models import Case, CounterVisit, FailedLookup, QueryCode
from chengxin.disclosure import own_file
from chengxin.disclosure.models import Access
from chengxin.ledger.models import Entry
from chengxin.rights import counter, own_cases

pytestmark = pytest.mark.django_db

NAME = "沈清和"


@dataclass
class Hall:
    """A person with a restorable penalty and no account, the officers of the centre, and a browser at the counter."""

    s: Stage
    record: Any
    client: Client
    officer: Any


@pytest.fixture
def hall(settings) -> Hall:
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage()
    person = factories.person()
    record = factories.record(person, decided=LONG_AGO, document_no="示交罚〔2026〕7号")
    clerk = factories.user("window", Role.CENTRE_OPERATOR, of=s.centre.agency)
    client = Client()
    client.force_login(clerk)
    return Hall(s, record, client, clerk)


def enter(hall: Hall, **changed: str):
    sent = {"kind": "citizen_id", "number": CITIZEN, "name": NAME, "consent": "on", **changed}
    return hall.client.post("/console/counter/", sent)


def entered(hall: Hall) -> CounterVisit:
    answer = enter(hall)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return CounterVisit.objects.get()


def filed(hall: Hall):
    there = entered(hall)
    return hall.client.post(
        f"/console/counter/{there.pk}/records/{hall.record}/objection/", {"grounds": "wrong", "text": "金额不对。"}
    )


def code_on(answer) -> str:
    # The middle of a UUID may look like a code, but other hexadecimal digits stand beside it.
    code = r"(?<![0-9A-Za-z-])[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}(?![0-9A-Za-z-])"
    return re.search(code, answer.content.decode()).group()


def test_number_and_name_never_reach_the_address_or_the_page(hall):
    there = entered(hall)
    page = hall.client.get(f"/console/counter/{there.pk}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert CITIZEN not in text
    assert NAME not in text
    assert "示例省交通运输厅" in text
    assert page["Cache-Control"].find("no-store") >= 0


def test_the_person_sees_in_their_own_log_that_the_officer_looked(hall):
    there = entered(hall)
    hall.client.get(f"/console/counter/{there.pk}/")
    access = Access.objects.get(purpose="counter_service")
    assert (access.basis_kind, access.matter_no) == ("statute", there.number)
    assert Entry.objects.filter(pk=access.entry_id).exists()
    looks = own_file.who_looked(there.subject_ref, there.applicant, now=NOW + timedelta(days=1)).looks
    assert [look.purpose for look in looks] == ["counter_service"]


@pytest.mark.parametrize(
    "wrong", [{"name": "沈清河"}, {"number": "320199199912310021"}, {"kind": "passport"}, {"number": "1"}]
)
def test_whatever_does_not_agree_gives_the_same_answer_and_is_written_down(hall, wrong):
    answer = enter(hall, **wrong)
    assert answer.status_code == 422
    assert "都一致的档案" in answer.content.decode()
    assert not CounterVisit.objects.exists()
    assert Access.objects.get().outcome == "no_file"


def test_without_consent_nothing_is_looked_up(hall):
    answer = hall.client.post("/console/counter/", {"kind": "citizen_id", "number": CITIZEN, "name": NAME})
    assert answer.status_code == 422
    assert not Access.objects.exists()


@pytest.mark.parametrize("who", ["reviewer", "decider", "clerk", "applicant"])
def test_only_counter_officers_come_in(hall, who):
    hall.client.force_login(getattr(hall.s, who))
    assert hall.client.get("/console/counter/").status_code == 403
    assert enter(hall).status_code == 403


def test_another_officer_cannot_use_the_visit_and_it_ends(hall):
    there = entered(hall)
    other = Client()
    other.force_login(hall.s.centre)
    assert other.get(f"/console/counter/{there.pk}/").status_code == 403
    with pytest.raises(counter.VisitOver):
        counter.visit(there.pk, hall.officer, there.ends_at + timedelta(seconds=1))


def test_nobody_is_served_by_themself(hall):
    factories.give_mandate(hall.officer, factories.person(), NOW)
    answer = enter(hall)
    assert answer.status_code == 422
    assert "不得以职务身份查询本人" in answer.content.decode()


def test_filing_marks_the_record_and_the_officer_stands_in_the_history(hall):
    answer = filed(hall)
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    case = Case.objects.get()
    assert [line.event.action for line in cases.timeline(case)] == ["open", "assisted"]
    event = cases.last_event(case, "assisted")
    assert event is not None
    assert event.actor == hall.officer
    assert case.applicant == CounterVisit.objects.get().applicant != hall.officer


def test_papers_the_person_brought_go_with_the_filing(hall):
    there = entered(hall)
    scan = SimpleUploadedFile("scan.bin", b"\x89PNG\r\n\x1a\n receipt")
    sent = {"grounds": "wrong", "text": "金额不对。", "evidence": [scan]}
    hall.client.post(f"/console/counter/{there.pk}/records/{hall.record}/objection/", sent)
    case = Case.objects.get()
    assert [each.title for each in cases.evidence(case)] == ["证据材料 1"]
    assert cases.evidence(case)[0].issued_by == case.applicant


def test_the_paper_says_number_code_next_step_dates_and_remedy(hall):
    text = filed(hall).content.decode()
    case = Case.objects.get()
    for wanted in (case.number, "第 3 个工作日：2026-11-25", "等信用中心决定是否受理", "申请行政复议", "免费"):
        assert wanted in text, wanted
    assert NAME not in text
    assert CITIZEN not in text


def test_the_code_is_kept_nowhere_and_opens_only_kind_state_date_and_next_step(hall):
    code = code_on(filed(hall))
    assert not QueryCode.objects.filter(code_index__icontains=code.replace("-", "")).exists()
    answer = Client().post("/progress/", {"code": code.lower().replace("-", " ")})
    text = answer.content.decode()
    assert answer.status_code == 200
    for wanted in ("异议", "已提交", "2026-11-25", "等信用中心决定是否受理"):
        assert wanted in text, wanted
    case = Case.objects.get()
    for hidden in (NAME, CITIZEN, case.number, "示例省交通运输厅", "示交罚", code, "金额不对"):
        assert hidden not in text, hidden


def test_the_paper_keeps_up_with_the_case(hall):
    code = code_on(filed(hall))
    take(Case.objects.get(), "accept", hall.s.centre)
    assert "已受理" in Client().post("/progress/", {"code": code}).content.decode()


def test_guessing_is_slow_and_one_address_does_not_lock_another(hall):
    code = code_on(filed(hall))
    for _ in range(query_codes.TRIES):
        assert Client().post("/progress/", {"code": "0000-0000-00000"}).status_code == 422
    answer = Client().post("/progress/", {"code": code})
    assert "尝试次数过多" in answer.content.decode()
    assert Client(REMOTE_ADDR="192.0.2.7").post("/progress/", {"code": code}).status_code == 200
    assert "192.0.2" not in str(list(FailedLookup.objects.values()))


def test_a_new_paper_ends_the_old_code(hall):
    old = code_on(filed(hall))
    there, case = CounterVisit.objects.get(), Case.objects.get()
    new = code_on(hall.client.post(f"/console/counter/{there.pk}/cases/{case.pk}/print/"))
    assert Client().post("/progress/", {"code": old}).status_code == 422
    assert Client().post("/progress/", {"code": new}).status_code == 200


def test_somebody_elses_record_or_case_cannot_be_reached_from_a_visit(hall):
    there = entered(hall)
    place = f"/console/counter/{there.pk}/records/{hall.s.record}/objection/"
    assert hall.client.get(place).status_code == 403
    assert hall.client.post(place, {"grounds": "wrong", "text": "不对。"}).status_code == 403
    assert not Case.objects.exists()


def test_a_restoration_is_applied_for_with_the_commitment(hall):
    there = entered(hall)
    place = f"/console/counter/{there.pk}/records/{hall.record}/restoration/"
    assert hall.client.post(place, {"duty_text": "已缴清。"}).status_code == 422
    sent = {"duty_performed_on": "2026-05-20", "duty_text": "已缴清。", "truthful": "on", "commitment": "on"}
    answer = hall.client.post(place, sent)
    assert answer.status_code == 200, answer.content.decode()[-3000:]
    assert Case.objects.get().kind == "restoration"


def test_the_person_finds_the_case_under_their_own_file_later(hall):
    filed(hall)
    there = CounterVisit.objects.get()
    assert [row.case for row in own_cases.cases_of(there.applicant, TODAY)] == [Case.objects.get()]


def test_a_firm_is_served_through_its_representatives_account(hall):
    answer = enter(hall, kind="uscc", number=FIRM, name="栖云望舒食品有限公司")
    assert answer.status_code == 302
    assert CounterVisit.objects.get().applicant == hall.s.applicant


def test_codes_hold_at_least_sixty_bits():
    assert len(query_codes.ALPHABET) ** query_codes.LENGTH >= 2**60
    assert len(set(query_codes.ALPHABET)) == 32


def test_misread_letters_do_not_lose_anybody():
    assert query_codes.plain("o1il-０abc xyz") == "01110ABCXYZ"
    assert Random(1).choice(query_codes.ALPHABET) in query_codes.ALPHABET
