"""What was written about a person when a measure was proposed goes with the person's file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from tests import factories, stages
from tests.factories import TODAY
from tests.stages import stage

from chengxin.rights import erasure
from chengxin.supervision import erasing
from chengxin.supervision.models import Measure, MeasureProposal

pytestmark = pytest.mark.django_db
LONG_OVER = date(2022, 3, 2)


def _proposed(s, reason: str) -> MeasureProposal:
    """Write a proposal down as it was made while the record was in use."""
    return MeasureProposal.objects.create(
        record_id=s.record,
        code="B-01",
        reason=reason,
        starts_on=LONG_OVER,
        ends_on=LONG_OVER + timedelta(days=30),
        agency=s.source,
        proposed_by=s.clerk,
        proposed_at=stages.at(LONG_OVER),
        record_version=1,
    )


def _erased(s, record=None) -> None:
    case = erasure.request(
        s.subject.id, actor=s.applicant, record_id=record, text="不想再保存", now=stages.at(TODAY), today=TODAY
    )
    case = stages.take(case, "propose", s.reviewer, outcome="erased", note="期限均已届满。")
    stages.take(case, "approve", s.decider, note="同意。")


@pytest.mark.parametrize("scope", ["file", "record"])
def test_the_reason_of_a_proposal_is_erased_with_its_person_and_the_rest_stays(scope):
    s = stage(factories.person(), decided=LONG_OVER)
    mine = _proposed(s, "沈清和多次超限运输。")
    _erased(s, s.record if scope == "record" else None)
    mine.refresh_from_db()
    assert mine.reason is None
    assert (mine.code, mine.proposed_by) == ("B-01", s.clerk)


def test_nobody_elses_reason_goes_and_the_database_lets_no_other_text_take_its_place():
    s = stage(factories.person(), decided=LONG_OVER)
    mine = _proposed(s, "理由")
    assert erasing.blank_file(factories.person(factories.OTHER_CITIZEN, "宋子衿").id) == 0
    assert MeasureProposal.objects.get(pk=mine.pk).reason == "理由"
    assert erasing.blank_file(s.subject.id) == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        MeasureProposal.objects.filter(pk=mine.pk).update(reason="另一个理由")


def test_the_reason_of_a_decided_measure_goes_too_and_its_letter():
    s = stages.listed_stage()
    measure = stages.imposed(s)
    assert erasing.blank_record(s.record) == 2
    assert Measure.objects.get(pk=measure.pk).reason is None
    assert Measure.objects.get(pk=measure.pk).basis_article
