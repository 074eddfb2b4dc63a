"""The queue, the draft decision, the law on the case page, and what a supervisor sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import factories
from tests.factories import NOW, OTHER_FIRM, TODAY
from tests.stages import LONG_AGO, answered, applied, objected, proposed, stage, take, verified

from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.cases import selectors as cases
from chengxin.cases import services
from chengxin.cases.numbers import PREFIXES
from chengxin.cases.workflows import WORKFLOWS
from chengxin.rights import bankruptcy, drafts, erasure, objections, own_cases, queues, selectors, time_limits
from chengxin.rights.load import load, waits_for
from chengxin.rights.objections import Act
from chengxin.rights.queues import Filters
from chengxin.rights.statistics import figures
from chengxin.rules.identifiers.citizen import citizen_check_char
from chengxin.rules.workflow import State, Transition, Workflow
from chengxin.rules.workflow_words import REVIEWER

pytestmark = pytest.mark.django_db


def rows(actor, day=TODAY, **filters):
    return [row.case for row in queues.queue(actor, Filters(**filters), 1, day).rows]


def test_the_queue_is_filtered_by_kind_state_delay_and_what_i_touched():
    s = stage()
    objection = answered(s)
    restoration = verified(s)
    assert rows(s.reviewer) == [objection, restoration]
    assert rows(s.reviewer, kind="restoration") == [restoration]
    assert rows(s.reviewer, kind="objection", state="answered") == [objection]
    assert rows(s.reviewer, kind="objection", state="filed") == []
    assert rows(s.reviewer, mine=True) == []
    time_limits.take(Act(restoration.pk, s.reviewer, NOW, TODAY), "pause", note="送检。")
    assert rows(s.reviewer, mine=True) == [restoration]
    assert rows(s.reviewer, TODAY + timedelta(days=40), overdue=True) == [objection]


def test_the_counts_say_what_each_filter_would_leave():
    s = stage()
    answered(s)
    verified(s)
    found = queues.queue(s.reviewer, Filters(kind="restoration"), 1, TODAY)
    assert found.counts == {"objection": 1, "restoration": 1, "all": 2, "overdue": 0, "mine": 0} | {
        kind: 0 for kind in found.counts if kind not in ("objection", "restoration", "all", "overdue", "mine")
    }
    assert found.total == 1


def test_the_queue_turns_pages_and_a_page_out_of_range_is_the_last():
    s = stage()
    for number in range(queues.PAGE + 1):
        record = factories.record(s.subject, decided=LONG_AGO, document_no=f"示交罚〔2026〕{20 + number}号")
        objections.file(record, actor=s.applicant, grounds="wrong", text="不对。", now=NOW, today=TODAY)
    first, last = (queues.queue(s.centre, Filters(), number, TODAY) for number in (1, 99))
    assert (len(first.rows), len(last.rows), last.number, last.total) == (queues.PAGE, 1, 2, queues.PAGE + 1)


def test_the_preview_is_word_for_word_what_is_issued():
    s = stage()
    case = proposed(s, "upheld")
    page = selectors.case_page(case.pk, s.decider, TODAY)
    assert page is not None
    draft = drafts.draft(page, TODAY)
    assert draft is not None
    take(case, "decide", s.decider, note=draft.reason)
    issued = cases.documents(case).get(kind="objection_decision")
    assert cases.document_text(issued) == draft.text


def test_the_preview_of_a_restoration_is_what_is_issued_too():
    s = stage()
    case = take(verified(s), "propose", s.reviewer, outcome="denied", note="义务尚未履行。")
    page = selectors.case_page(case.pk, s.decider, TODAY)
    assert page is not None
    draft = drafts.draft(page, TODAY)
    assert draft is not None
    take(case, "deny", s.decider, note=draft.reason)
    issued = cases.documents(case).get(kind="restoration_decision")
    assert cases.document_text(issued) == draft.text


def test_before_a_proposal_there_is_nothing_to_preview():
    s = stage()
    page = selectors.case_page(answered(s).pk, s.decider, TODAY)
    assert page is not None
    assert drafts.draft(page, TODAY) is None


def browse(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_case_page_shows_law_preview_and_clock(settings):
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage()
    case = proposed(s, "upheld")
    text = browse(s.decider).get(f"/console/cases/{case.pk}/").content.decode()
    for wanted in ("适用的规定", "山东省社会信用条例（参照）", "7 个工作日", "待核", "决定书预览", "理由：核查属实。"):
        assert wanted in text, wanted
    assert "因检测鉴定暂停计时" not in text  # The decider neither pauses nor asks.


def test_the_clock_is_stopped_and_prolonged_from_the_page(settings):
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage()
    case = objected(s)
    place = f"/console/cases/{case.pk}/clock"
    assert browse(s.reviewer).post(f"{place}/extend/", {"note": "复杂", "reason": "complex"}).status_code == 302
    assert browse(s.reviewer).post(f"{place}/grant/", {"note": "同意"}).status_code == 422
    assert browse(s.decider).post(f"{place}/grant/", {"note": "同意"}).status_code == 302
    assert "延长：3 个工作日" in browse(s.decider).get(f"/console/cases/{case.pk}/").content.decode()
    assert browse(s.reviewer).post(f"{place}/nonsense/", {"note": "x"}).status_code == 422


def test_a_stranger_cannot_touch_the_clock(settings):
    settings.DEMO_DAY = TODAY.isoformat()
    s = stage()
    case = objected(s)
    stranger = factories.user("elsewhere", Role.REVIEWER, region="320500")
    assert browse(stranger).post(f"/console/cases/{case.pk}/clock/pause/", {"note": "x"}).status_code == 404


def test_the_supervisor_sees_load_delay_and_reason():
    s = stage()
    case = objected(s)
    late = TODAY + timedelta(days=30)
    time_limits.take(Act(case.pk, s.reviewer, NOW + timedelta(days=30), late), "explain", note="", reason="staff")
    found = load(s.decider, late)
    assert (found.open, found.overdue) == (1, 1)
    assert {each.reason for each in found.late} == {("人手不足", "not enough staff")}
    assert found.late[0].waits_for[0] == "信用中心经办员"
    assert [(each.zh, each.open, each.overdue, each.median_age) for each in found.by_agency] == [
        (s.source.name_zh, 1, 1, 30.0)
    ]


def test_people_are_listed_by_name_without_rank_or_rate():
    s = stage()
    take(objected(s), "accept", s.centre)
    other = stage_two(s)
    take(other, "accept", s.centre)
    found = load(s.decider, TODAY)
    assert [(each.name, each.open) for each in found.by_person] == [("测试centre", 2)]
    assert set(type(found.by_person[0]).__slots__) == {"name", "open"}


def stage_two(s):
    subject = factories.firm(OTHER_FIRM, "远岫纸业有限公司")
    record = factories.record(subject, decided=LONG_AGO, document_no="示交罚〔2026〕9号")
    other = factories.citizen(subject, "other")
    return objections.file(record, actor=other, grounds="wrong", text="不对。", now=NOW, today=TODAY)


@pytest.mark.parametrize("who", ["reviewer", "clerk", "applicant"])
def test_the_load_is_for_supervisors(who):
    s = stage()
    with pytest.raises(NotPermitted):
        load(getattr(s, who), TODAY)


def test_a_supervisor_of_another_region_sees_nothing_of_it():
    s = stage()
    objected(s)
    elsewhere = factories.user("elsewhere", Role.AUDITOR, region="320500")
    assert load(elsewhere, TODAY).open == 0


def test_an_auditor_gets_the_page_without_a_door_into_the_cases(settings):
    settings.DEMO_DAY = (TODAY + timedelta(days=30)).isoformat()
    s = stage()
    case = objected(s)
    auditor = factories.user("auditor", Role.AUDITOR)
    text = browse(auditor).get("/console/cases/load/").content.decode()
    assert case.number in text
    assert f"/console/cases/{case.pk}/" not in text
    assert browse(s.clerk).get("/console/cases/load/").status_code == 403


def test_who_is_waited_for_is_read_off_the_table():
    s = stage()
    assert waits_for(proposed(s, "upheld")) == "decider"
    assert waits_for(take(applied(s, duty_text="", duty_performed_on=None), "ask_completion", s.centre, note="缺")) in (
        "citizen",
        "organisation_representative",
    )


def asked_to_erase(person):
    applicant = factories.citizen(person, "asker")
    return erasure.request(person.id, actor=applicant, now=NOW, today=TODAY)


def reorganised(s):
    ruling = bankruptcy.Ruling("示例市中级人民法院", "（2026）示破1号", TODAY, TODAY + timedelta(days=700))
    return bankruptcy.file(s.subject.id, ruling, actor=s.applicant, now=NOW, today=TODAY)


def test_cases_of_every_kind_stand_in_one_queue_sorted_by_due_date():
    s = stage()
    erasing, reorganising, objecting = asked_to_erase(factories.person()), reorganised(s), answered(s)
    found = queues.queue(s.reviewer, Filters(), 1, TODAY)
    assert {row.case for row in found.rows} == {erasing, reorganising, objecting}
    days = [row.due_on for row in found.rows]
    assert days == sorted(days)
    assert set(found.counts) == {*WORKFLOWS, "all", "overdue", "mine"}
    assert rows(s.reviewer, kind="erasure") == [erasing]
    assert {row.about[0] for row in found.rows} >= {"整份档案", "破产重整信用修复"}


def test_a_kind_nobody_has_heard_of_appears_by_its_table_alone(monkeypatch):
    table = Workflow(
        "fresh",
        "open",
        (State("open", "新收", "open"), State("done", "办结", "done", final=True)),
        (Transition("finish", "open", "done", REVIEWER, (), "办结", "finish"),),
        "新的事项",
        "a new matter",
    )
    monkeypatch.setitem(WORKFLOWS, "fresh", table)
    monkeypatch.setitem(PREFIXES, "fresh", "XX")
    s = stage()
    case = services.open_case(
        "fresh", subject=s.subject.id, applicant_mailbox=s.subject.id, respondent=None, actor=s.applicant, now=NOW,
        today=TODAY, facts={},
    )  # fmt: skip
    found = queues.queue(s.reviewer, Filters(), 1, TODAY)
    assert [(row.case, row.about) for row in found.rows] == [(case, ("新的事项", "A new matter"))]
    assert found.counts["fresh"] == 1
    assert (("新的事项", "A new matter"), 1) in load(s.decider, TODAY).by_kind
    assert case in [row.case for row in own_cases.cases_of(s.applicant, TODAY)]


def test_what_rests_waits_for_no_office_and_is_not_in_the_queue():
    s = stage()
    case = reorganised(s)
    bankruptcy.propose(Act(case.pk, s.reviewer, NOW, TODAY), "属实。")
    case = bankruptcy.shield(Act(case.pk, s.decider, NOW, TODAY), "同意。")
    assert rows(s.reviewer) == []
    assert waits_for(case) in ("organisation_representative", "citizen")
    assert load(s.decider, TODAY).open == 1


def test_an_officer_of_another_region_is_not_shown_the_queue():
    s = stage()
    answered(s)
    elsewhere = factories.user("elsewhere", Role.REVIEWER, region="320500")
    assert rows(elsewhere) == []
    assert len(rows(s.reviewer)) == 1


def test_the_load_counts_every_kind():
    s = stage()
    asked_to_erase(factories.person())
    reorganised(s)
    objected(s)
    counted = dict(load(s.decider, TODAY).by_kind)
    assert (counted["异议", "Objection"], sum(counted.values())) == (1, 3)


def test_late_cases_lead_to_their_own_page_in_the_load(settings):
    late = TODAY + timedelta(days=30)
    settings.DEMO_DAY = late.isoformat()
    s = stage()
    case = asked_to_erase(factories.person())
    assert f"/console/erasure/{case.pk}/" in browse(s.decider).get("/console/cases/load/").content.decode()


def test_statistics_count_every_kind():
    s = stage()
    for number in range(11):
        first = f"32019919800229{number:03d}"
        person = factories.person(first + citizen_check_char(first), f"测试{number}")
        who = factories.citizen(person, f"asker{number}")
        erasure.request(person.id, actor=who, now=NOW, today=TODAY)
    found = figures(TODAY)
    assert found.by_outcome["erasure"].cells[""] == 11
    assert set(found.by_month) == set(WORKFLOWS)
    assert found.agencies == ()
    assert "删除与封存" in Client().get("/transparency/").content.decode()
    assert s.record
