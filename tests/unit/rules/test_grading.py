"""Grading: reasons and doubts. Single situations stand in law/national/cases/grades.yaml."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.catalogue import lawbook
from chengxin.rules.dated import Basis, LawBook, Rank, Value
from chengxin.rules.grading import GradeFacts, grade, split_categories

LAW = lawbook.current()
ON = date(2026, 5, 6)
MILD = ["警告", "通报批评"]
GRAVE = ["降低资质等级", "吊销许可证件", "责令停产停业", "责令关闭", "限制从业"]
MIDDLE = ["罚款", "没收违法所得、没收非法财物", "暂扣许可证件"]


@pytest.mark.parametrize("text", ["警告;罚款", "警告；罚款", "警告，罚款", "警告 ; 罚款 ;", "警告|罚款"])
def test_every_separator_in_use_is_understood(text: str) -> None:
    assert split_categories(text) == ("警告", "罚款")


def test_one_kind_that_names_two_things_stays_one_kind() -> None:
    assert split_categories("没收违法所得、没收非法财物") == ("没收违法所得、没收非法财物",)


@given(st.lists(st.sampled_from(MILD + MIDDLE + GRAVE), min_size=1, unique=True))
def test_the_gravest_kind_decides(kinds: list[str]) -> None:
    found = grade(GradeFacts(categories=tuple(kinds)), LAW, ON).grade
    if set(kinds) & set(GRAVE):
        assert found == "serious"
    elif set(kinds) <= set(MILD):
        assert found == "minor"
    else:
        assert found == "general"


def test_simple_procedure_does_not_hide_a_revocation() -> None:
    facts = GradeFacts(categories=("吊销许可证件",), procedure="simple")
    assert grade(facts, LAW, ON).grade == "serious"


def test_nothing_stated_is_graded_general_and_given_to_a_person() -> None:
    found = grade(GradeFacts(), LAW, ON)
    assert (found.grade, found.uncertain) == ("general", True)
    assert any("核对" in step.zh for step in found.why)


def test_the_reason_cites_the_rule_and_says_whether_anyone_has_checked_it() -> None:
    found = grade(GradeFacts(categories=("责令停产停业",)), LAW, ON)
    assert "责令停产停业" in found.why[0].zh
    assert "36" in found.basis.instrument
    assert found.verified is False


def test_an_amount_counts_only_where_the_law_sets_one() -> None:
    facts = GradeFacts(categories=("罚款",), fine_fen=10**12)
    assert grade(facts, LAW, ON).grade == "general"
    basis = Basis("示例规定", "第一条", Rank.DEPARTMENT_RULE)
    others = tuple(v for v in LAW if v.key != "grade.serious.fine_fen.organisation")
    limit = Value("grade.serious.fine_fen.organisation", 100_000_000, "fen", basis, date(2026, 4, 1))
    law = LawBook((*others, limit), scope=LAW.scope)
    assert grade(facts, law, ON).grade == "serious"
    assert grade(GradeFacts(categories=("罚款",), fine_fen=99_999_999), law, ON).grade == "general"


def test_a_warning_with_a_fine_beside_it_is_not_called_mild_and_is_shown_to_an_officer() -> None:
    contradicting = grade(GradeFacts(("警告",), fine_fen=50_000_000), LAW, ON)
    assert (contradicting.grade, contradicting.uncertain) == ("general", True)
    assert grade(GradeFacts(("警告",), fine_fen=0), LAW, ON).grade == "minor"
    assert not grade(GradeFacts(("警告", "罚款"), fine_fen=100_000), LAW, ON).uncertain
