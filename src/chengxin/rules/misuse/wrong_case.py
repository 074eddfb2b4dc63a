"""事项编号不符: the number an enquiry stands on belongs to another time, unit, purpose or to other subjects.

A unit's own case system is not connected, so what a number stands for is learnt from its uses: whoever used it first
opened it, for that purpose and those subjects.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chengxin.rules.misuse.shapes import Fact, Finding, Limits, Look, Weight

YEAR = re.compile(r"[〔\[【(（]?(20\d\d)[〕\]】)）年-]")
WORD = re.compile(r"^[㐀-鿿]{2,}")
DAYS_A_YEAR = 366

Reason = tuple[str, str, int]

REASONS: dict[str, Reason] = {
    "borrowed": (
        "这个编号由同单位的另一人先用于别的主体，本人又用它查了新的主体",
        "a colleague had used this number for other subjects, and it was now used for a new one",
        70,
    ),
    "unit": ("这个编号由另一个单位先使用", "another unit had used this number before", 75),
    "purpose": ("这个编号先前用于另一种用途", "this number had been used for another purpose", 55),
    "time": ("编号里的年份与查询时间不符", "the year in the number does not fit the day of the read", 60),
    "many": ("一个编号逐个查了过多的主体", "one number was used to look at too many subjects one by one", 65),
}


@dataclass
class _Uses:
    """What was known of a number before the read at hand."""

    opener: Look
    by_actor: dict[UUID, set[UUID]]
    opener_unit: UUID
    purposes: dict[UUID, str]
    batches: frozenset[int]
    one_by_one: dict[UUID, set[UUID]]


def find(looks: Iterable[Look], earlier: Iterable[Look], limits: Limits) -> list[Finding]:
    """Return one finding for each actor, number and set of reasons; ``earlier`` are former uses of these numbers."""
    numbers: dict[str, list[Look]] = defaultdict(list)
    fresh = [look for look in looks if look.matter_no and not look.machine]
    judged = {look.access for look in fresh}
    wanted = {look.matter_no for look in fresh}
    for look in (*(e for e in earlier if e.matter_no in wanted and not e.machine), *fresh):
        numbers[look.matter_no].append(look)
    found: list[Finding] = []
    for number, uses in sorted(numbers.items()):
        found.extend(_of_number(number, sorted(uses, key=lambda use: (use.order, str(use.access))), judged, limits))
    return found


def _of_number(number: str, uses: Sequence[Look], judged: set[UUID], limits: Limits) -> list[Finding]:
    first = uses[0]
    acts = Counter(use.act for use in uses)
    batches = frozenset(act for act, lines in acts.items() if lines > 1)
    known = _Uses(first, defaultdict(set), first.unit, {}, batches, defaultdict(set))
    blamed: dict[UUID, list[tuple[Look, list[str]]]] = defaultdict(list)
    for use in uses:
        if use.access in judged and (reasons := _reasons(use, number, known, limits)):
            blamed[use.actor].append((use, reasons))
        known.purposes.setdefault(use.unit, use.purpose)
        if use.subject:
            known.by_actor[use.actor].add(use.subject)
            if use.act not in batches:
                known.one_by_one[use.actor].add(use.subject)
    return [_finding(number, same, known) for same in blamed.values()]


def _reasons(use: Look, number: str, known: _Uses, limits: Limits) -> list[str]:
    checks = {
        "borrowed": _is_borrowed(use, known),
        "unit": use.unit != known.opener_unit and WORD.match(number) is not None,
        "purpose": known.purposes.get(use.unit, use.purpose) != use.purpose,
        "time": not _fits_time(number, use.day, limits),
        "many": _is_one_too_many(use, known, limits),
    }
    return [code for code, holds in checks.items() if holds]


def _is_borrowed(use: Look, known: _Uses) -> bool:
    if use.subject is None or use.actor == known.opener.actor or use.unit != known.opener_unit:
        return False
    return bool(known.by_actor) and not any(use.subject in subjects for subjects in known.by_actor.values())


def _is_one_too_many(use: Look, known: _Uses, limits: Limits) -> bool:
    """Tell whether this read passes the limit; the lines of one batch came in one act and have bounds of their own."""
    if use.subject is None or use.act in known.batches:
        return False
    seen = known.one_by_one[use.actor]
    return use.subject not in seen and len(seen) >= limits.matter_subjects


def _fits_time(number: str, day: date, limits: Limits) -> bool:
    """Tell whether the year in a number lies neither ahead of the read nor further back than a matter may last."""
    year = YEAR.search(number)
    if year is None:
        return True
    age = day.year - int(year.group(1))
    return age >= 0 and (age - 1) * DAYS_A_YEAR < limits.matter_days


def _finding(number: str, same: list[tuple[Look, list[str]]], known: _Uses) -> Finding:
    first = same[0][0]
    codes = [code for code in REASONS if any(code in reasons for _use, reasons in same)]
    zh = "；".join(REASONS[code][0] for code in codes)
    en = "; ".join(REASONS[code][1] for code in codes)
    strongest = max(codes, key=lambda code: REASONS[code][2])
    subjects = {use.subject for use, _reasons_of in same if use.subject}
    return Finding(
        rule="wrong_case",
        key=f"wrong_case|{first.actor}|{number}|{'+'.join(codes)}",
        actor=first.actor,
        unit=first.unit,
        subject=next(iter(subjects)) if len(subjects) == 1 else None,
        day=first.day,
        accesses=tuple(use.access for use, _reasons_of in same),
        zh=f"事项编号“{number}”：{zh}。",
        en=f'Matter number "{number}": {en}.',
        facts=(
            Fact("事项编号", "Matter number", number),
            Fact("编号首次使用", "Number first used", known.opener.day.isoformat()),
            Fact("涉及主体数", "Subjects concerned", str(len(subjects))),
            Fact("查询次数", "Reads", str(len(same))),
        ),
        weight=Weight(
            REASONS[strongest][2],
            f"主要依据：{REASONS[strongest][0]}；编号可能被误填，须由单位说明。",
            f"Mainly because {REASONS[strongest][1]}; the number may be a slip, the unit must say.",
        ),
    )
