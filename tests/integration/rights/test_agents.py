"""代理: nobody acts for another without a proof that two officers looked at, and only until its day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import factories
from tests.factories import CITIZEN, NOW, OTHER_CITIZEN, TODAY
from tests.stages import at, stage, take

from chengxin.accounts.models import Message
from chengxin.accounts.policies import NotPermitted
from chengxin.accounts.roles import Role
from chengxin.disclosure import own_file
from chengxin.ledger.models import Entry
from chengxin.registry import selectors as registry
from chengxin.registry.models import Mandate
from chengxin.rights import agents, erasure
from chengxin.rights.agents import Claim, PowerRefused
from chengxin.rights.models import Power

pytestmark = pytest.mark.django_db
NAME, PROOF = "沈清和", b"%PDF-1.7 power of attorney"
ENDS = date(2027, 3, 1)


@pytest.fixture
def town():
    s = stage(factories.person(CITIZEN, NAME), decided=date(2022, 3, 2))
    helper = factories.citizen(factories.person(OTHER_CITIZEN, "顾南星"), "helper")
    return s, helper


def claimed(helper, capacity=Power.AGENT, **changed) -> Power:
    parts = {"capacity": capacity, "number": CITIZEN, "name": NAME, "ends_on": ENDS, "proof": PROOF, **changed}
    return agents.claim(Claim(**parts), actor=helper, now=NOW, today=TODAY)


def granted(s, helper, capacity=Power.AGENT) -> Power:
    power = claimed(helper, capacity)
    agents.check(power.pk, True, officer=s.reviewer, now=NOW)
    return agents.decide(power.pk, True, "证明齐全。", officer=s.decider, now=NOW, today=TODAY)


def test_an_agent_may_act_only_after_two_officers_and_only_until_the_last_day(town):
    s, helper = town
    power = claimed(helper)
    assert not registry.may_act_for(helper, s.subject.id)
    agents.check(power.pk, True, officer=s.reviewer, now=NOW)
    assert not registry.may_act_for(helper, s.subject.id)
    agents.decide(power.pk, True, "证明齐全。", officer=s.decider, now=NOW, today=TODAY)
    assert registry.capacity_of(helper, s.subject.id) == Mandate.AGENT
    assert own_file.read(s.subject.id, helper, now=NOW, today=TODAY).name == NAME
    own_file.read(s.subject.id, s.applicant, now=NOW, today=TODAY)
    looks = own_file.who_looked(s.subject.id, s.applicant, now=NOW).looks
    assert [look.basis_ref for look in looks] == ["", "agent"], "an agent's look is not taken for the person's own"
    assert agents.lapse(now=at(ENDS), today=ENDS) == 0
    assert agents.lapse(now=at(ENDS), today=ENDS + timedelta(days=1)) == 1
    assert not registry.may_act_for(helper, s.subject.id)


def test_the_person_is_told_and_can_end_it_at_once(town):
    s, helper = town
    power = granted(s, helper)
    told = Message.objects.get(mailbox=s.subject.id, kind="power_decided")
    assert "民法典" in told.body and ENDS.isoformat() in told.body
    assert [each.pk for each in agents.over(s.subject.id, s.applicant)] == [power.pk]
    agents.withdraw(power.pk, actor=s.applicant, now=NOW)
    assert not registry.may_act_for(helper, s.subject.id)
    with pytest.raises(PowerRefused):
        agents.withdraw(power.pk, actor=s.applicant, now=NOW)


def test_a_close_relative_of_the_deceased_has_the_file_erased(town):
    s, helper = town
    granted(s, helper, Power.RELATIVE)
    assert not registry.may_act_for(s.applicant, s.subject.id), "who has died acts no more"
    case = erasure.request(s.subject.id, actor=helper, now=NOW, today=TODAY)
    take(case, "propose", s.reviewer, outcome="erased", note="保存期限已满，近亲属提出。")
    assert take(case, "approve", s.decider, note="同意。").state == "erased"
    assert key_of(helper).wrapped is None, "the proof names the person too, so it goes with the file"
    assert agents.lapse(now=at(ENDS), today=ENDS + timedelta(days=1)) == 0
    told = Message.objects.get(mailbox=helper.pk, kind="power_decided")
    assert "第四十九条" in told.body


def key_of(helper):
    return Power.objects.select_related("key").get(applicant=helper).key


def test_a_claim_about_nobody_is_answered_like_any_other_and_ends_with_an_officer(town):
    s, helper = town
    known, unknown = claimed(helper), claimed(helper, number="320199197001010010")
    wrong_name = claimed(helper, name="沈清河")
    assert (unknown.subject_id, wrong_name.subject_id) == (None, None)
    bodies = {m.body for m in Message.objects.filter(mailbox=helper.pk, kind="power_filed")}
    assert len(bodies) == 1, "the answers do not tell which file exists"
    assert known.subject_id == s.subject.id
    with pytest.raises(PowerRefused):
        agents.check(unknown.pk, True, officer=s.reviewer, now=NOW)
    agents.check(unknown.pk, False, officer=s.reviewer, now=NOW)
    agents.decide(unknown.pk, False, "与证件信息不一致", officer=s.decider, now=NOW, today=TODAY)
    told = Message.objects.get(mailbox=helper.pk, kind="power_decided")
    assert "行政复议" in told.body and "行政诉讼" in told.body


def test_two_different_officers_with_a_reason_and_nobody_for_themself(town):
    s, helper = town
    both = factories.user("both", Role.REVIEWER, Role.DECIDER)
    power = claimed(helper)
    with pytest.raises(PowerRefused):
        agents.decide(power.pk, True, "好", officer=s.decider, now=NOW, today=TODAY)
    agents.check(power.pk, True, officer=both, now=NOW)
    with pytest.raises(PowerRefused):
        agents.decide(power.pk, True, "好", officer=both, now=NOW, today=TODAY)
    with pytest.raises(PowerRefused):
        agents.decide(power.pk, True, " ", officer=s.decider, now=NOW, today=TODAY)
    with pytest.raises(NotPermitted):
        agents.check(power.pk, True, officer=helper, now=NOW)
    officer = factories.user("officer", Role.CITIZEN, Role.REVIEWER)
    with pytest.raises(PowerRefused):
        agents.check(claimed(officer).pk, True, officer=officer, now=NOW)


@pytest.mark.parametrize("changed", [
    {"capacity": "friend"}, {"number": " "}, {"name": ""}, {"proof": b""}, {"proof": b"MZ program"},
    {"proof": b"%PDF-" + b"x" * agents.LARGEST_PROOF}, {"ends_on": date(2026, 11, 19)}, {"ends_on": date(2030, 1, 1)},
])  # fmt: skip
def test_a_claim_without_its_parts_is_refused(town, changed):
    with pytest.raises(PowerRefused):
        claimed(town[1], **changed)


def test_claim_and_proof_are_sealed_their_reading_is_committed_and_no_leaf_names_anybody(town):
    s, helper = town
    power = claimed(helper)
    assert NAME.encode() not in bytes(power.sealed_claim) and PROOF not in bytes(power.sealed_proof)
    before = Entry.objects.filter(kind="power").count()
    opened = agents.read(power.pk, s.reviewer, now=NOW)
    assert (opened.number, opened.name, opened.proof, opened.proof_type) == (CITIZEN, NAME, PROOF, "application/pdf")
    assert Entry.objects.filter(kind="power").count() == before + 1
    with pytest.raises(NotPermitted):
        agents.read(power.pk, helper, now=NOW)
    for leaf in Entry.objects.filter(kind="power"):
        assert CITIZEN.encode() not in bytes(leaf.body) and str(s.subject.id).encode() not in bytes(leaf.body)
    assert CITIZEN not in repr(opened)


def test_a_proof_of_power_waits_for_officers_of_the_whole_platform(town):
    s, helper = town
    power = claimed(helper)
    far = factories.user("far", Role.REVIEWER, Role.DECIDER, of=s.centre.agency, region="320100")
    assert [each.pk for each in agents.waiting(s.reviewer)] == [power.pk]
    assert not agents.waiting(far).exists() and not agents.waiting(s.decider).exists()
    with pytest.raises(agents.PowerUnknown):
        agents.read(power.pk, far, now=NOW)
    with pytest.raises(NotPermitted):
        agents.check(power.pk, True, officer=far, now=NOW)
