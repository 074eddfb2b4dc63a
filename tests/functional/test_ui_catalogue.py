"""The living catalogue in a real browser: it shows every component, fits a phone and can be used by everybody."""

from __future__ import annotations

import pytest

from chengxin.ui.components import all_components


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_catalogue_fits_and_is_accessible(page_at, axe, overflow, width, language):
    page = page_at(width, language=language)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    answer = page.goto("/ui/")
    assert answer.status == 200
    assert overflow(page) == 0
    assert axe(page) == []
    assert complaints == []


def test_every_component_is_shown(page_at):
    page = page_at(1280)
    page.goto("/ui/")
    shown = page.eval_on_selector_all("[id^=c-]", "all => all.map(one => one.id.slice(2))")
    assert sorted(shown) == sorted(all_components())


def add(page, markup):
    """Put markup at the end of the page's content."""
    page.evaluate("markup => document.querySelector('main').insertAdjacentHTML('beforeend', markup)", markup)


def test_axe_would_notice(page_at, axe):
    page = page_at(390)
    page.goto("/ui/")
    add(page, '<img src="x"><input name="bare">')
    assert {complaint.split(":")[0] for complaint in axe(page)} >= {"image-alt", "label"}


def test_overflow_would_be_noticed(page_at, overflow):
    page = page_at(390)
    page.goto("/ui/")
    add(page, f'<p class="nowrap">{"x" * 400}</p>')
    assert overflow(page) > 0


def test_the_language_is_switched_without_script_and_the_page_is_kept(page_at):
    page = page_at(390, script=False)
    page.goto("/ui/")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.get_by_role("button", name="English").first.click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url.endswith("/ui/")


def test_the_first_tab_key_leads_past_the_frame(page_at):
    page = page_at(1280)
    page.goto("/ui/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_table_becomes_cards_on_a_phone(page_at):
    cell = "#c-table td >> nth=0"
    wide, narrow = page_at(1280), page_at(390)
    for page in (wide, narrow):
        page.goto("/ui/")
    assert wide.eval_on_selector(cell, "cell => getComputedStyle(cell).display") == "table-cell"
    assert narrow.eval_on_selector(cell, "cell => getComputedStyle(cell, '::before').content") == '"日期"'


@pytest.mark.parametrize("width", [1280, 390])
def test_a_missing_page_answers_in_sentences(page_at, axe, overflow, width):
    page = page_at(width)
    answer = page.goto("/no-such-page/")
    assert answer.status == 404
    assert page.get_by_role("heading", level=1).inner_text() == "没有找到这一页"
    assert overflow(page) == 0
    assert axe(page) == []


def test_nothing_is_fetched_from_elsewhere(page_at, live_server):
    page = page_at(1280)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/ui/")
    assert asked
    assert [url for url in asked if not url.startswith(live_server.url)] == []
