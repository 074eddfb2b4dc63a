"""The search of the open site: every hit says why it is listed, twenty a page, and what to try when there is none."""

from __future__ import annotations

import pytest
from tests import factories
from tests.factories import CITIZEN, FIRM
from tests.integration.portal.conftest import browser

from chengxin.disclosure import naming
from chengxin.registry.models import OrganisationName
from chengxin.registry.subjects import register_organisation
from chengxin.rules.identifiers.orgcode import org_check_char
from chengxin.rules.identifiers.uscc import uscc_check_char

pytestmark = pytest.mark.django_db
NAME = "栖云望舒食品有限公司"
WAYS = {
    NAME: "名称相同",
    "栖云 望舒食品有限公司": "只差全半角",
    "棲雲望舒食品有限公司": "繁体或异体字写法",
    "栖云望舒食品": "只是组织形式不同",
    "栖云望舒": "字号相同",
    "栖云旺舒食品": "同音字",
    "qiyunwangshu": "拼音相同",
    "qywssp": "拼音首字母相同",
    "望舒": "名称中含有这些字",
    "栖云望山食品有限公司": "差一个字",
    FIRM: "代码相同",
    FIRM.lower(): "代码相同",
}


def search(text: str, **more: str) -> str:
    return browser().get("/search/", {"q": text, **more}).content.decode()


def code(number: int) -> str:
    inner = f"MA{number:06}"
    start = "91320199" + inner + org_check_char(inner)
    return start + uscc_check_char(start)


def test_every_way_of_writing_finds_the_organisation_and_says_why() -> None:
    factories.firm()
    for typed, reason in WAYS.items():
        page = search(typed)
        assert page.count(f'href="/organisations/{FIRM}/"') == 1, typed
        assert reason in page, typed


def test_a_former_name_finds_the_organisation_and_says_so() -> None:
    factories.firm()
    register_organisation(FIRM, "澄江远山物流有限公司", today=factories.TODAY, now=factories.NOW)
    page = search("棲雲望舒食品有限公司")
    assert "繁体或异体字写法；曾用名" in page
    assert page.count(f'href="/organisations/{FIRM}/"') == 1


def test_pages_hold_twenty_and_the_nearest_comes_first() -> None:
    for number in range(25):
        factories.firm(code(100 + number), f"同名示例商贸{number:02}有限公司")
    factories.firm(name="同名示例")
    first, second = search("同名示例"), search("同名示例", page="2")
    assert (first.count('href="/organisations/'), second.count('href="/organisations/')) == (20, 6)
    assert first.index(FIRM) < first.index("商贸")


def test_nothing_found_says_what_to_try() -> None:
    page = search("没有的名称")
    assert "没有找到" in page
    assert "拼音首字母" in page


@pytest.mark.parametrize("typed", ["栖", " ", "", "（）", "%", "\x00\x00", "栖" * 3000, "😀" * 40])
def test_any_text_is_answered_with_a_page(typed: str) -> None:
    assert browser().get("/search/", {"q": typed}).status_code == 200


def test_the_interface_gives_the_reasons_too_and_refuses_a_broken_up_number() -> None:
    factories.firm()
    (found,) = browser().get("/api/v1/organisations", {"q": "栖云旺舒食品"}).json()["items"]
    assert (found["uscc"], found["former"], found["points"]) == (FIRM, False, 88)
    assert found["reasons"] == [{"code": "homophone", "zh": "同音字", "en": "Characters that sound the same"}]
    for number in (CITIZEN, f"{CITIZEN[:6]}-{CITIZEN[6:]}", " ".join(CITIZEN)):
        answer = browser().get("/api/v1/organisations", {"q": number})
        assert (answer.status_code, answer.json()["code"]) == (422, "personal_number_in_address")


def test_names_with_the_same_points_come_present_names_first() -> None:
    factories.firm()
    register_organisation(FIRM, "栖云望舒餐饮有限公司", today=factories.TODAY, now=factories.NOW)
    (found,) = naming.search("栖云望舒")
    assert (found.name, found.former) == ("栖云望舒餐饮有限公司", False)
    assert OrganisationName.objects.count() == 2
