"""The public bench of names: labelled pairs by class, made by rule from a seed, each with its reason.

``bench/data/name_pairs.csv`` is written by ``python -m bench.names write``; a test compares it with what the rules
give. Every name is made up; none is meant to be anybody's.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from bench import name_world as world
from bench.name_reasons import reason

FILE = Path(__file__).parent / "data" / "name_pairs.csv"
SEED, OF_EACH = 20261123, 60
SAME, DIFFERENT = "same", "different"


@dataclass(frozen=True)
class Pair:
    """What somebody writes, a registered name, whether the second is meant by the first, and what was changed.

    ``former`` is the name the organisation bore before, where it had one; it is in the register too.
    """

    group: str
    asked: str
    known: str
    former: str
    label: str
    reason: str


REASONS = {
    "exact": "同一名称，写法相同",
    "signs": "同一名称，多了空格，或者地名放进了括号",
    "traditional": "同一名称，用繁体字书写",
    "other_form": "同一名称，组织形式省略或写成别的",
    "no_place": "同一名称，省略地名",
    "short": "同一名称，只写字号和行业",
    "homophone": "同一名称，字号中一个字写成同音字",
    "near_homophone": "同一名称，字号中一个字写成近音字",
    "slip": "同一名称，字号（三个字以上）中一个字写错",
    "missing": "同一名称，字号（三个字以上）中漏一个字",
    "swapped": "同一名称，字号中相邻两个字颠倒",
    "pinyin": "同一名称，用拼音书写",
    "pinyin_typo": "同一名称，用拼音书写，错一个字母",
    "initials": "同一名称，只写拼音首字母",
    "proper_only": "同一名称，只写字号（三个字以上）",
    "former": "写的是曾用名，现用名称字号不同",
    "two_changes": "同一名称，同时有两处不同（不在索引设计之列的留出类）",
}
OTHERS = {
    "other_place": "字号和行业相同，城市不同：另一家",
    "other_proper": "城市和行业相同，两个字的字号差一个字：另一家",
    "other_trade": "城市和字号相同，行业不同：另一家",
    "other_homophone": "城市和行业相同，字号同音而字不同，另有登记：另一家",
    "other_both": "字号相同，城市和行业都不同：另一家",
    "unrelated": "毫不相干的两家",
}


def pairs() -> list[Pair]:
    """Return every pair, always the same ones."""
    chance = random.Random(SEED)
    same = [pair for group in REASONS for pair in _of(group, chance, _same)]
    return same + [pair for group in OTHERS for pair in _of(group, chance, _other)]


def text() -> str:
    """Return the file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([each.name for each in fields(Pair)])
    writer.writerows(astuple(pair) for pair in pairs())
    return out.getvalue()


def read() -> list[Pair]:
    """Return the pairs of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [Pair(**row) for row in csv.DictReader(file)]


def _of(group: str, chance: random.Random, make: Callable[[str, random.Random], Pair]) -> Iterator[Pair]:
    made = 0
    while made < OF_EACH:
        pair = make(group, chance)
        # A change that changes nothing (no such character in the name) says nothing about its class.
        if pair.asked != pair.known or group == "exact":
            made += 1
            yield replace(pair, reason=reason(group, pair.asked, pair.known, pair.former))


def _same(group: str, chance: random.Random) -> Pair:
    known = world.company(chance)
    while group in ("slip", "missing", "proper_only") and len(world.cut_of(known).proper) < 3:
        known = world.company(chance)
    former = world.company(chance) if group == "former" else ""
    if group == "former":
        asked = former
    elif group == "proper_only":
        asked = world.cut_of(known).proper
    else:
        asked = (world.VARIANTS | {"initials": world.initials, "two_changes": world.two_changes})[group](known, chance)
    return Pair(group, asked, known, former, SAME, "")


def _other(group: str, chance: random.Random) -> Pair:
    known, second = world.company(chance), world.company(chance)
    while len(world.cut_of(known).proper) != 2 or world.cut_of(known).place == world.cut_of(second).place:
        known, second = world.company(chance), world.company(chance)
    ours, theirs = world.cut_of(known), world.cut_of(second)
    if group == "other_place":
        asked = theirs.place + ours.proper + ours.trade + ours.form
    elif group == "other_proper":
        asked = world.slip(known, chance)
    elif group == "other_homophone":
        asked = world.homophone(known, chance)
    elif group == "other_trade":
        asked = ours.place + ours.proper + theirs.trade + ours.form
    else:
        asked = theirs.place + ours.proper + theirs.trade + ours.form if group == "other_both" else second
    return Pair(group, asked, known, "", DIFFERENT, "")
