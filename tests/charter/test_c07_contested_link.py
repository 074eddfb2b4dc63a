"""C07: the grade of identity evidence is stored on every link; a contested link is a suspended link."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from tests import factories
from tests.factories import TODAY
from tests.stages import objected, stage, take

from chengxin.registry import selectors as registry
from chengxin.registry.models import Record

pytestmark = pytest.mark.django_db


def test_a_link_without_evidence_cannot_be_stored():
    s = stage()
    with pytest.raises(DatabaseError), transaction.atomic():
        Record.objects.filter(pk=s.record).update(evidence="")


@pytest.mark.parametrize("subject", [factories.person, factories.firm])
def test_not_me_takes_the_record_out_of_every_answer_in_the_same_act(subject):
    s = stage(subject())
    assert registry.in_use([s.subject.id], TODAY).exists()
    objected(s, "not_me")
    assert not registry.in_use([s.subject.id], TODAY).exists()
    assert not registry.published(TODAY).filter(record_id=s.record).exists()
    assert registry.held(s.subject.id, TODAY).exists()  # The subject still sees it in their own file.


def test_asking_for_a_review_suspends_the_link_again():
    s = stage(factories.person())
    case = objected(s, "not_me")
    take(case, "refuse", s.centre, note="证件号码一致")
    assert registry.in_use([s.subject.id], TODAY).exists()
    take(case, "contest", s.applicant, note="证件被冒用")
    assert not registry.in_use([s.subject.id], TODAY).exists()
