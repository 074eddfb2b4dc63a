"""A sensitive purpose and a protected subject wait for another person; what is approved is one exact enquiry, once."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import IntegrityError, transaction
from tests import factories
from tests.disclosures import about_person, answer, article
from tests.factories import CITIZEN, NOW, TODAY
from tests.integration.disclosure.test_gate_together import at_once

from chengxin.accounts.models import Message
from chengxin.accounts.roles import Role
from chengxin.disclosure.models import Access, EnquiryApproval
from chengxin.disclosure.orders import approvals
from chengxin.disclosure.orders.services import CannotApprove, lift, protect
from chengxin.disclosure.services import Refused
from chengxin.ledger.models import Entry
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

    def wants(self, **changed):
        return about_person(self.officer, SENSITIVE, **{"statute": article(SENSITIVE), "reason": WHY, **changed})

    def asks(self, **changed):
        return approvals.ask(self.wants(**changed), now=NOW, today=TODAY)

    def protects(self):
        return protect(CodeKind.CITIZEN_ID, CITIZEN, "沈清和", "证人保护", self.decider, NOW)


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
    assert unit.protects().pk == made.pk
    plain = about_person(unit.officer, reason=WHY)
    assert refusal(plain).code == "needs_centre"
    asked = approvals.ask(plain, now=NOW, today=TODAY)
    with pytest.raises(CannotApprove):
        decided(asked, unit.second)
    decided(asked, unit.decider)
    assert answer(about_person(unit.officer, reason=WHY, approval_id=asked.pk)).rows
    lift(made.pk, unit.decider, NOW)
    assert answer(about_person(unit.officer)).rows
    with pytest.raises(CannotApprove):
        protect(CodeKind.CITIZEN_ID, CITIZEN, "沈清和", "证人保护", unit.officer, NOW)


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
