"""查询量突增: a day far above what this person usually asks, and far above what colleagues asked on that day.

Median and median deviation of the person's own last days, so that one earlier peak does not hide the next. A whole unit
that is busy is no spike of one person. What one batch asked for counts once: batches have their own bounds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from uuid import UUID

from chengxin.rules.misuse.shapes import Fact, Finding, Limits, Look, Weight

NORMAL = 1.4826
"""By this factor the median deviation of a bell curve equals its standard deviation."""
FEWEST_DAYS, FEWEST_PEERS, MOST_NAMED = 5, 3, 200

History = Mapping[UUID, Sequence[int]]
"""For each actor the number of acts on each of its last working days, oldest first, the judged day not among them."""


def find(looks: Iterable[Look], history: History, limits: Limits) -> list[Finding]:
    """Return one finding for each actor whose day is a spike; ``looks`` are those of one day."""
    by_actor: dict[UUID, list[Look]] = defaultdict(list)
    for look in looks:
        by_actor[look.actor].append(look)
    counts = {actor: len({look.act for look in same}) for actor, same in by_actor.items()}
    units = {actor: same[0].unit for actor, same in by_actor.items()}
    found = []
    for actor, same in sorted(by_actor.items(), key=lambda each: str(each[0])):
        peers = [counts[each] for each, unit in units.items() if unit == units[actor] and each != actor]
        own = list(history.get(actor, ()))[-limits.spike_history :]
        if _is_spike(counts[actor], own, peers, limits):
            found.append(_finding(same, counts[actor], own, peers))
    return found


def usual(own: Sequence[int]) -> tuple[float, float]:
    """Return the median of some days and their spread, which is never less than chance alone would give."""
    middle = float(median(own))
    deviation = NORMAL * float(median(abs(count - middle) for count in own))
    return middle, max(deviation, middle**0.5, 1.0)


def _is_spike(count: int, own: Sequence[int], peers: Sequence[int], limits: Limits) -> bool:
    if count < limits.spike_least:
        return False
    above_own = _above(count, own, limits) if len(own) >= FEWEST_DAYS else None
    if len(peers) < FEWEST_PEERS:
        return above_own is True
    if above_own is None:
        # Somebody new has no usual day, and colleagues differ among themselves: twice as far above them is asked for.
        return _above(count, peers, limits) and count * 10 > 2 * limits.spike_unit_tenths * median(peers)
    return above_own and count * 10 > limits.spike_unit_tenths * median(peers)


def _above(count: int, others: Sequence[int], limits: Limits) -> bool:
    middle, spread = usual(others)
    return count > middle + limits.spike_tenths / 10 * spread


def _finding(looks: list[Look], count: int, own: Sequence[int], peers: Sequence[int]) -> Finding:
    first = looks[0]
    zh, en = f"当日查询 {count} 次", f"{count} reads that day"
    facts = [Fact("当日次数", "Reads that day", str(count))]
    if len(own) >= FEWEST_DAYS:
        middle, spread = usual(own)
        zh += f"，本人近 {len(own)} 个工作日通常为 {middle:.0f} ± {spread:.0f} 次"
        en += f"; their last {len(own)} working days: usually {middle:.0f} ± {spread:.0f}"
        facts.append(Fact("本人通常", "Usual for them", f"{middle:.0f} ± {spread:.0f}"))
    if len(peers) >= FEWEST_PEERS:
        zh += f"，同单位其他 {len(peers)} 人当日中位数为 {median(peers):.0f} 次"
        en += f"; median of {len(peers)} colleagues that day: {median(peers):.0f}"
        facts.append(Fact("同单位当日中位数", "Median of the unit that day", f"{median(peers):.0f}"))
    subjects = len({look.subject for look in looks if look.subject})
    facts.append(Fact("涉及主体数", "Subjects concerned", str(subjects)))
    return Finding(
        rule="spike",
        key=f"spike|{first.actor}|{first.day}",
        actor=first.actor,
        unit=first.unit,
        subject=None,
        day=first.day,
        accesses=tuple(look.access for look in looks[:MOST_NAMED]),
        zh=zh + "。",
        en=en + ".",
        facts=tuple(facts),
        weight=_weight(own, peers),
    )


def _weight(own: Sequence[int], peers: Sequence[int]) -> Weight:
    if len(own) >= FEWEST_DAYS and len(peers) >= FEWEST_PEERS:
        return Weight(
            60,
            "同时高于本人往常和同单位当日；专项工作也会如此，须问明。",
            "Above both the person's usual and the unit's day; a special task does the same, so ask.",
        )
    return Weight(
        40,
        "只有一种可比的数（本人往常，或者同单位当日），较弱。",
        "Only one thing to compare with, the person's usual or the unit's day: weaker.",
    )


def next_history(history: dict[UUID, list[int]], looks: Iterable[Look]) -> None:
    """Add one day's acts to the history of those who were active on it."""
    acts: dict[UUID, set[int]] = defaultdict(set)
    for look in looks:
        acts[look.actor].add(look.act)
    for actor, seen in acts.items():
        history.setdefault(actor, []).append(len(seen))
