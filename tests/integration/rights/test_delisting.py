"""移出名单: the outcome of an objection that takes an entry off its list, and what rests on the entry with it."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories
from tests.factories import NOW, TODAY
from tests.stages import answered, decided, imposed, listed_stage, proposal, proposed, stage, take

from chengxin.catalogue.models import ItemVersion
from chengxin.registry import selectors as registry
from chengxin.registry.models import Record
from chengxin.rights import selectors
from chengxin.rights.outcomes import OutcomeNotAllowed, is_list_entry, open_to
from chengxin.supervision import selectors as supervision
from chengxin.supervision.models import Measure

pytestmark = pytest.mark.django_db


def test_a_delisted_entry_leaves_every_answer_and_its_measures_are_lifted_with_it():
    s = listed_stage()
    measure = imposed(s)
    case = decided(s, "delisted", "not_lawful")
    version = registry.present_version(s.record)
    assert (version.cause, version.ended_at, version.cause_ref) == ("delisted", NOW, case.number)
    assert not registry.in_use([s.subject.id], TODAY).exists()
    after = Measure.objects.get(pk=measure.pk)
    assert (after.lifted_at, after.lift_ref) == (NOW, case.number)
    assert list(supervision.measures_in_force([s.subject.id], TODAY)) == []
    page = selectors.case_page(case.pk, s.applicant, TODAY)
    assert "移出名单" in page.documents[-1][1]


def test_the_measures_of_another_record_stay():
    s = listed_stage()
    other = factories.record(s.subject, item="JS-YZ-01", document_no="示列决〔2026〕9号", content={"TY_MC": "另一名单"})
    measure = imposed(s, proposal(s, record=other))
    decided(s, "delisted", "not_lawful")
    assert Measure.objects.get(pk=measure.pk).lifted_at is None


def test_a_penalty_stands_on_no_list_and_cannot_be_removed_from_one():
    s = stage()
    case = answered(s)
    with pytest.raises(OutcomeNotAllowed) as refused:
        take(case, "propose", s.reviewer, outcome="delisted", note="属实。")
    assert "名单" in refused.value.in_language("zh-hans")
    assert "list" in refused.value.in_language("en")
    assert registry.present_version(s.record).ended_at is None


def test_not_me_on_a_list_is_answered_by_deletion_not_by_delisting():
    s = listed_stage()
    with pytest.raises(OutcomeNotAllowed):
        proposed(s, "delisted", "not_me")


@pytest.mark.parametrize(("item", "entry"), [("JS-YZ-01", True), ("JS-SW-01", True), ("JS-SF-01", True),
                                             ("JS-YC-01", True), ("JS-SF-02", False), ("JS-CF-01", False)])  # fmt: skip
def test_which_items_are_lists(item, entry):
    factories.law()
    record = Record(item=ItemVersion.objects.select_related("item").filter(item__code=item).latest("version"))
    assert is_list_entry(record) is entry
    assert ("delisted" in open_to("content", record)) is entry


def test_the_desk_offers_delisting_for_list_entries_only():
    s = listed_stage()
    case = answered(s)
    client = Client()
    client.force_login(s.reviewer)
    assert 'value="delisted"' in client.get(f"/console/cases/{case.pk}/").content.decode()
