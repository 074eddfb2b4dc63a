"""Each outcome of a restoration names its own remedy; papers travel with the application; letters lead to the case."""

from __future__ import annotations

import pytest
from tests import stages
from tests.factories import NOW, TODAY
from tests.stages import applied, objected, restored, stage, take, verified

from chengxin.accounts.models import Message
from chengxin.cases import evidence
from chengxin.cases import selectors as cases
from chengxin.cases.models import Case
from chengxin.rights import erasure, handling, proofs, restoration
from chengxin.rights.restoration import RestorationRefused
from chengxin.rules.retention import Fate
from chengxin.rules.workflows.erasure import ERASURE

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 receipt 0001"


@pytest.fixture
def s():
    return stage()


def letter(case: Case) -> str:
    found = cases.documents(case).filter(kind="restoration_decision").last()
    assert found is not None
    return cases.document_text(found)


def test_what_was_granted_names_no_remedy_against_a_refusal(s):
    text = letter(restored(s))
    assert "本决定支持了您的申请" in text
    assert "如不服" not in text
    served = Message.objects.filter(kind="restoration_decided", mailbox=s.subject.id).get()
    assert "如不服" not in served.body


def test_what_was_denied_or_cancelled_names_the_remedy_against_it(s):
    denied = take(verified(s), "propose", s.reviewer, outcome="denied", note="义务尚未履行。")
    assert "再次免费申请修复" in letter(take(denied, "deny", s.decider, note="同意。"))
    case = take(restored(s), "doubt", s.reviewer, note="票据存疑。")
    take(case, "speak", s.applicant, note="票据由银行出具。")
    assert "票据由银行出具。" in [line.note for line in cases.timeline(case)]
    assert "如不服撤销决定" in letter(take(case, "cancel", s.decider, note="票据系伪造。", heard="已书面陈述。"))


def test_papers_go_with_the_application_and_with_the_completion(s):
    case = restoration.apply(
        s.record,
        stages.application(duty_text="", duty_performed_on=None),
        actor=s.applicant,
        now=NOW,
        today=TODAY,
        evidence=[PDF],
    )
    take(case, "ask_completion", s.centre, note="缺票据")
    fields = {"note": "票据见附件", "performed_on": "2026-05-20"}
    handling.take(case.pk, "complete", actor=s.applicant, now=NOW, today=TODAY, fields=fields, files=[PDF + b"2"])
    assert [evidence.opened(each).content for each in cases.evidence(case)] == [PDF, PDF + b"2"]
    assert PDF not in bytes(cases.evidence(case)[0].sealed_body)


def test_one_bad_file_and_the_step_is_not_taken(s):
    case = applied(s, duty_text="", duty_performed_on=None)
    take(case, "ask_completion", s.centre, note="缺票据")
    fields = {"note": "票据见附件", "performed_on": "2026-05-20"}
    with pytest.raises(evidence.EvidenceRefused):
        handling.take(case.pk, "complete", actor=s.applicant, now=NOW, today=TODAY, fields=fields, files=[b"<html>"])
    assert Case.objects.get(pk=case.pk).state == "incomplete"


def test_a_record_said_to_be_somebody_elses_is_not_restored_meanwhile(s):
    objected(s, "not_me")
    with pytest.raises(RestorationRefused):
        applied(s)


def test_letters_lead_to_the_page_of_the_case(s):
    case = objected(s)
    letters = Message.objects.filter(kind="objection_filed")
    assert {each.link for each in letters} == {f"/mine/cases/{case.pk}/", f"/console/cases/{case.pk}/"}


def test_the_review_of_an_erasure_is_offered_exactly_where_the_table_has_it():
    ends = {"refused": Fate.KEEP, "kept": Fate.KEEP, "frozen": Fate.FREEZE, "erased": Fate.ERASE}
    for state, fate in ends.items():
        open_to_review = any(step.action == "contest" for step in ERASURE.leaving(state))
        assert ("免费申请复核一次" in erasure.remedy(fate, state)) == open_to_review, state


def test_without_the_authoritys_word_no_proof_is_claimed(s):
    assert proofs.of(s.record) == []
