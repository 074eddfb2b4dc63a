"""C11, C06: the search by name answers organisations; whoever a person is called, no way of typing it answers them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import factories

from chengxin.disclosure import naming

pytestmark = pytest.mark.django_db
NAME = "沈清和"
WAYS = [NAME, "沈清", "清和", "瀋清和", "沈 清 和", "沈清合", "shenqinghe", "shen qing he", "sqh", factories.CITIZEN]


def test_a_persons_name_answers_nothing_however_it_is_typed() -> None:
    factories.law()
    factories.record(factories.person(name=NAME))
    factories.firm()
    for typed in WAYS:
        assert naming.search(typed) == []
        assert Client().get("/api/v1/organisations", {"q": typed}).json().get("items", []) == []


def test_the_search_reads_no_table_of_persons() -> None:
    factories.law()
    factories.person(name=NAME)
    factories.firm(name=f"栖云望舒{uuid4().hex[:4]}食品有限公司")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert naming.search("望舒")
        naming.search(NAME)
    person = apps.get_model("registry", "Person")._meta.db_table
    assert seen.captured_queries
    assert not [query for query in seen.captured_queries if f'"{person}"' in query["sql"]]


def test_a_shop_named_after_somebody_answers_as_the_organisation_it_is() -> None:
    factories.law()
    factories.person(name=NAME)
    factories.firm(name="沈清和小吃店")
    (found,) = naming.search(NAME)
    assert found.uscc == factories.FIRM
