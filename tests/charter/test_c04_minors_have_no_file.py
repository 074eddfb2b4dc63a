"""C04: minors and persons without full capacity have no credit file."""

from __future__ import annotations

import pytest
from tests import factories as make

from chengxin.registry.bulk import register_population
from chengxin.registry.models import Subject
from chengxin.registry.subjects import MinorHasNoFile, PersonFacts
from chengxin.rules.identifiers.verdict import CodeKind
from chengxin.vault.models import DataKey

pytestmark = pytest.mark.django_db
MINOR = "320199202402299998"


def test_a_minor_is_refused_and_leaves_no_trace() -> None:
    with pytest.raises(MinorHasNoFile):
        make.person(MINOR, "小明")
    assert not Subject.objects.exists()
    assert not DataKey.objects.exists()


def test_a_bulk_registration_passes_minors_over() -> None:
    people = [PersonFacts(CodeKind.CITIZEN_ID, number, "某人") for number in (make.CITIZEN, MINOR)]
    assert register_population(people, today=make.TODAY, now=make.NOW) == 1
    assert Subject.objects.count() == 1
