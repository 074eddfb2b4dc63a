"""反复查询同一主体: one person opened one subject on several days within a few weeks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from chengxin.rules.misuse.shapes import Fact, Finding, Limits, Look, Weight, month_of

MANY_MATTERS = Weight(
    65,
    "用了不止一个事项编号，一件普通的事解释不了。",
    "More than one matter number was used; one ordinary matter does not explain it.",
)
ONE_MATTER = Weight(
    45,
    "都在同一个事项编号下，可能是一件办得久的事。",
    "All under one matter number; it may be one long matter.",
)


def find(looks: Iterable[Look], earlier: Iterable[Look], limits: Limits) -> list[Finding]:
    """Return one finding for each actor, subject and month; ``earlier`` are former reads of the same subjects."""
    pairs: dict[tuple[UUID, UUID], list[Look]] = defaultdict(list)
    fresh = [look for look in looks if look.subject and not look.machine and not look.refused]
    wanted = {(look.actor, look.subject) for look in fresh}
    since = {look.day - timedelta(days=limits.repeat_window - 1) for look in fresh}
    for look in (*earlier, *fresh):
        if look.subject and not look.refused and (look.actor, look.subject) in wanted and look.day >= min(since):
            pairs[look.actor, look.subject].append(look)
    enough = {pair: same for pair, same in pairs.items() if len({look.day for look in same}) >= limits.repeat_days}
    return [_finding(same, limits) for _pair, same in sorted(enough.items(), key=lambda each: str(each[0]))]


def _finding(looks: list[Look], limits: Limits) -> Finding:
    last = max(looks, key=lambda look: (look.day, look.order))
    days = {look.day for look in looks}
    matters = {look.matter_no for look in looks if look.matter_no}
    return Finding(
        rule="repeated",
        key=f"repeated|{last.actor}|{last.subject}|{month_of(last.day)}",
        actor=last.actor,
        unit=last.unit,
        subject=last.subject,
        day=last.day,
        accesses=tuple(look.access for look in looks),
        zh=f"{limits.repeat_window} 天内有 {len(days)} 天查询了同一主体，共 {len(looks)} 次，"
        f"用了 {len(matters)} 个事项编号。",
        en=f"Opened one subject on {len(days)} of {limits.repeat_window} days, {len(looks)} times, "
        f"under {len(matters)} matter numbers.",
        facts=(
            Fact("查询的天数", "Days", str(len(days))),
            Fact("查询次数", "Reads", str(len(looks))),
            Fact("事项编号数", "Matter numbers", str(len(matters))),
        ),
        weight=MANY_MATTERS if len(matters) > 1 else ONE_MATTER,
    )
