"""The public figures of a day: kept, with denominators, and no count small enough to be one organisation."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests import factories
from tests.factories import LICENCE, NOW, TODAY

from chengxin.disclosure import public_figures
from chengxin.disclosure.models import DailyPublished

pytestmark = pytest.mark.django_db


def penalties(world, count: int, first: int = 2, **changed) -> None:
    for number in range(first, first + count):
        factories.record(world.firm, document_no=f"示交罚〔2026〕{number}号", **changed)


def made(day=TODAY):
    return public_figures.make(now=NOW, today=day)


def test_records_are_counted_by_item_heading_month_and_city(world):
    penalties(world, 11)
    figures = made()
    assert figures.total == 12, "the person's penalty is not among them"
    assert (figures.items["JS-CF-01"], figures.groups["penalties"], figures.months["2026-11"]) == (12, 12, 12)
    assert (figures.cities["3201"], figures.cities["3205"]) == (12, 0)
    assert figures.names["JS-CF-01"][1]


def test_the_denominator_is_the_organisations_of_the_city_and_small_ones_are_hidden(world):
    penalties(world, 11)
    figures = made()
    assert figures.organisations["3201"] is None, "one organisation is nobody's business"
    assert figures.per_thousand("3201") is None
    assert figures.per_thousand("3205") is None, "no organisation, no share"


def test_where_one_table_hides_its_total_all_do(world):
    penalties(world, 5)
    figures = made()
    assert figures.total is None
    for cells in (figures.items, figures.groups, figures.months, figures.cities):
        assert set(cells.values()) == {None}


def test_two_small_cells_hide_each_other_and_the_total_stands(world):
    penalties(world, 14)
    for number in range(6):
        factories.record(
            world.firm, item=LICENCE, document_no=f"示许〔2026〕{number}号", content={"XK_YXQZ": "2029-12-31"}
        )
    figures = made()
    assert figures.items["JS-XK-01"] is None
    assert figures.items["JS-CF-01"] is None, "else the total would give the six away"


def test_a_day_keeps_its_figures_and_the_page_shows_the_newest(world):
    penalties(world, 11)
    first = made()
    penalties(world, 1, first=50)
    assert made() == first
    assert public_figures.latest(now=NOW, today=TODAY + timedelta(days=1)) == first
    assert made(TODAY + timedelta(days=1)).total == 13
    assert DailyPublished.objects.count() == 2


def test_no_hidden_count_is_kept(world):
    penalties(world, 5)
    made()
    body = DailyPublished.objects.get().body
    counts = {count for name in ("items", "cities", "months", "organisations") for _code, count in body[name]}
    assert not counts & set(range(1, 10))


def test_nobody_waits_for_the_counting_of_a_large_register(world, monkeypatch, settings):
    """Until the background work has counted, the pages say so; then they show what was counted."""
    settings.DEMO_DAY = TODAY.isoformat()
    monkeypatch.setattr(public_figures, "COUNTED_ON_A_VISIT", 3)
    penalties(world, 11)
    assert public_figures.latest(now=NOW, today=TODAY) is None
    for path in ("/", "/statistics/"):
        page = Client().get(path)
        assert (page.status_code, "还没有算出来" in page.content.decode()) == (200, True)
    assert not DailyPublished.objects.exists()
    made()
    assert "还没有算出来" not in Client().get("/statistics/").content.decode()


def test_each_city_of_the_map_leads_to_its_line_in_the_table(world, settings):
    settings.DEMO_DAY = TODAY.isoformat()
    penalties(world, 11)
    made()
    page = Client().get("/statistics/").content.decode()
    cities = re.findall(r'href="#(city-\d{4})"', page)
    assert len(cities) == 13
    assert all(f'<tr role="row" id="{city}">' in page for city in cities)
