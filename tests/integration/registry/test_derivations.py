"""Reasons are kept once: records that end for the same reasons share them, and nobody can rewrite them."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from chengxin.registry import derivations, versions
from chengxin.registry.drafts import Assessed, key_of
from chengxin.registry.models import Derivation, RecordVersion
from chengxin.rules.dated import Step
from chengxin.rules.periods import Periods

pytestmark = pytest.mark.django_db


def _assessed(reason: str) -> Assessed:
    never = dict.fromkeys(("public_from", "public_until", "use_until", "restorable_from"))
    return Assessed("minor", Periods(**never, anchor="decision", derivation=()), (Step(reason, reason, None),))


def test_the_same_reasons_are_kept_once_and_read_back_as_they_were():
    derivations.keep([_assessed("甲"), _assessed("甲"), _assessed("乙")])
    derivations.keep([_assessed("乙")])
    assert Derivation.objects.count() == 2
    version = RecordVersion(derived_by=_assessed("甲").derived_by)
    assert version.derivation == [{"zh": "甲", "en": "甲", "basis": ""}]


def test_the_key_is_the_digest_of_the_reasons():
    derivations.keep([_assessed("丙")])
    kept = Derivation.objects.get()
    assert kept.key == key_of(kept.steps) != key_of([])


def test_a_version_without_reasons_has_none():
    assert RecordVersion(derived_by="").derivation == []


def test_a_new_assessment_keeps_its_reasons_before_a_version_names_them():
    columns = versions.reassessed(_assessed("丁"), "public")
    assert RecordVersion(**columns).derivation[0]["zh"] == "丁"


@pytest.mark.parametrize("statement", ["UPDATE registry_derivation SET key = ''", "DELETE FROM registry_derivation"])
def test_the_database_refuses_to_rewrite_reasons(statement):
    derivations.keep([_assessed("戊")])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
