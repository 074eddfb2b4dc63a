"""C18: a measure needs list, rank, decision, served notice with reason and remedy, and an end; it outlives none.

That each part is refused when missing, by the service and by the database, is shown one by one in
``tests/integration/supervision``; here a thousand incomplete attempts are made, and none gets through.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from tests.factories import NOW, TODAY
from tests.stages import imposed, listed_stage, proposal

from chengxin.registry import services as records
from chengxin.registry.models import Cause
from chengxin.rules.errors import Refusal
from chengxin.supervision import selectors
from chengxin.supervision.models import Measure

pytestmark = pytest.mark.django_db
ATTEMPTS = 1_000
PARTS = {
    "decision_no": "", "basis_instrument": "", "basis_article": "", "basis_rank": "platform", "measure_class": "Z",
    "reason": "", "remedy": "", "notice_id": None, "record_id": None, "ends_on": date(2099, 1, 1),
    "record_use_until": None, "decided_by_id": "the proposer",
}  # fmt: skip


def test_none_of_a_thousand_incomplete_measures_gets_into_the_database():
    s = listed_stage()
    whole = {f.attname: getattr(imposed(s), f.attname) for f in Measure._meta.concrete_fields if f.attname != "id"}
    whole["proposal_id"], rng = proposal(s).id, random.Random(18)
    for _ in range(ATTEMPTS):
        broken = {part: PARTS[part] for part in rng.sample(sorted(PARTS), rng.randint(1, 3))}
        if "decided_by_id" in broken:
            broken["decided_by_id"] = whole["proposed_by_id"]
        with pytest.raises(DatabaseError), transaction.atomic():
            Measure.objects.create(**{**whole, **broken})
    Measure.objects.create(**whole)  # The whole one is taken, so it was the missing part each time.


def test_no_day_shows_a_measure_after_its_record():
    s = listed_stage()
    measure = imposed(s)
    day, last = TODAY, measure.record_use_until
    while day <= last + timedelta(days=60):
        holds = selectors.measures_in_force([s.subject.id], day).exists()
        assert holds == (measure.starts_on <= day <= measure.ends_on)
        day += timedelta(days=7)


def test_when_the_record_ends_so_does_the_measure_with_no_job():
    s = listed_stage()
    imposed(s)
    records.end_record(s.record, Cause.WITHDRAWN, ref="x", now=NOW)
    assert not selectors.measures_in_force([s.subject.id], TODAY).exists()
    with pytest.raises(Refusal):
        proposal(s)
