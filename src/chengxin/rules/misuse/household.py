"""查询亲属或者代理关系人: the subject is known to be family, a ward, or somebody the actor acts for.

Only ties the platform has evidence of count: a checked power, guardianship or kinship, or one and the same agent for
both. It knows no home addresses, so a household without such a paper is not seen; that is said on the page.
"""

from __future__ import annotations

from collections.abc import Iterable

from chengxin.rules.misuse.own_file import Ties
from chengxin.rules.misuse.shapes import Fact, Finding, Look, Weight, month_of

KIN: dict[str, tuple[str, str, Weight]] = {
    "agent": (
        "其本人代理的主体",
        "a subject they act for as an agent",
        Weight(80, "有经核对的委托书。", "A checked power of attorney shows it."),
    ),
    "guardian": (
        "其本人监护的人",
        "a person they are the guardian of",
        Weight(85, "有经核对的监护证明。", "A checked proof of guardianship shows it."),
    ),
    "relative": (
        "其近亲属",
        "a close relative of theirs",
        Weight(85, "有经核对的亲属关系证明。", "A checked proof of kinship shows it."),
    ),
    "same_agent": (
        "与其本人由同一人代理的主体",
        "a subject for whom the same agent acts as for themselves",
        Weight(
            50,
            "同一代理人说明二者可能相识，也可能只是同一位律师；须问明。",
            "One agent for both suggests that they know each other; it may also be one lawyer. Ask.",
        ),
    ),
}


def find(looks: Iterable[Look], ties: Ties) -> list[Finding]:
    """Return one finding for each actor, subject and month."""
    found: dict[str, list[Look]] = {}
    for look in looks:
        if look.subject and not look.machine and ties.get((look.actor, look.subject)) in KIN:
            found.setdefault(f"household|{look.actor}|{look.subject}|{month_of(look.day)}", []).append(look)
    return [_finding(key, same, ties) for key, same in sorted(found.items())]


def _finding(key: str, looks: list[Look], ties: Ties) -> Finding:
    first = looks[0]
    assert first.subject is not None
    zh, en, weight = KIN[ties[first.actor, first.subject]]
    return Finding(
        rule="household",
        key=key,
        actor=first.actor,
        unit=first.unit,
        subject=first.subject,
        day=first.day,
        accesses=tuple(look.access for look in looks),
        zh=f"查询了{zh}，当日 {len(looks)} 次。",
        en=f"Looked at {en}, {len(looks)} times that day.",
        facts=(Fact("关系", "Tie", zh), Fact("当日次数", "Reads that day", str(len(looks)))),
        weight=weight,
    )
