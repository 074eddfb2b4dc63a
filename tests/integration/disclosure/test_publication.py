"""The open portal's reading: organisations, within their periods, with marks; small counts hidden."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.factories import FIRM, NOW, TODAY

from chengxin.catalogue.models import ItemVersion
from chengxin.disclosure import publication
from chengxin.registry import services as registry
from chengxin.registry.models import Cause, Record

pytestmark = pytest.mark.django_db


def test_a_page_shows_records_by_group_with_basis_end_and_derivation(world):
    page = publication.organisation_page(FIRM, TODAY)
    (row,) = page.groups["penalties"]
    assert (page.count, row.item, row.authority_name) == (1, "JS-CF-01", "示例省交通运输厅")
    assert row.until and row.derivation and row.basis.startswith("《")


def test_a_page_keeps_former_names_and_finds_by_them(world):
    factories.firm(name="栖云食品集团有限公司")
    assert publication.organisation_page(FIRM, TODAY).former_names == ("栖云望舒食品有限公司",)
    assert [hit.former for hit in publication.search("栖云望舒")] == [True]


def test_a_search_of_one_character_or_of_a_person_finds_nothing(world):
    assert publication.search("栖") == []
    assert publication.search("沈清和") == []


def test_a_disputed_record_says_so(world):
    row = publication.organisation_page(FIRM, TODAY).groups["penalties"][0]
    registry.annotate(row.record, "disputed", ref="T-1", now=NOW)
    assert publication.organisation_page(FIRM, TODAY).groups["penalties"][0].disputed


def test_an_ended_record_is_gone_at_once(world):
    row = publication.organisation_page(FIRM, TODAY).groups["penalties"][0]
    registry.end_record(row.record, Cause.RESTORED, ref="T-1", now=NOW)
    assert publication.organisation_page(FIRM, TODAY).count == 0


def test_the_newest_come_first_a_page_at_a_time(world):
    for number in range(25):
        factories.record(world.firm, document_no=f"示交罚〔2026〕{number + 10}号")
    first = publication.latest("penalties", TODAY)
    second = publication.latest("penalties", TODAY, first.cursor)
    assert (len(first.rows), len(second.rows), second.cursor) == (20, 6, "")
    assert not {row.record for row in first.rows} & {row.record for row in second.rows}
    assert all(row.owner_uscc == FIRM for row in first.rows)


def test_personal_fields_of_a_firm_record_are_not_published(world):
    factories.record(world.firm, document_no="示交罚〔2026〕9号", personal={"CF_FRDB": "闻人秋"})
    assert "闻人秋" not in repr(publication.organisation_page(FIRM, TODAY))


def test_small_counts_are_hidden_and_none_can_be_worked_out():
    counts = [("a", 40), ("b", 3), ("c", 12), ("d", 0)]
    assert publication.suppressed(counts) == [("a", 40), ("b", None), ("c", None), ("d", 0)]


def test_statistics_end_with_the_periods(world):
    for number in range(12):
        factories.record(world.firm, document_no=f"示交罚〔2026〕{number + 10}号")
    assert dict(publication.statistics(TODAY))["penalties"] == 13
    assert dict(publication.statistics(TODAY + timedelta(days=366 * 4)))["penalties"] == 0


def test_lists_and_headings_are_read_in_the_order_of_an_index(world):
    """Whatever the register holds: twenty rows of an item are read off its index, none is sorted."""
    query = publication._records_of(1, TODAY)[:21]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # Small tables would be read whole.
            cursor.execute("SET LOCAL enable_sort = off")
    plan = query.explain()
    assert "newest_of_item" in plan
    assert "one_present_version" in plan
    assert "TEMP B-TREE" not in plan


def test_the_newest_of_all_are_merged_from_the_items_and_go_on_by_cursor(world):
    """Two items filed in turn: the page shows both in the order they came, and the next goes on behind it."""
    for number in range(15):
        at = NOW + timedelta(minutes=1 + 2 * number)
        penalty = factories.draft(world.firm, document_no=f"示甲〔2026〕{number}号")
        honour = factories.draft(world.firm, item=factories.HONOUR, document_no=f"示乙〔2026〕{number}号", content={})
        registry.admit_records([penalty], now=at)
        registry.admit_records([honour], now=at + timedelta(minutes=1))
    first = publication.latest("all", TODAY)
    rest = publication.latest("all", TODAY, first.cursor)
    numbers = [row.document_no for row in first.rows + rest.rows]
    assert numbers[:4] == ["示乙〔2026〕14号", "示甲〔2026〕14号", "示乙〔2026〕13号", "示甲〔2026〕13号"]
    assert len(first.rows) == publication.PAGE
    assert len(set(numbers)) == len(numbers) == 31
    assert rest.cursor == ""


def test_items_under_which_nothing_of_an_organisation_can_be_public_are_not_read(world):
    every = publication._open_items(lambda _code: True, TODAY)
    open_ones = ItemVersion.objects.filter(pk__in=every)
    assert 0 < len(every) < ItemVersion.objects.count()
    assert {each.publicity for each in open_ones} == {"public"}
    assert all({"organisation", "individual_business"} & set(each.subject_kinds) for each in open_ones)


def test_an_item_older_than_the_page_is_not_read(world):
    factories.record(world.firm, item=factories.HONOUR, document_no="示乙〔2026〕1号", content={})
    for number in range(publication.PAGE + 1):
        draft = factories.draft(world.firm, document_no=f"示甲〔2026〕{number}号")
        registry.admit_records([draft], now=NOW + timedelta(minutes=1 + number))
    with CaptureQueriesContext(connection) as asked:
        publication.latest("all", TODAY)
    assert sum("EXISTS" in each["sql"] for each in asked) == 1


def test_the_beginnings_of_items_are_read_off_their_index(world):
    item = publication._open_items(lambda _code: True, TODAY)[0]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    plan = Record.objects.filter(item=item).order_by("-admitted_at", "-pk").values("admitted_at")[:1].explain()
    assert "newest_of_item" in plan


def test_a_list_holds_its_own_items_only_and_no_person(world):
    factories.record(world.firm, item="JS-SW-01", document_no="示税〔2026〕1号", content={})
    factories.record(world.person, item="JS-SW-01", document_no="示税〔2026〕2号", content={})
    assert [row.document_no for row in publication.listed("serious", TODAY).rows] == ["示税〔2026〕1号"]
    assert publication.listed("honours", TODAY).rows == ()
