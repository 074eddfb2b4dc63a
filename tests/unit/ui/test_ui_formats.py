"""Dates, money and codes are written one way."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from chengxin.rules.money import parse_wan, parse_yuan
from chengxin.ui import figures, formats
from chengxin.ui.templatetags.ui import covers, dom_id, in_language, mask_name


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 21, 16, 0, tzinfo=UTC), "2026-11-22"),
        (None, "—"),
        ("", "—"),
        ("长期", "长期"),
    ],
)
def test_a_day_is_the_civil_date_in_shanghai(value, written):
    assert formats.day(value) == written


def test_a_moment_is_written_in_shanghai_time():
    assert formats.moment(datetime(2026, 11, 21, 16, 5, tzinfo=UTC)) == "2026-11-22 00:05"
    assert formats.moment(date(2026, 11, 22)) == "2026-11-22"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (5_000_000, "50,000.00 元（5 万元）"),
        (1, "0.01 元（0.000001 万元）"),
        (350_000, "3,500.00 元（0.35 万元）"),
        (0, "0.00 元（0 万元）"),
        (-5_000_000, "-50,000.00 元（-5 万元）"),
        (parse_wan("5.50"), "55,000.00 元（5.50 万元）"),
        (parse_yuan("55000"), "55,000.00 元"),
        (None, "—"),
        ("不详", "不详"),
    ],
)
def test_money_is_in_yuan_with_the_original_beside_it(value, written):
    assert formats.money(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("91320199MA1X00001K", "91 320199 MA1X0000 1K"),
        ("9f86d081884c", "9f86 d081 884c"),
        ("YY-2026-000123", "YY-2026-000123"),
        ("", "—"),
    ],
)
def test_long_codes_are_cut_for_the_eye(value, written):
    assert formats.code_groups(value) == written


def test_a_state_without_a_word_is_shown_and_not_hidden():
    assert formats.state_word("disputed") == "异议处理中"
    assert formats.state_word("unheard_of") == "unheard_of"


def test_a_name_is_masked_by_the_rule():
    assert mask_name("张三丰") == "张**"
    assert mask_name("") == "—"


def test_the_front_page_covers_only_itself():
    assert covers("/", "/")
    assert not covers("/", "/companies/")
    assert covers("/companies/", "/companies/9132/")
    assert covers("/companies/?q=x", "/companies/")
    assert not covers("#part", "/companies/")


def test_a_derivation_step_speaks_the_readers_language():
    class Step:
        zh, en = "起算", "starts"

    assert in_language(Step()) == in_language({"zh": "起算", "en": "starts"}) == in_language({"text": "起算"}) == "起算"


def test_an_identifier_made_from_text_is_stable_and_valid():
    assert dom_id("申请修复") == dom_id("申请修复") != dom_id("提出异议")
    assert dom_id("申请修复").isalnum()


def test_bars_are_in_proportion():
    drawn = figures.bar_figure(
        [{"label": "甲", "value": 40}, {"label": "乙", "value": 10}, {"label": "丙", "value": 0}]
    )
    assert [bar.width for bar in drawn.bars] == [figures.WIDTH, figures.WIDTH / 4, 0]
    assert figures.bar_figure([{"label": "甲", "value": 0}]).bars[0].width == 0
    assert figures.bar_figure([]).height == 0


@pytest.mark.parametrize(
    ("current", "last", "links"),
    [
        (1, 1, [1]),
        (1, 12, [1, 2, None, 12]),
        (5, 12, [1, None, 4, 5, 6, None, 12]),
        (12, 12, [1, None, 11, 12]),
        (2, 3, [1, 2, 3]),
    ],
)
def test_pages_far_away_are_left_out(current, last, links):
    assert figures.page_links(current, last) == links
