"""惩戒措施: every part it needs is refused when missing, and it holds no longer than its record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from tests.factories import NOW, TODAY
from tests.stages import Stage, at, imposed, listed_stage, objected, proposal, stage

from chengxin.accounts.models import RoleAssignment
from chengxin.accounts.policies import NotPermitted
from chengxin.registry import selectors as registry
from chengxin.registry import services as records
from chengxin.registry.models import Cause
from chengxin.supervision import selectors, services
from chengxin.supervision.models import Measure, MeasureProposal
from chengxin.supervision.policies import MeasureRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def s() -> Stage:
    return listed_stage()


def in_force(s: Stage, day: date = TODAY) -> list[str]:
    return [measure.code for measure in selectors.measures_in_force([s.subject.id], day)]


def refusal(act) -> str:
    with pytest.raises(MeasureRefused) as refused:
        act()
    return refused.value.code


def test_a_complete_measure_holds_and_its_notice_names_reason_basis_and_remedy(s):
    measure = imposed(s)
    assert in_force(s) == ["A-01"]
    assert measure.notice.mailbox == s.subject.id
    for part in (measure.reason, measure.basis_instrument, measure.remedy, measure.decision_no):
        assert part in measure.notice.body


def test_a_proposal_alone_has_no_effect(s):
    proposal(s)
    assert in_force(s) == []
    assert selectors.open_proposals().count() == 1


def test_not_in_the_list(s):
    assert refusal(lambda: proposal(s, "Z-99")) == "measure_not_listed"


def test_basis_of_too_low_a_rank_for_its_class(s):
    assert refusal(lambda: proposal(s, "B-05")) == "measure_basis_too_low"


def test_not_for_this_kind_of_subject(s):
    assert refusal(lambda: proposal(s, "A-04")) == "measure_not_for_subject"


def test_not_for_this_kind_of_record():
    assert refusal(lambda: proposal(stage(), "A-01")) == "measure_not_for_item"


@pytest.mark.parametrize("days", [{"ends_on": None}, {"ends_on": date(2099, 1, 1)}, {"ends_on": TODAY - timedelta(1)}])
def test_no_end_or_an_end_after_its_record(s, days):
    assert refusal(lambda: proposal(s, **days)) == "measure_outlives_record"


def test_not_before_it_is_served(s):
    assert refusal(lambda: proposal(s, starts_on=TODAY - timedelta(1))) == "measure_backdated"


@pytest.mark.parametrize("missing", [{"decision_no": " "}, {"remedy": ""}])
def test_no_decision_or_no_remedy(s, missing):
    found = proposal(s)
    assert refusal(lambda: imposed(s, found, **missing)) == "measure_part_missing"
    assert in_force(s) == []


def test_no_reason(s):
    assert refusal(lambda: proposal(s, reason=" ")) == "measure_part_missing"


def test_one_person_cannot_propose_and_decide(s):
    RoleAssignment.objects.create(user=s.clerk, role="decider")
    found = proposal(s)
    assert refusal(lambda: imposed(s, found, decided_by=s.clerk)) == "measure_same_person"


def test_permissions_are_asked_of_both(s):
    with pytest.raises(NotPermitted):
        proposal(s, actor=s.reviewer)
    found = proposal(s)
    with pytest.raises(NotPermitted):
        imposed(s, found, decided_by=s.reviewer)


def test_a_disputed_record_carries_no_new_measure(s):
    objected(s)
    assert refusal(lambda: proposal(s)) == "record_disputed"


def test_a_proposal_goes_stale_when_the_record_changes(s):
    found = proposal(s)
    records.suspend_link(s.record, ref="x", now=NOW)
    records.confirm_link(s.record, ref="x", now=NOW)
    assert refusal(lambda: imposed(s, found)) == "measure_proposal_stale"


def test_a_proposal_is_decided_once(s):
    found = proposal(s)
    imposed(s, found)
    assert refusal(lambda: imposed(s, found)) == "measure_already_decided"


def test_it_ends_by_itself_on_its_last_day(s):
    imposed(s)
    assert in_force(s, date(2027, 6, 30)) == ["A-01"]
    assert in_force(s, date(2027, 7, 1)) == []


@pytest.mark.parametrize("cause", [Cause.DELETED, Cause.WITHDRAWN, Cause.STOPPED, Cause.RESTORED])
def test_it_cannot_outlive_its_record_however_the_record_ends(s, cause):
    imposed(s)
    records.end_record(s.record, cause, ref="x", now=NOW)
    assert in_force(s) == []
    assert Measure.objects.get().lifted_at is None  # The row says nothing else: the comparison alone ends it.


def test_a_suspended_link_carries_no_measure(s):
    imposed(s)
    records.suspend_link(s.record, ref="x", now=NOW)
    assert in_force(s) == []


def test_lifting_ends_every_measure_of_the_record_with_a_leaf(s):
    imposed(s)
    imposed(s, proposal(s, "B-04"))
    assert len(in_force(s)) == 2
    lifted = services.lift(s.record, ref="XF-2026-000001", now=at(TODAY))
    assert in_force(s) == []
    assert set(lifted.measures) == set(Measure.objects.values_list("id", flat=True))
    assert services.lift(s.record, ref="again", now=NOW).measures == ()


MISSING = {
    "decision": {"decision_no": ""},
    "instrument": {"basis_instrument": ""},
    "article": {"basis_article": ""},
    "rank": {"basis_rank": "platform"},
    "rank for class A": {"basis_rank": "department_rule"},
    "class": {"measure_class": "D"},
    "reason": {"reason": ""},
    "remedy": {"remedy": ""},
    "notice": {"notice_id": None},
    "record": {"record_id": None},
    "end": {"ends_on": None},
    "end within its record's": {"ends_on": date(2099, 1, 1)},
    "lift reference": {"lifted_at": NOW},
}


@pytest.mark.parametrize("part", [*MISSING, "second person"])
def test_the_database_itself_refuses_a_measure_without_any_one_part(s, part):
    whole = {f.attname: getattr(imposed(s), f.attname) for f in Measure._meta.concrete_fields if f.attname != "id"}
    row = {**whole, "proposal_id": proposal(s).id}
    broken = MISSING.get(part, {"decided_by_id": whole["proposed_by_id"]})
    with pytest.raises(DatabaseError), transaction.atomic():
        Measure.objects.create(**{**row, **broken})
    Measure.objects.create(**row)  # The same row with the part in place is taken.


def test_a_decided_measure_is_never_rewritten(s):
    measure = imposed(s)
    for column, value in (("ends_on", date(2028, 1, 1)), ("reason", "x"), ("code", "A-05")):
        with pytest.raises(DatabaseError), transaction.atomic():
            Measure.objects.filter(pk=measure.pk).update(**{column: value})
    with pytest.raises(DatabaseError), transaction.atomic():
        MeasureProposal.objects.all().delete()


def test_the_record_behind_it_is_the_one_proposed(s):
    assert imposed(s).record_id == s.record == registry.present_version(s.record).record_id
