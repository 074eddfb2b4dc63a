"""The index of names: what is filed is found, in whatever ordinary way it is written; what is not filed is not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from bench import name_world
from hypothesis import assume, given
from hypothesis import strategies as st

from chengxin.engines.names import columns
from chengxin.engines.names.searching import search
from chengxin.rules.names_matching import LIKELY, Asked, Reason, compare
from chengxin.rules.names_parts import parts

COMPANIES = sorted({name_world.company(random.Random(seed)) for seed in range(400)})
INDEX = columns.build(enumerate(COMPANIES))
# What must be found whatever the name; a wrong character in a short name without a trade is beyond any index of keys.
ALWAYS = ("exact", "signs", "traditional", "other_form", "no_place", "short", "homophone", "near_homophone", "slip",
          "missing", "swapped", "pinyin", "pinyin_typo")  # fmt: skip


@given(st.sampled_from(COMPANIES), st.sampled_from(ALWAYS), st.integers(0, 2**32))
def test_a_filed_name_is_found_however_it_is_written(name: str, way: str, seed: int) -> None:
    typed = name_world.VARIANTS[way](name, random.Random(seed))
    assume(parts(typed).place in ("", parts(name).place) or not parts(name).place)
    assert name in [COMPANIES[each.ref] for each in search([INDEX], typed)], typed


@given(st.sampled_from(COMPANIES), st.sampled_from(ALWAYS), st.integers(0, 2**32))
def test_every_candidate_has_its_reason_and_the_points_of_the_plain_rule(name: str, way: str, seed: int) -> None:
    typed = name_world.VARIANTS[way](name, random.Random(seed))
    for each in search([INDEX], typed):
        assert each.match == compare(Asked(typed), parts(COMPANIES[each.ref]))
        assert each.match.reasons


def test_names_nobody_bears_are_not_called_probable() -> None:
    chance = random.Random(3)
    best = [search([INDEX], name_world.unknown(chance), 1) for _ in range(100)]
    assert not [each for each in best if each and each[0].match.points >= LIKELY]


def test_the_nearest_come_first_and_no_more_than_asked_for() -> None:
    names = [f"{place}海林贸易有限公司" for place in ("南京", "苏州", "无锡", "常州")]
    index = columns.build(enumerate(names))
    found = search([index], "苏州海林贸易有限公司", 2)
    assert [names[each.ref] for each in found] == ["苏州海林贸易有限公司", "南京海林贸易有限公司"]
    assert [each.match.reasons[0] for each in found] == [Reason.SAME, Reason.OTHER_PLACE]


def test_two_characters_find_the_names_that_hold_them() -> None:
    names = ["栖云望舒食品有限公司", "望舒百货商行", "栖云食品有限公司"]
    found = search([columns.build(enumerate(names))], "望舒")
    assert {names[each.ref] for each in found} == set(names[:2])


def test_several_pieces_are_one_index() -> None:
    one, two = columns.build([(7, "苏州海林贸易有限公司")]), columns.build([(9, "苏州海麟贸易有限公司")])
    assert [each.ref for each in search([one, two], "苏州海林贸易有限公司")] == [7, 9]


@pytest.mark.parametrize("typed", ["", "海", " ", "（）", "😀😀", "a"])
def test_too_little_finds_nothing(typed: str) -> None:
    assert search([INDEX, columns.build([])], typed) == []


def test_an_empty_index_finds_nothing() -> None:
    assert search([columns.build([])], "苏州海林贸易有限公司") == search([], "海林") == []


def test_a_saved_index_is_the_same_one(tmp_path: Path) -> None:
    columns.save(INDEX, tmp_path / "names", "1 a")
    columns.save(INDEX, tmp_path / "names", "2 b")
    read = columns.load(tmp_path / "names")
    assert read is not None
    assert columns.stamp_of(tmp_path / "names") == "2 b"
    assert search([read], COMPANIES[5]) == search([INDEX], COMPANIES[5])
    assert [path.name for path in tmp_path.iterdir()] == ["names"]


def test_a_broken_file_is_no_index(tmp_path: Path) -> None:
    assert columns.load(tmp_path / "names") is None
    columns.save(INDEX, tmp_path / "names", "1 a")
    (tmp_path / "names" / "filed.npy").write_bytes(b"not columns")
    assert columns.load(tmp_path / "names") is None
