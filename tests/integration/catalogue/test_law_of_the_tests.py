"""The tests' shortcut to a loaded catalogue writes what the loading writes."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories

from chengxin.catalogue.models import Item, ItemVersion
from chengxin.catalogue.services import load_law

pytestmark = pytest.mark.django_db


def rows() -> list[dict[str, Any]]:
    """Return every version with its item's code, without the numbers the database gives."""
    written = ItemVersion.objects.order_by("id").values()
    codes = dict(Item.objects.values_list("id", "code"))
    return [{**row, "id": None, "item_id": codes[row["item_id"]]} for row in written]


def test_the_second_law_of_a_process_is_the_first_to_the_last_column() -> None:
    load_law(factories.NOW)
    loaded, codes = rows(), list(Item.objects.order_by("id").values_list("code", flat=True))
    for _ in range(2):
        ItemVersion.objects.all().delete()
        Item.objects.all().delete()
        factories.law()
        assert rows() == loaded
        assert list(Item.objects.order_by("id").values_list("code", flat=True)) == codes
    assert load_law(factories.NOW).added == 0
