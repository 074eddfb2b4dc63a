"""An order for many subjects: bounded, approved by another person, run in pieces through the gate, taken once."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from tests import factories
from tests.disclosures import PERSON_NAME, article
from tests.factories import CITIZEN, NOW, OTHER_CITIZEN, TODAY
from tests.integration.disclosure.test_gate_together import at_once

from chengxin.accounts.roles import Role
from chengxin.disclosure.models import Access, EnquiryOrder, OrderLine
from chengxin.disclosure.orders import orders, protection, services
from chengxin.disclosure.orders.services import CannotApprove, CannotOrder, Wanted
from chengxin.ledger.models import Entry
from chengxin.registry import services as registry
from chengxin.registry.models import Cause, RecordVersion
from chengxin.rules.identifiers.verdict import CodeKind

pytestmark = pytest.mark.django_db(transaction=True)
UNKNOWN = "320199197001010014"


class Unit:
    """Two officers of one unit, one of another, one person with a file, and an order about two persons."""

    def __init__(self) -> None:
        factories.law()
        factories.record(factories.person())
        here = factories.agency(factories.OTHER_AGENCY)
        self.officer = factories.user("officer", Role.ENQUIRER, of=here)
        self.second = factories.user("second", Role.ENQUIRER, of=here)
        self.stranger = factories.user("stranger", Role.ENQUIRER, of=factories.agency())
        self.wanted = Wanted(
            "licensing", article("licensing"), "苏办〔2026〕118号", "person", CodeKind.CITIZEN_ID,
            "核对本批许可申请人的处罚情况", ((CITIZEN, PERSON_NAME), (OTHER_CITIZEN, "顾言蹊")),
        )  # fmt: skip

    def places(self, **changed):
        return orders.place(replace(self.wanted, **changed), self.officer, now=NOW, today=TODAY)

    def approved(self):
        order = self.places()
        return orders.decide(order.pk, self.second, approve=True, answer="", now=NOW, today=TODAY)

    def runs(self, order, most=20, today=TODAY):
        return orders.run(order.pk, self.officer, now=NOW, today=today, most=most)


@pytest.fixture
def unit():
    return Unit()


def test_each_subject_has_its_own_access_and_leaf_and_the_results_are_taken_once(unit):
    order = unit.approved()
    assert unit.runs(order, most=1).done == 1
    assert unit.runs(order).state == "finished"
    assert sorted(Access.objects.values_list("outcome", flat=True)) == ["answered", "no_file"]
    assert Entry.objects.filter(kind="access").count() == 2
    packed = orders.take(order.pk, unit.officer, now=NOW, today=TODAY)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        table = archive.read("results.csv").decode()
        assert json.loads(archive.read("seal.json"))["order"] == str(order.pk)
    assert "沈**" in table and CITIZEN not in table and PERSON_NAME not in table
    assert not OrderLine.objects.exclude(asked=None, result=None).exists()


def test_of_a_file_that_has_changed_since_no_result_is_given(unit):
    order = unit.approved()
    unit.runs(order)
    registry.end_record(RecordVersion.objects.get().record_id, Cause.RESTORED, ref="XF-1", now=NOW)
    packed = orders.take(order.pk, unit.officer, now=NOW, today=TODAY)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        _heads, changed, untouched = archive.read("results.csv").decode().splitlines()
    assert changed.split(",")[1:2] + changed.split(",")[3:7] == ["changed", "", "", "", ""]
    assert "示交罚" not in changed and "请重新查询" in changed and ",no_file," in untouched
    with pytest.raises(CannotOrder, match="只能取一次"):
        orders.take(order.pk, unit.officer, now=NOW, today=TODAY)


def test_nothing_is_read_before_another_person_approves(unit):
    order = unit.places()
    with pytest.raises(CannotOrder):
        unit.runs(order)
    with pytest.raises(CannotOrder, match="另一人"):
        orders.decide(order.pk, unit.officer, approve=True, answer="", now=NOW, today=TODAY)
    with pytest.raises(CannotOrder, match="没有这份"):
        orders.decide(order.pk, unit.stranger, approve=True, answer="", now=NOW, today=TODAY)
    with pytest.raises(CannotApprove, match="理由"):
        orders.decide(order.pk, unit.second, approve=False, answer="", now=NOW, today=TODAY)
    assert not Access.objects.exists()


def test_an_order_ends_and_what_it_held_is_cleared(unit):
    order, late = unit.approved(), TODAY + timedelta(days=11)
    with pytest.raises(CannotOrder):
        unit.runs(order, today=late)
    assert (orders.forget(TODAY), orders.forget(late)) == (0, 2)
    assert OrderLine.objects.filter(asked=None).count() == 2


def test_lines_changed_after_the_approval_are_not_asked_about(unit):
    order = unit.approved()
    line = OrderLine.objects.get(order=order, number=2)
    swapped = orders._sealed(order.pk, 2, "asked", [UNKNOWN, "沈清禾"])
    OrderLine.objects.filter(pk=line.pk).update(asked=swapped)
    with pytest.raises(CannotOrder, match="不一致"):
        unit.runs(order)
    assert not Access.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"subjects": ()}, "1 至 500"),
        ({"subjects": tuple((f"x{n}", "y") for n in range(501))}, "1 至 500"),
        ({"subjects": ((CITIZEN, PERSON_NAME), (CITIZEN[:-1] + "3", "顾言蹊"))}, "第 2 行"),
        ({"subjects": ((CITIZEN, PERSON_NAME), (CITIZEN, PERSON_NAME))}, "重复"),
        ({"subjects": ((CITIZEN, ""),)}, "第 1 行"),
        ({"reason": "查"}, "至少"),
        ({"reason": f"核对 {CITIZEN} 的处罚情况"}, "不写证件号码"),
        ({"purpose": "bank_credit"}, "逐个查询"),
    ],
)
def test_an_order_is_bounded_and_says_what_is_wrong(unit, changed, words):
    with pytest.raises(CannotOrder, match=words) as caught:
        unit.places(**changed)
    assert CITIZEN not in str(caught.value)
    assert not EnquiryOrder.objects.exists()


def test_a_sensitive_purpose_is_covered_by_the_order_and_a_protected_subject_is_not(unit):
    centre = factories.agency("113201990000000790", runs_platform=True)
    decider = factories.user("decider", Role.DECIDER, of=centre)
    unit.wanted = replace(unit.wanted, purpose="qualification_review", statute=article("qualification_review"))
    assert unit.runs(unit.approved()).answered == 1
    other = factories.user("other decider", Role.DECIDER, of=centre)
    proposed = protection.propose(CodeKind.CITIZEN_ID, CITIZEN, PERSON_NAME, "证人保护", decider, NOW)
    protection.decide(proposed.pk, other, approve=True, answer="", now=NOW)
    order = unit.approved()
    assert unit.runs(order).answered == 0
    assert OrderLine.objects.get(order=order, number=1).outcome == "needs_centre"


def test_two_runs_at_once_ask_about_each_subject_once(unit):
    order = unit.approved()
    at_once(lambda _n: unit.runs(order), 3)
    assert unit.runs(order).state == "finished"
    assert Access.objects.count() == 2


def test_of_two_decisions_on_an_order_exactly_one_stands(unit):
    third, order = factories.user("third", Role.ENQUIRER, of=unit.officer.agency), unit.places()
    people = [unit.second, third]
    told = at_once(
        lambda n: orders.decide(order.pk, people[n], approve=not n, answer="不同意" if n else "", now=NOW, today=TODAY),
        2,
    )
    assert sorted(isinstance(each, EnquiryOrder) for each in told) == [False, True], told


def test_pasted_lines_are_read_in_the_ways_people_write_them():
    text = f"\ufeff{CITIZEN},{PERSON_NAME}\n\n{OTHER_CITIZEN}　顾言蹊\n{UNKNOWN}，沈清禾\n{FIRM_LINE}"
    assert services.read_subjects(text)[0] == (CITIZEN, PERSON_NAME)
    assert services.read_subjects(text)[2:] == ((UNKNOWN, "沈清禾"), ("91320199MA00000156", "栖云望舒食品有限公司"))


FIRM_LINE = "91320199MA00000156\t栖云望舒食品有限公司"
