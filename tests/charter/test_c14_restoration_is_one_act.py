"""C14: restoration is one act with three effects, each with its own time and receipt; none, or all."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from tests.factories import TODAY
from tests.stages import imposed, listed_stage, restored

from chengxin.ledger.models import Entry
from chengxin.registry import selectors as registry
from chengxin.rights.models import Effect
from chengxin.supervision import selectors as supervision

pytestmark = pytest.mark.django_db


def test_publication_sharing_use_and_measures_end_in_one_act():
    s = listed_stage()
    imposed(s)
    assert registry.published(TODAY).filter(record_id=s.record).exists()
    assert supervision.measures_in_force([s.subject.id], TODAY).exists()
    restored(s)
    assert not registry.published(TODAY).filter(record_id=s.record).exists()
    assert not registry.in_use([s.subject.id], TODAY).exists()
    assert not supervision.measures_in_force([s.subject.id], TODAY).exists()


def test_each_effect_has_its_time_and_a_ledger_leaf():
    s = listed_stage()
    imposed(s)
    case = restored(s)
    effects = {effect.kind: effect for effect in Effect.objects.filter(case=case)}
    assert {"publish", "share_use", "measures"} <= set(effects)
    for effect in effects.values():
        assert effect.done_at is not None
        assert Entry.objects.filter(pk=effect.entry_id).exists()
    assert effects["measures"].receipt["lifted"]


def test_a_receipt_cannot_be_rewritten_or_removed():
    restored(listed_stage())
    with pytest.raises(DatabaseError), transaction.atomic():
        Effect.objects.update(receipt={})
    with pytest.raises(DatabaseError), transaction.atomic():
        Effect.objects.all().delete()
