"""Who owes a confirmation, read from the withdrawals, is who owes it by definition, over random histories."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db.models import Exists, OuterRef, Subquery
from tests import factories
from tests.factories import NOW, TODAY

from chengxin.disclosure import feed
from chengxin.disclosure.models import Delta, Receipt
from chengxin.registry.models import RecordVersion

pytestmark = pytest.mark.django_db


def by_definition(now):
    """Return (withdrawal, recipient) from everything that was given: the first withdrawal after it, unanswered."""
    withdrawal = Delta.objects.filter(
        record=OuterRef("delta__record"), kind=Delta.WITHDRAW, number__gt=OuterRef("delta_id"), at__lte=now
    ).order_by("number")
    given = Receipt.objects.exclude(with_content=False).exclude(delta__kind=Delta.WITHDRAW)
    given = given.annotate(withdrawal=Subquery(withdrawal.values("number")[:1]))
    answered = Receipt.objects.filter(
        recipient=OuterRef("recipient"), delta__record=OuterRef("delta__record"),
        delta__number__gte=OuterRef("withdrawal"), applied_at__isnull=False,
    )  # fmt: skip
    owing = given.filter(withdrawal__isnull=False).exclude(Exists(answered))
    return sorted(set(owing.values_list("withdrawal", "recipient_id")))


@pytest.mark.parametrize("seed", range(6))
def test_both_ways_name_the_same(world, seed):
    chance = random.Random(seed)
    unit = factories.agency(factories.OTHER_AGENCY)
    ends = TODAY + timedelta(days=9)
    takers = [feed.contract(unit, "supervision", f"GX-{n}", since=TODAY, until=ends) for n in range(3)]
    records = [factories.record(world.firm, document_no=f"示交罚〔2026〕{n}号") for n in range(20, 24)]
    versions = {each.record_id: each for each in RecordVersion.objects.filter(record__in=records)}
    for number in range(1, 25):
        record = chance.choice(records)
        kind = chance.choice([Delta.PUBLISH, Delta.CHANGE, Delta.WITHDRAW])
        at = NOW + timedelta(hours=number)
        Delta.objects.create(number=number, record_id=record, version=versions[record], kind=kind, at=at)
        for taker in takers:
            if chance.random() < 0.7:
                said = at if chance.random() < 0.3 else None
                Receipt.objects.create(
                    recipient=taker, delta_id=number, given_at=at, with_content=chance.choice([True, False, None]),
                    received_at=said, applied_at=said,
                )  # fmt: skip
    for hours in (6, 12, 30):
        now = NOW + timedelta(hours=hours)
        assert [(each.number, each.recipient) for each in feed.outstanding(now)] == by_definition(now)
    assert feed.outstanding(NOW + timedelta(hours=30))
