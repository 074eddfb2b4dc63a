"""Rows that are held back are written in one go, with true keys where placeholders stood, or not at all."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from tests import factories as make

from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry, Opening
from chengxin.storage.bulk import write_held
from chengxin.storage.held import held

pytestmark = pytest.mark.django_db


def drafts(*texts: str) -> list[ledger.Draft]:
    return [ledger.Draft("test", {"text": text}) for text in texts]


def test_nothing_is_written_before_its_time_and_every_key_is_true() -> None:
    with transaction.atomic():
        before = ledger.append("test", {"text": "first"}, now=make.NOW)
    with held() as later:
        placeholders = ledger.append_many(drafts("one", "two"), now=make.NOW)
        more = ledger.append_many(drafts("three"), now=make.NOW)
    assert placeholders + more == [-1, -2, -3]
    assert Entry.objects.count() == Opening.objects.count() == 1
    with transaction.atomic():
        write_held(later)
    fresh = Entry.objects.exclude(pk=before.pk).order_by("pk")
    assert [entry.pk > before.pk for entry in fresh] == [True] * 3
    assert set(Opening.objects.values_list("entry_id", flat=True)) == {before.pk, *(entry.pk for entry in fresh)}
    ledger.sequence(now=make.NOW)
    assert not ledger.check(make.NOW).problems


def test_what_is_held_back_stands_whole_or_not_at_all() -> None:
    with held() as later:
        ledger.append_many(drafts("one"), now=make.NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        write_held(later)
        raise IntegrityError
    assert not Entry.objects.exists()


def test_outside_a_block_rows_need_a_transaction_as_ever() -> None:
    with held():
        pass
    entries = Entry.objects.count()
    with transaction.atomic():
        assert ledger.append_many(drafts("now"), now=make.NOW)[0] > 0
    assert Entry.objects.count() == entries + 1
