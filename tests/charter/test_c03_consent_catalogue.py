"""C03: income, deposits, securities, insurance, real estate and tax amounts need that person's written consent."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chengxin.catalogue import lawbook, services
from chengxin.catalogue.models import ItemVersion
from chengxin.rules.catalogue_items import ItemDefinition, UnlawfulItem

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)
BOUND = ["收入", "存款", "有价证券", "商业保险", "不动产", "纳税数额"]


def about_persons(content: str, *, consent: bool) -> ItemDefinition:
    item = next(item for item in lawbook.items() if item.code == "JS-ZC-01")
    return replace(item, contents=(content,), needs_consent=consent)


@pytest.mark.parametrize("content", BOUND)
def test_without_consent_such_an_item_is_refused(content: str) -> None:
    with pytest.raises(UnlawfulItem) as refusal:
        services.load_law(NOW, [about_persons(content, consent=False)])
    assert "needs_consent" in refusal.value.zh
    assert ItemVersion.objects.count() == 0


@pytest.mark.parametrize("content", BOUND)
def test_with_consent_it_is_loaded_and_says_so(content: str) -> None:
    services.load_law(NOW, [about_persons(content, consent=True)])
    assert ItemVersion.objects.get().needs_consent is True


def test_the_items_of_the_law_files_that_touch_such_content_ask_for_consent() -> None:
    bound = {item.code for item in lawbook.items() if item.needs_consent}
    assert bound == {"JS-GS-01", "JS-BD-01"}
