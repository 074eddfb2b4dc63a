"""C01: no item in force without a legal basis (instrument, article)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chengxin.catalogue import lawbook, selectors, services
from chengxin.catalogue.models import ItemVersion
from chengxin.rules.catalogue_items import UnlawfulItem
from chengxin.rules.dated import Basis, Rank

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)


def test_every_item_in_force_names_its_instrument_and_article() -> None:
    services.load_law(NOW)
    versions = selectors.items(date(2026, 5, 6))
    assert versions
    assert all(each.basis_instrument and each.basis_article for each in versions)


NOTHING = [(), (Basis("", "第一条", Rank.LAW),), (Basis("行政处罚法", " ", Rank.LAW),)]


@pytest.mark.parametrize("basis", NOTHING, ids=["none", "no instrument", "no article"])
def test_an_item_without_basis_stops_the_whole_load(basis: tuple[Basis, ...]) -> None:
    good, bad = lawbook.items()[0], replace(lawbook.items()[1], basis=basis)
    with pytest.raises(UnlawfulItem) as refusal:
        services.load_law(NOW, [good, bad])
    assert bad.code in refusal.value.zh
    assert ItemVersion.objects.count() == 0


def test_outside_the_catalogue_there_is_no_item() -> None:
    services.load_law(NOW)
    with pytest.raises(selectors.NoItemInForce):
        selectors.version_in_force("JS-XX-99", date(2026, 5, 6))
