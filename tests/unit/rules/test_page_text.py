"""Finding a document number in a public page: one spelling for all, no half numbers, no silent text."""

from __future__ import annotations

import pytest

from chengxin.rules import page_text


@pytest.mark.parametrize(
    "printed",
    [
        "示交罚〔2026〕8号",
        "示交罚[2026]8号",
        "示交罚（2026）8号",
        "示交罚【2026】 8 号",
        "示交罚〔２０２６〕８号",
        "示交罚<b>〔2026〕</b>8号",
    ],
)
def test_one_number_in_many_prints(printed: str) -> None:
    assert page_text.find(page_text.read(f"<p>{printed}</p>"), "示交罚〔2026〕8号")


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("示交罚〔2026〕18号", "示交罚〔2026〕8号"),
        ("编号 2026-00123", "2026-0012"),
        ("编号 12026-001", "2026-001"),
        ("<script>示交罚〔2026〕8号</script>", "示交罚〔2026〕8号"),
        ("<style>示交罚〔2026〕8号</style>", "示交罚〔2026〕8号"),
        ("8号", "8号"),
    ],
)
def test_what_only_looks_like_it_is_not_found(page: str, wanted: str) -> None:
    assert page_text.find(page_text.read(page), wanted) is None


def test_the_place_is_where_it_stands_in_the_words() -> None:
    page = page_text.read("<p>处罚：示交罚〔2026〕8号</p>")
    place = page_text.find(page, "示交罚〔2026〕8号")
    assert place is not None
    assert page.words[place.start : place.start + place.length] == "示交罚[2026]8号"


def test_broken_html_is_read_as_far_as_it_goes() -> None:
    assert page_text.read("<p><a href=x>一<td></span>二<!--三").links == ("x",)
