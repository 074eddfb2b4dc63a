"""C02: prohibited content is refused even when someone writes it into the catalogue."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chengxin.catalogue import lawbook, services
from chengxin.catalogue.models import ItemVersion
from chengxin.rules.catalogue_items import UnlawfulItem

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)
FORBIDDEN = [
    "宗教信仰", "基因检测结果", "指纹特征", "人脸照片特征", "血型", "疾病名称",
    "病史", "聊天记录", "通话记录", "朋友圈内容", "微博内容", "浏览记录",
    "手机通讯录", "配偶姓名", "子女情况", "医疗保险信息", "建档立卡", "BloodType",
    "Fingerprint_template",
]  # fmt: skip


@pytest.mark.parametrize("content", FORBIDDEN)
def test_a_catalogue_item_with_prohibited_content_is_refused(content: str) -> None:
    item = lawbook.items()[0]
    with pytest.raises(UnlawfulItem):
        services.load_law(NOW, [replace(item, contents=(*item.contents, content))])
    assert ItemVersion.objects.count() == 0


@pytest.mark.parametrize("content", FORBIDDEN)
def test_consent_opens_no_door_to_prohibited_content(content: str) -> None:
    item = next(item for item in lawbook.items() if item.needs_consent)
    with pytest.raises(UnlawfulItem):
        services.load_law(NOW, [replace(item, contents=(content,))])


@pytest.mark.parametrize("column", ["血 型", "BLOOD_TYPE", "病　史", "Iris_Code", "亲属关系"])
def test_column_names_are_searched_whatever_their_spelling(column: str) -> None:
    assert lawbook.prohibited().find([column])


@pytest.mark.parametrize("column", ["处罚机关", "违法事实", "疾病预防控制中心", "通讯地址", "产品追溯轨迹", "名称"])
def test_lawful_columns_are_let_through(column: str) -> None:
    assert lawbook.prohibited().find([column]) == []
