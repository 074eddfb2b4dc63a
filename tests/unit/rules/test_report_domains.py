"""What a report may say about a branch of the administration, and what it must not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from chengxin.catalogue import lawbook
from chengxin.rules.report_domains import domain_of, statements

SINCE, UNTIL = date(2023, 11, 21), date(2026, 11, 20)
DOMAINS = lawbook.read(Path(__file__).parents[3] / "law").domains
BY_CODE = {each.code: each for each in DOMAINS}


@dataclass(frozen=True)
class Row:
    """A record as a statement sees it."""

    authority_name: str
    document_date: date = date(2026, 1, 5)
    nature: str = "negative"


def said(code: str, *rows: Row):
    return statements(rows, [BY_CODE[code]], DOMAINS, SINCE, UNTIL)[0]


@pytest.mark.parametrize(
    ("authority", "code"),
    [
        ("示例市市场监督管理局", "market"),
        ("示例省交通运输厅", "transport"),
        ("国家税务总局示例市税务局", "tax"),
        ("示例市生态环境局", "environment"),
        ("示例市自然资源和规划局", "planning"),
        ("示例市中级人民法院", "justice"),
        ("示例市某某协会", ""),
        ("", ""),
    ],
)
def test_an_authority_belongs_to_the_branch_its_name_says(authority, code):
    assert domain_of(authority, DOMAINS) == code


def test_no_record_of_the_branch_is_said_in_so_many_words():
    assert said("tax", Row("示例省交通运输厅")).zh == "税务领域：查询期内无违法失信记录。"


def test_a_record_of_the_branch_is_counted():
    found = said("transport", Row("示例省交通运输厅"), Row("示例市交通运输局"))
    assert (found.count, found.unsorted) == (2, 0) and "有 2 条" in found.zh


@pytest.mark.parametrize("day", [date(2023, 11, 20), date(2026, 11, 21)])
def test_a_day_outside_the_period_does_not_count(day):
    assert said("transport", Row("示例省交通运输厅", day)).count == 0


@pytest.mark.parametrize("day", [SINCE, UNTIL])
def test_both_ends_of_the_period_count(day):
    assert said("transport", Row("示例省交通运输厅", day)).count == 1


@pytest.mark.parametrize("nature", ["positive", "neutral"])
def test_only_breaches_count(nature):
    assert said("transport", Row("示例省交通运输厅", nature=nature)).count == 0


def test_a_record_of_no_known_branch_stands_in_the_way_of_every_clean_statement():
    found = said("tax", Row("示例市某某协会"))
    assert found.unsorted == 1 and "无违法失信记录" not in found.zh and "人工核对" in found.zh


def test_every_branch_has_a_name_words_and_a_basis_and_no_word_serves_two():
    words = [word for each in DOMAINS for word in each.authorities]
    assert len(words) == len(set(words)) and all(each.zh and each.en and each.basis for each in DOMAINS)
