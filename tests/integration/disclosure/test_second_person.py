"""A sensitive purpose and a protected subject wait for another person; what is approved is one exact enquiry, once."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, transaction
from django.test import Client
from tests import factories
from tests.disclosures import about_person, answer, article
from tests.factories import CITIZEN, NOW, TODAY
from tests.integration.disclosure.test_gate_together import at_once

from chengxin.accounts.models import Message
from chengxin.accounts.roles import Role
from chengxin.cli.main import main
from chengxin.disclosure.models import Access, EnquiryApproval, ProtectedSubject, ProtectionChange
from chengxin.disclosure.orders import approvals, protection
from chengxin.disclosure.orders.services import CannotApprove
from chengxin.disclosure.services import Refused
from chengxin.ledger.models import Entry
from chengxin.registry.models import Mandate
from chengxin.rules.identifiers.verdict import CodeKind

pytestmark = pytest.mark.django_db(transaction=True)
SENSITIVE = "qualification_review"
WHY = "核对本案当事人的履行情况"


class Unit:
    """Two officers of one unit, one of another, and one who decides for the credit centre."""

    def __init__(self) -> None:
        factories.law()
        self.person = factories.person()
        factories.record(self.person)
        here = factories.agency(factories.OTHER_AGENCY)
        self.officer = factories.user("officer", Role.ENQUIRER, of=here)
        self.second = factories.user("second", Role.ENQUIRER, of=here)
        self.stranger = factories.user("stranger", Role.ENQUIRER, of=factories.agency())
        centre = factories.agency("113201990000000790", runs_platform=True)
        self.decider = factories.user("decider", Role.DECIDER, of=centre)
        self.other = factories.user("other decider", Role.DECIDER, of=centre)

    def wants(self, **changed):
        return about_person(self.officer, SENSITIVE, **{"statute": article(SENSITIVE), "reason": WHY, **changed})

    def asks(self, **changed):
        return approvals.ask(self.wants(**changed), now=NOW, today=TODAY)

    def protects(self):
        """Protect the person, proposed by one and decided by the other, and return the protection."""
        self.agreed(self.proposes())
        return ProtectedSubject.objects.get(lifted_at=None)

    def proposes(self, by=None, ground="证人保护"):
        return protection.propose(CodeKind.CITIZEN_ID, CITIZEN, "沈清和", ground, by or self.decider, NOW)

    def agreed(self, change, approve=True, answer=""):
        return protection.decide(change.pk, self.other, approve=approve, answer=answer, now=NOW)


@pytest.fixture
def unit():
    return Unit()


def decided(approval, by, *, approve=True, reason="", today=TODAY):
    return approvals.decide(approval.pk, by, approve=approve, answer=reason, now=NOW, today=today)


def refusal(enquiry, **changed):
    with pytest.raises(Refused) as caught:
        answer(enquiry, **changed)
    return caught.value


def test_a_sensitive_purpose_says_that_another_person_is_needed_and_is_written_down(unit):
    said = refusal(unit.wants())
    assert said.code == "needs_second_person" and said.entry and "另一人批准" in said.zh
    assert Access.objects.get().reason_code == "needs_second_person"


def test_approved_by_another_person_it_is_answered_once(unit):
    asked = unit.asks()
    decided(asked, unit.second)
    given = answer(unit.wants(approval_id=asked.pk))
    assert given.outcome == "answered"
    assert refusal(unit.wants(approval_id=asked.pk)).code == "approval_not_valid"
    assert [m.title for m in Message.objects.filter(mailbox=unit.officer.pk)] == ["查询已获批准"]


@pytest.mark.parametrize(
    "changed", [{"matter_no": "苏办〔2026〕119号"}, {"reason": "另一个理由，并非批准的那个"}], ids=["matter", "reason"]
)
def test_an_approval_is_for_exactly_what_was_put(unit, changed):
    asked = unit.asks()
    decided(asked, unit.second)
    assert refusal(unit.wants(approval_id=asked.pk, **changed)).code == "approval_not_valid"
    assert answer(unit.wants(approval_id=asked.pk)).outcome == "answered"


def test_an_approval_is_for_its_asker_and_its_subject(unit):
    asked = unit.asks()
    decided(asked, unit.second)
    theirs = about_person(unit.second, SENSITIVE, statute=article(SENSITIVE), reason=WHY, approval_id=asked.pk)
    assert refusal(theirs).code == "approval_not_valid"
    factories.person(factories.OTHER_CITIZEN, "顾言蹊")
    other = unit.wants(approval_id=asked.pk, code=factories.OTHER_CITIZEN, name="顾言蹊")
    assert refusal(other).code == "approval_not_valid"


def test_waiting_refused_and_ended_approvals_open_nothing(unit):
    asked = unit.asks()
    assert refusal(unit.wants(approval_id=asked.pk)).code == "approval_not_valid"
    with pytest.raises(CannotApprove):
        decided(asked, unit.second, approve=False)
    decided(asked, unit.second, approve=False, reason="与本案无关")
    assert refusal(unit.wants(approval_id=asked.pk)).code == "approval_not_valid"
    again = unit.asks()
    decided(again, unit.second)
    assert refusal(unit.wants(approval_id=again.pk), today=TODAY + timedelta(days=6)).code == "approval_not_valid"


def test_nobody_approves_their_own_and_nobody_elses_unit_sees_it(unit):
    asked = unit.asks()
    for other in (unit.officer, unit.stranger, unit.decider):
        with pytest.raises(CannotApprove):
            decided(asked, other)
    assert [len(approvals.for_decider(each, TODAY)) for each in (unit.officer, unit.stranger, unit.second)] == [0, 0, 1]
    with pytest.raises(IntegrityError), transaction.atomic():
        EnquiryApproval.objects.filter(pk=asked.pk).update(decided_by=unit.officer, decided_at=NOW, approved=True)


def test_the_second_person_sees_the_subject_masked_and_the_reason(unit):
    unit.asks()
    (waiting,) = approvals.for_decider(unit.second, TODAY)
    assert (waiting.subject, waiting.reason, waiting.matter_no) == ("沈**", WHY, "苏办〔2026〕118号")
    assert CITIZEN not in repr(waiting)
    kinds = list(Entry.objects.filter(kind=approvals.LEAF_KIND))
    assert len(kinds) == 1 and CITIZEN.encode() not in bytes(kinds[0].body)


def test_of_two_decisions_at_once_exactly_one_stands(unit):
    third = factories.user("third", Role.ENQUIRER, of=unit.officer.agency)
    asked = unit.asks()
    people = [unit.second, third]
    told = at_once(lambda n: decided(asked, people[n], approve=not n, reason="不同意" if n else ""), 2)
    assert sorted(isinstance(each, EnquiryApproval) for each in told) == [False, True], told
    assert Entry.objects.filter(kind=approvals.LEAF_KIND).count() == 2  # Put, and decided once.


def test_one_approval_used_at_once_answers_exactly_once(unit):
    asked = unit.asks()
    decided(asked, unit.second)
    told = at_once(lambda _n: answer(unit.wants(approval_id=asked.pk)), 4)
    assert sorted(type(each).__name__ for each in told) == ["Answer", *["Refused"] * 3]


def test_a_protected_subject_is_for_the_centre_to_approve_whatever_the_purpose(unit):
    made = unit.protects()
    with pytest.raises(CannotApprove, match="已经受保护"):
        unit.proposes()
    plain = about_person(unit.officer, reason=WHY)
    assert refusal(plain).code == "needs_centre"
    asked = approvals.ask(plain, now=NOW, today=TODAY)
    with pytest.raises(CannotApprove):
        decided(asked, unit.second)
    decided(asked, unit.decider)
    assert answer(about_person(unit.officer, reason=WHY, approval_id=asked.pk)).rows
    unit.agreed(protection.propose_lift(made.pk, "案件已经审结", unit.decider, NOW))
    assert answer(about_person(unit.officer)).rows
    with pytest.raises(CannotApprove):
        unit.proposes(by=unit.officer)


def test_a_protection_takes_two_people_to_set_and_two_to_end(unit):
    change = unit.proposes()
    assert answer(about_person(unit.officer)).outcome == "answered", "a proposal changes nothing"
    with pytest.raises(CannotApprove, match="另一人"):
        protection.decide(change.pk, unit.decider, approve=True, answer="", now=NOW)
    with pytest.raises(CannotApprove):
        protection.decide(change.pk, unit.second, approve=True, answer="", now=NOW)
    with pytest.raises(CannotApprove, match="同样的提议"):
        unit.proposes(by=unit.other)
    unit.agreed(change)
    assert refusal(about_person(unit.officer)).code == "needs_centre"
    with pytest.raises(CannotApprove, match="已经办结"):
        unit.agreed(change, approve=False, answer="不必")
    made = ProtectedSubject.objects.get()
    unit.agreed(protection.propose_lift(made.pk, "案件已经审结", unit.decider, NOW), approve=False, answer="仍在审理。")
    assert refusal(about_person(unit.officer)).code == "needs_centre"


def test_a_refused_proposal_says_why_and_can_be_put_again(unit):
    with pytest.raises(CannotApprove, match="理由"):
        unit.agreed(unit.proposes(), approve=False)
    unit.agreed(ProtectionChange.objects.get(), approve=False, answer="依据不足。")
    assert not ProtectedSubject.objects.exists() and unit.proposes().pk


def test_nobody_decides_or_sees_the_protection_of_a_file_they_act_for(unit):
    change = unit.proposes()
    Mandate.objects.create(user=unit.other, subject=unit.person, capacity=Mandate.SELF, since=NOW)
    assert protection.waiting(unit.other) == []
    with pytest.raises(CannotApprove):
        unit.agreed(change)


@pytest.mark.parametrize("ground", ["", "x" * 201, f"保护 {CITIZEN}"])
def test_a_protection_has_a_plain_ground(unit, ground):
    with pytest.raises(CannotApprove, match="依据") as caught:
        unit.proposes(ground=ground)
    assert CITIZEN not in str(caught.value)


def test_the_desk_of_protections_is_for_the_centre_and_shows_a_masked_name(unit):
    client = {name: Client() for name in ("decider", "other", "officer")}
    for name, each in client.items():
        each.force_login(getattr(unit, name))
    home = "/console/enquiry/protected/"
    assert client["officer"].get(home).status_code == 404
    typed = {"code_kind": "citizen_id", "code": CITIZEN, "name": "沈清和", "ground": "证人保护"}
    assert client["decider"].post(home + "new/", typed)["Location"] == home
    change = ProtectionChange.objects.get()
    assert client["decider"].get(f"{home}{change.pk}/decide/").status_code == 404
    shown = client["other"].get(home).content.decode()
    assert "沈**" in shown and "沈清和" not in shown and CITIZEN not in shown
    client["other"].post(f"{home}{change.pk}/decide/", {"decision": "approve", "answer": ""})
    made = ProtectedSubject.objects.get()
    client["other"].post(f"{home}{made.pk}/lift/", {"ground": "案件已经审结"})
    client["decider"].post(f"{home}{ProtectionChange.objects.get(act='lift').pk}/decide/", {"decision": "approve"})
    assert not ProtectedSubject.objects.filter(lifted_at=None).exists()
    wrong = client["decider"].post(home + "new/", typed | {"name": "别的名字"})
    assert wrong.status_code == 422 and "没有与所填证件" in wrong.content.decode()


class Drawn(Random):
    """Chance that always, or never, draws."""

    def __init__(self, *, hit: bool) -> None:
        super().__init__(1)
        self.hit = hit

    def randrange(self, *_bounds):
        return 0 if self.hit else 1


def test_one_in_many_is_asked_for_a_reason_and_trying_again_does_not_help(unit):
    plain = about_person(unit.officer)
    assert answer(plain, rng=Drawn(hit=False)).rows
    assert refusal(plain, rng=Drawn(hit=True)).code == "reason_wanted"
    assert refusal(plain, rng=Drawn(hit=False)).code == "reason_wanted"
    assert refusal(about_person(unit.officer, reason="查一下"), rng=Drawn(hit=False)).code == "reason_wanted"
    assert answer(about_person(unit.officer, reason="办理道路运输许可，核对处罚"), rng=Drawn(hit=True)).rows
    colleague = about_person(unit.second)
    assert answer(colleague, rng=Drawn(hit=False)).rows


def test_a_protection_is_set_and_ended_on_the_command_line_by_two(unit):
    def run(*arguments, typed=""):
        done = CliRunner().invoke(main, ["enquire", *map(str, arguments)], input=typed)
        assert CITIZEN not in done.output
        return done

    asked = run("protect", "--ground", "证人保护", "--as", "decider", typed=f"{CITIZEN}\n沈清和\n")
    number = asked.output.split()[-1]
    assert run("decide-protection", number, "--approve", "--as", "decider").exit_code != 0
    assert "沈**" in run("protections", "--as", "other decider").output
    assert run("decide-protection", number, "--approve", "--as", "other decider").exit_code == 0
    made = ProtectedSubject.objects.get()
    number = run("unprotect", made.pk, "--ground", "案件已经审结", "--as", "decider").output.split()[-1]
    assert run("decide-protection", number, "--approve", "--as", "other decider").exit_code == 0
    assert not ProtectedSubject.objects.filter(lifted_at=None).exists()
