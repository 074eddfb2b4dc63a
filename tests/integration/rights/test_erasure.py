"""删除与封存: refused while the law needs it, frozen while the law keeps it, erased with proof when nothing does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import factories, stages
from tests.factories import CITIZEN, NOW, TODAY
from tests.stages import Stage, at, stage, take

from chengxin.accounts.models import Message
from chengxin.accounts.roles import Role
from chengxin.cases import contacts
from chengxin.cases import selectors as cases
from chengxin.cases.models import Case, CaseEvent, Document
from chengxin.cases.policies import OwnMatter, SamePerson
from chengxin.disclosure import own_file
from chengxin.ledger import services as ledger
from chengxin.registry import selectors as registry
from chengxin.registry import services as registry_services
from chengxin.registry.models import Cause, Mandate, Person, RecordVersion, Subject
from chengxin.registry.subjects import give_mandate
from chengxin.rights import erasure, erasure_pages, handling, objections
from chengxin.rights.erasure import ErasureRefused
from chengxin.rights.matters import AlreadyOpen
from chengxin.rights.models import Erasure, Reading
from chengxin.rights.policies import RecordNotYours
from chengxin.rules.errors import Refusal
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.rules.workflow import NeedsUnmet
from chengxin.vault import services as vault

pytestmark = pytest.mark.django_db
# A fine may be used for a year after its document, and what was used is kept for three years after that.
OPT_IN = "JS-ZQ-01"
IN_USE, JUST_OVER, LONG_OVER = date(2026, 4, 15), date(2025, 3, 3), date(2022, 3, 2)
LAST_DAY, KEPT_UNTIL = date(2026, 3, 3), date(2029, 3, 3)


def asked(s: Stage, day: date = TODAY, record=None, text: str = "不想再保存") -> Case:
    return erasure.request(s.subject.id, actor=s.applicant, record_id=record, text=text, now=at(day), today=day)


def proposed(s: Stage, outcome: str, day: date = TODAY, **more) -> Case:
    return take(asked(s, day, **more), "propose", s.reviewer, day=day, outcome=outcome, note="依法应当如此。")


def person_stage(decided: date = IN_USE) -> Stage:
    return stage(factories.person(), decided=decided)


def text_of(case: Case) -> str:
    return cases.document_text(Document.objects.select_related("case__key").get(case=case, kind="erasure_decision"))


def test_a_penalty_in_use_is_kept_and_the_refusal_names_article_reason_last_day_and_remedy():
    s = person_stage()
    case = take(proposed(s, "refused"), "refuse", s.decider, note="使用期未满。")
    assert case.state == "refused"
    said = text_of(case)
    until = registry.present_version(s.record).use_until
    for part in (
        "第十三条",
        "第四十七条",
        "第五十条",
        until.isoformat(),
        "复核",
        "行政复议",
        "行政诉讼",
        "不收取任何费用",
    ):
        assert part in said
    told = Message.objects.filter(kind="erasure_decided")
    assert {message.mailbox for message in told} == {s.applicant.pk, s.subject.id}
    assert all("行政诉讼" in message.body for message in told)
    assert registry.find_person(CodeKind.CITIZEN_ID, CITIZEN) is not None
    assert s.subject.key.wrapped is not None


@pytest.mark.parametrize("outcome", ["erased", "frozen"])
def test_nobody_can_destroy_or_freeze_what_the_law_still_needs(outcome):
    s = person_stage()
    case = asked(s)
    with pytest.raises(ErasureRefused) as refused:
        take(case, "propose", s.reviewer, outcome=outcome, note="照顾")
    assert refused.value.facts["lawful"] == "refused"
    assert "不予删除" in refused.value.zh


def test_nobody_can_keep_what_the_law_lets_go():
    s = person_stage(LONG_OVER)
    case = asked(s)
    with pytest.raises(ErasureRefused):
        take(case, "propose", s.reviewer, outcome="refused", note="以后或许有用")


def test_a_refusal_can_be_contested_once():
    s = person_stage()
    case = take(proposed(s, "refused"), "refuse", s.decider, note="使用期未满。")
    case = take(case, "contest", s.applicant, note="请重新看")
    with pytest.raises(AlreadyOpen):
        asked(s)
    reviewer, decider = stages.others(s)
    case = take(case, "propose", reviewer, outcome="refused", note="同前")
    case = take(case, "refuse", decider, note="维持")
    assert case.state == "kept"
    with pytest.raises(Refusal):
        take(case, "contest", s.applicant, note="再来")


def test_the_law_of_the_day_of_the_decision_counts_not_that_of_the_proposal():
    s = person_stage(date(2025, 11, 20))
    assert registry.present_version(s.record).use_until == TODAY
    case = proposed(s, "refused")
    with pytest.raises(ErasureRefused):
        take(case, "refuse", s.decider, day=TODAY + timedelta(days=1), note="不予删除")
    assert Case.objects.get(pk=case.pk).state == "proposed", "nothing of the decision stands"


def test_after_its_use_a_record_is_frozen_in_no_answer_and_then_erased_by_itself():
    s = person_stage(JUST_OVER)
    contacts.set_contact(s.subject.id, "sms", "13800001234", now=NOW)
    assert registry.present_version(s.record).use_until == LAST_DAY
    case = take(proposed(s, "frozen"), "freeze", s.decider, note="保存期未满。")
    found = Erasure.objects.get(case=case)
    assert (case.state, found.frozen_until) == ("frozen", KEPT_UNTIL)
    assert "网络数据安全管理条例" in text_of(case)
    assert registry.find_person(CodeKind.CITIZEN_ID, CITIZEN) is None, "a frozen file is found by nobody"
    assert registry.subject(s.subject.id).key.wrapped is not None, "what the law keeps is still there"
    with pytest.raises(AlreadyOpen):
        asked(s)
    assert erasure.finish_frozen(now=at(KEPT_UNTIL), today=KEPT_UNTIL) == 0, "its last day is kept"
    after = KEPT_UNTIL + timedelta(days=1)
    assert erasure.finish_frozen(now=at(after), today=after) == 1
    assert erasure.finish_frozen(now=at(after), today=after) == 0
    assert Case.objects.get(pk=case.pk).state == "erased"
    assert registry.subject(s.subject.id).key.wrapped is None
    assert contacts.shown(s.subject.id) == {}


def test_a_report_about_somebody_whose_file_is_frozen_opens_a_new_file_that_outlives_the_frozen_one():
    s = person_stage(JUST_OVER)
    take(proposed(s, "frozen"), "freeze", s.decider, note="保存期未满。")
    fresh = factories.person()
    assert fresh.id != s.subject.id
    after = KEPT_UNTIL + timedelta(days=1)
    erasure.finish_frozen(now=at(after), today=after)
    assert registry.find_person(CodeKind.CITIZEN_ID, CITIZEN).id == fresh.id
    assert registry.subject(fresh.id).key.wrapped is not None


def test_a_record_carried_by_consent_stops_at_once_and_is_frozen():
    s = person_stage()
    joined = factories.record(s.subject, item=OPT_IN, document_no="示志〔2026〕1号", content={"TY_MC": "志愿服务"})
    case = take(proposed(s, "frozen", record=joined), "freeze", s.decider, note="撤回同意。")
    assert registry.present_version(joined).ended_at is not None
    assert Erasure.objects.get(case=case).frozen_until == TODAY.replace(year=TODAY.year + 3)
    assert registry.find_person(CodeKind.CITIZEN_ID, CITIZEN) is not None, "the rest of the file stays"


def erased_file(s: Stage) -> Case:
    return take(proposed(s, "erased"), "approve", s.decider, note="保存期已满。")


def test_an_erased_file_is_gone_for_everybody_and_the_requester_keeps_answer_and_proof():
    s = person_stage(LONG_OVER)
    objections_case = stages.objected(s)
    take(objections_case, "withdraw", s.applicant)
    contacts.set_contact(s.subject.id, "email", "a@example.org", now=NOW)
    case = erased_file(s)
    assert case.state == "erased"
    subject = Subject.objects.select_related("key").get(pk=s.subject.id)
    assert subject.key.wrapped is None and subject.key.destroyed_at is not None
    assert registry.find_person(CodeKind.CITIZEN_ID, CITIZEN) is None
    person = Person.objects.get(subject=subject)
    assert (bytes(person.sealed_name), bytes(person.sealed_certificate), person.name_index) == (b"", b"", "")
    assert not RecordVersion.objects.filter(record__subject=subject, sealed__isnull=False).exists()
    assert not Mandate.objects.filter(subject=subject).exists()
    assert not Message.objects.filter(mailbox=subject.pk).exclude(body="").exists()
    assert contacts.shown(subject.pk) == {}
    with pytest.raises(vault.Erased):
        cases.timeline(Case.objects.get(pk=objections_case.pk))
    with pytest.raises(own_file.NotYours):
        own_file.read(subject.pk, s.applicant, now=NOW, today=TODAY)
    page = erasure_pages.read(case.pk, s.applicant, now=NOW, today=TODAY)
    assert "删除" in page.documents[0][1]
    proof = erasure_pages.proof(case.pk, s.applicant, now=NOW)
    assert proof["erasure"]["key_destroyed"] and proof["erasure"]["openings"] >= 3
    assert erasure_pages.proof(case.pk, s.reviewer, now=NOW) is None


def test_one_record_goes_and_the_rest_of_the_file_stays():
    s = person_stage()
    kept = factories.record(s.subject, document_no="示交罚〔2026〕9号")
    registry_services.end_record(s.record, Cause.DELETED, ref="YY-2026-000009", now=NOW)
    case = proposed(s, "erased", record=s.record)
    case = take(case, "approve", s.decider, note="该记录有误，已经删除，不应再保存。")
    assert case.state == "erased"
    gone = RecordVersion.objects.filter(record_id=s.record)
    assert gone.count() >= 2 and all(version.sealed is None for version in gone)
    assert ledger.payloads([version.entry_id for version in gone]) == {}
    assert RecordVersion.objects.get(record_id=kept).sealed is not None
    assert registry.find_person(CodeKind.CITIZEN_ID, CITIZEN) is not None
    held = own_file.read(s.subject.id, s.applicant, now=NOW, today=TODAY).held
    assert [each.row.record for each in held] == [kept]
    with pytest.raises(Refusal):
        registry_services.reinstate_record(s.record, ref="x", now=NOW)


def test_an_open_case_must_end_before_anything_is_erased():
    s = person_stage(LONG_OVER)
    objections.file(s.record, actor=s.applicant, grounds="wrong", text="不对", now=NOW, today=TODAY)
    case = asked(s)
    with pytest.raises(ErasureRefused) as refused:
        take(case, "propose", s.reviewer, outcome="erased", note="期满")
    assert refused.value.facts["number"].startswith("YY-")


def test_only_the_person_asks_one_request_at_a_time_and_a_firm_is_told_why_not():
    s = person_stage()
    stranger = factories.citizen(factories.person(factories.OTHER_CITIZEN, "顾南星"), "stranger")
    with pytest.raises(RecordNotYours):
        erasure.request(s.subject.id, actor=stranger, now=NOW, today=TODAY)
    with pytest.raises(RecordNotYours):
        erasure.request(stranger_subject(stranger), actor=stranger, record_id=s.record, now=NOW, today=TODAY)
    asked(s)
    with pytest.raises(AlreadyOpen):
        asked(s)
    with pytest.raises(AlreadyOpen):
        asked(s, record=s.record)
    firm = factories.firm()
    with pytest.raises(ErasureRefused) as refused:
        erasure.request(firm.id, actor=factories.citizen(firm, "boss"), now=NOW, today=TODAY)
    assert "第四条" in refused.value.zh and "异议" in refused.value.zh


def stranger_subject(stranger):
    return Mandate.objects.get(user=stranger).subject_id


def test_two_people_with_reasons_and_none_of_them_on_their_own_file():
    s = person_stage()
    both = factories.user("both", Role.REVIEWER, Role.DECIDER)
    case = take(asked(s), "propose", both, outcome="refused", note="期未满")
    with pytest.raises(SamePerson):
        take(case, "refuse", both, note="期未满")
    with pytest.raises(NeedsUnmet):
        take(case, "refuse", s.decider, note=" ")
    give_mandate(s.decider, s.subject, NOW)
    with pytest.raises(OwnMatter):
        take(case, "refuse", s.decider, note="期未满")


def test_a_withdrawn_request_ends_and_may_be_made_again():
    s = person_stage()
    assert take(asked(s), "withdraw", s.applicant).state == "withdrawn"
    assert asked(s).state == "filed"


def test_a_decision_that_fails_in_the_middle_leaves_everything_as_it_was(monkeypatch):
    s = person_stage(LONG_OVER)
    case = proposed(s, "erased")
    monkeypatch.setattr(erasure, "_issue", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take(case, "approve", s.decider, note="期满")
    assert Case.objects.get(pk=case.pk).state == "proposed"
    assert registry.subject(s.subject.id).key.wrapped is not None
    assert registry.find_person(CodeKind.CITIZEN_ID, CITIZEN) is not None


def test_an_officers_look_at_a_request_is_committed_and_a_strangers_is_refused():
    s = person_stage()
    case = asked(s)
    assert erasure_pages.read(case.pk, s.reviewer, now=NOW, today=TODAY) is not None
    assert Reading.objects.get(case=case).reader == s.reviewer
    erasure_pages.read(case.pk, s.applicant, now=NOW, today=TODAY)
    assert Reading.objects.filter(case=case).count() == 1
    assert erasure_pages.read(case.pk, factories.user("nobody", Role.CITIZEN), now=NOW, today=TODAY) is None
    assert [row.case.pk for row in erasure_pages.queue(s.reviewer)] == [case.pk]
    assert erasure_pages.queue(s.clerk) == []


def test_every_act_has_its_leaf_and_the_leaves_name_nobody():
    s = person_stage(LONG_OVER)
    case = erased_file(s)
    for event in CaseEvent.objects.filter(case=case).select_related("entry"):
        body = bytes(event.entry.body).decode()
        assert CITIZEN not in body and str(s.subject.id) not in body
    assert set(handling.STEPS) >= {("erasure", action) for action in erasure.STEPS}
