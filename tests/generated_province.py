"""The synthetic province itself on the walk of five years: its rows, its people, its firms, and what befalls them.

Rows come from the generator that fills a demonstration; only clean ones, since a faulty row is never admitted. The
lists, commitments and other records that its files do not hold are put on the same people and firms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from chengxin.cli.sample import dirt
from chengxin.cli.sample.province import generate
from chengxin.cli.sample.rows import Row
from tests.five_years import DAY, FIRST, KINDS, LAST, Fact, Owner

SEEDS = ((7, 300), (11, 700), (23, 1100), (41, 1500))
"""One year of files each: the seed, and how many days after the beginning the files are dated."""
ITEMS = {"CF": "JS-CF-01", "XK": "JS-XK-01", "RY": "JS-RY-01"}
ENDS = {"XK": "XK_YXQZI", "RY": "RY_YXQ"}
AUTHORITY = {"CF": "CF_CFJG", "XK": "XK_XKJG", "RY": "RY_JG"}
LATE = (1, 3, 7, 20)
FATES: dict[str, tuple[tuple[tuple[int, str], ...], ...]] = {
    "CF": (
        (),
        ((4, "objected"), (9, "objection_withdrawn")),
        ((95, "restored"),),
        ((95, "restored"), (130, "reinstated")),
        (),
        ((12, "withdrawn"),),
        ((20, "corrected:吊销许可证件"),),
        ((8, "link_suspended"), (31, "link_confirmed")),
        ((14, "display_suspended"), (24, "resumed")),
        ((60, "deleted"),),
        ((40, "erased"),),
        ((6, "link_suspended"), (50, "erased")),
    ),
    "XK": ((), ((50, "withdrawn"),), ()),
    "RY": ((), ((70, "withdrawn"),), ((90, "erased"),)),
}
OTHERS = tuple(kind for kind in KINDS if kind.item[3:5] not in ITEMS)


def generated(size: int, first_number: int) -> list[Fact]:
    """Return so many records of the generated province, numbered from ``first_number``, spread over the five years."""
    rows = [row for seed, after in SEEDS for row in _rows(seed, FIRST + timedelta(days=after), size // len(SEEDS) + 1)]
    Random(len(rows)).shuffle(rows)
    facts = [_fact(first_number + number, prefix, row, number) for number, (prefix, row) in enumerate(rows)]
    facts = _one_owner_a_code([fact for fact in facts if fact.admitted <= LAST - 2 * DAY])
    whole = facts[: size - size // 5]
    owners = sorted({fact.owner for fact in whole}, key=lambda owner: owner.code)
    return whole + list(_others(owners, size - len(whole), first_number + len(rows)))


def _one_owner_a_code(facts: list[Fact]) -> list[Fact]:
    """Return the facts with whoever bore a code first: two years' generators may give one code to two names."""
    first: dict[str, Owner] = {}
    return [replace(fact, owner=first.setdefault(fact.owner.code, fact.owner)) for fact in facts]


def _rows(seed: int, today: date, count: int) -> Iterator[tuple[str, Row]]:
    """Yield clean rows of a year's files in turn, one of every file and then the next of every file."""
    province = generate(seed, today, people=24, organisations=12, records=max(count * 2, 60))
    files = [file for file in province.files if file.plan.prefix in ITEMS]
    clean = [
        [row for row, true in zip(file.rows, file.truth, strict=True) if _is_clean(file.plan.prefix, row, true)]
        for file in files
    ]
    turns = [(file.plan.prefix, found[turn]) for turn in range(count) for file, found in zip(files, clean, strict=True)
             if turn < len(found)]  # fmt: skip
    yield from turns[:count]


def _is_clean(prefix: str, row: Row, truth: dict[str, str]) -> bool:
    return truth["outcome"] == dirt.ADMITTED and truth["dirt"] == "clean" and row[f"{prefix}_JDRQ"] >= "2026-01-16"


def _fact(number: int, prefix: str, row: Row, turn: int) -> Fact:
    decided = date.fromisoformat(row[f"{prefix}_JDRQ"])
    admitted = max(decided + LATE[turn % len(LATE)] * DAY, FIRST)
    owner, fates = _owner(prefix, row), FATES[prefix]
    fate = fates[turn % len(fates)]
    return Fact(
        number=number,
        owner=owner,
        item=ITEMS[prefix],
        decided=decided,
        admitted=admitted,
        kinds=row.get("CF_CFLB", "罚款"),
        valid_until=date.fromisoformat(row[ENDS[prefix]]) if prefix in ENDS else None,
        authority=row[AUTHORITY[prefix]],
        happenings=tuple((admitted + days * DAY, what) for days, what in fate if owner.is_person or what != "erased"),
    )


def _owner(prefix: str, row: Row) -> Owner:
    kind = {"自然人": "person", "个体工商户": "individual_business"}.get(row[f"{prefix}_XDR_LB"], "organisation")
    code = row[f"{prefix}_XDR_ZJHM"] if kind == "person" else row[f"{prefix}_XDR_SHXYM"]
    return Owner(kind, 0, code, row[f"{prefix}_XDR_MC"])


def _others(owners: list[Owner], count: int, first_number: int) -> Iterator[Fact]:
    """Yield records of the kinds no file of the generator holds, on the generated people and firms."""
    rng = Random(first_number)
    kinds = [kind for kind in OTHERS if any(owner.kind == kind.who for owner in owners)]
    for turn in range(count):
        kind = kinds[turn % len(kinds)]
        owner = rng.choice([each for each in owners if each.kind == kind.who])
        decided = FIRST + rng.randrange((LAST - FIRST).days - 60) * DAY
        admitted = decided + kind.late * DAY
        yield Fact(
            number=first_number + turn,
            owner=owner,
            item=kind.item,
            decided=decided,
            admitted=admitted,
            kinds=kind.kinds,
            valid_until=admitted + kind.valid * DAY if kind.valid else None,
            authority=kind.authority,
            happenings=tuple((admitted + days * DAY, what) for days, what in kind.happenings),
        )
