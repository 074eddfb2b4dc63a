"""Loading the catalogue: idempotent, append-only, refused as a whole when one item is unlawful."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from chengxin.catalogue import lawbook, selectors, services
from chengxin.catalogue.models import Item, ItemVersion
from chengxin.rules.catalogue_items import ItemDefinition

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)
TODAY = date(2026, 5, 6)


def penalty() -> ItemDefinition:
    return next(item for item in lawbook.items() if item.code == "JS-CF-01")


def test_loading_twice_changes_nothing() -> None:
    first = services.load_law(NOW)
    second = services.load_law(NOW)
    assert first.added == first.versions >= 26
    assert (second.added, second.items, second.versions) == (0, first.items, first.versions)


def test_a_changed_definition_is_a_new_version_and_the_old_one_stays_as_it_was() -> None:
    services.load_law(NOW)
    before = ItemVersion.objects.get(item__code="JS-CF-01")
    changed = replace(penalty(), zh="行政处罚信息", since=date(2026, 6, 1))
    old = replace(penalty(), until=None)
    assert services.load_law(NOW, [changed]).added == 1
    assert ItemVersion.objects.get(pk=before.pk).definition == services.as_json(old)
    assert selectors.version_in_force("JS-CF-01", date(2026, 5, 31)).version == 1
    assert selectors.version_in_force("JS-CF-01", date(2026, 6, 1)).version == 2
    assert selectors.version_in_force("JS-CF-01", date(2026, 6, 1)).name_zh == "行政处罚信息"


def test_a_correction_from_the_same_day_goes_before_what_it_corrects() -> None:
    services.load_law(NOW)
    services.load_law(NOW, [replace(penalty(), zh="行政处罚信息（更正）")])
    assert selectors.version_in_force("JS-CF-01", TODAY).name_zh == "行政处罚信息（更正）"


def test_an_ended_item_does_not_come_back_through_the_version_it_corrected() -> None:
    services.load_law(NOW)
    services.load_law(NOW, [replace(penalty(), until=date(2026, 4, 30))])
    with pytest.raises(selectors.NoItemInForce):
        selectors.version_in_force("JS-CF-01", TODAY)
    assert selectors.version_in_force("JS-CF-01", date(2026, 4, 30)).version == 2
    assert "JS-CF-01" not in {each.item.code for each in selectors.items(TODAY)}


def test_two_definitions_on_one_day_are_refused() -> None:
    with pytest.raises(services.CatalogueOverlap):
        services.load_law(NOW, [penalty(), replace(penalty(), since=date(2026, 6, 1))])
    assert ItemVersion.objects.count() == 0


def test_before_it_is_in_force_there_is_no_item() -> None:
    services.load_law(NOW)
    with pytest.raises(selectors.NoItemInForce) as refusal:
        selectors.version_in_force("JS-CF-01", date(2023, 12, 31))
    assert "2023-12-31" in refusal.value.zh and "JS-CF-01" not in refusal.value.zh, "what was typed is not repeated"


def test_the_printed_catalogue_has_a_line_for_every_item_in_force() -> None:
    services.load_law(NOW)
    rows = selectors.catalogue_rows(TODAY)
    assert [row.code for row in rows] == sorted(item.code for item in lawbook.items())
    assert [row.code for row in rows] == selectors.all_codes()
    debtors = next(row for row in rows if row.code == "JS-SF-01")
    assert debtors.person_public_basis == "《民事诉讼法》第二百六十六条"
    assert len(debtors.basis) == 3


@pytest.mark.parametrize("empty", ["basis_instrument", "basis_article"])
def test_the_database_itself_refuses_a_version_without_a_basis(empty: str) -> None:
    services.load_law(NOW)
    version = ItemVersion.objects.get(item__code="JS-CF-01")
    version.pk, version.version = None, 99
    setattr(version, empty, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save(force_insert=True)


def test_the_database_itself_refuses_the_same_version_twice() -> None:
    services.load_law(NOW)
    version = ItemVersion.objects.get(item__code="JS-CF-01")
    version.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save(force_insert=True)


def test_an_item_with_versions_cannot_be_deleted() -> None:
    services.load_law(NOW)
    with pytest.raises(IntegrityError):
        Item.objects.get(code="JS-CF-01").delete()
